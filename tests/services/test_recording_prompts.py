"""The file of prompts to record: lines or YAML, and what is said of a wrong one."""

from pathlib import Path

import pytest

from arena.errors import CatalogueError
from arena.services.prompts import PromptRules
from arena.services.recording_prompts import PromptToRecord, read_prompts


def read(folder: Path, name: str, content: str | bytes) -> tuple[PromptToRecord, ...]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_prompts(path, locale="fr", rules=PromptRules(100))


def test_a_line_is_a_prompt_unless_it_is_blank_or_a_comment(tmp_path: Path) -> None:
    text = "\ufeff# Science\r\nPourquoi ? \r\n\r\n  Écris un haïku.\nPourquoi ?\n"
    assert read(tmp_path, "p.txt", text) == (
        PromptToRecord("Pourquoi ?", "fr"),
        PromptToRecord("Écris un haïku.", "fr"),
    )


def test_yaml_may_name_language_and_theme(tmp_path: Path) -> None:
    text = '- {prompt: "Why?", locale: en, theme: science}\n- prompt: |\n    Deux\n    lignes\n'
    assert read(tmp_path, "p.yaml", text) == (
        PromptToRecord("Why?", "en", "science"),
        PromptToRecord("Deux\nlignes", "fr"),
    )


@pytest.mark.parametrize(
    ("name", "content", "named"),
    [
        ("p.txt", "# nothing\n", "no prompt"),
        ("p.txt", "Bonjour\nÉcris à anne@exemple.fr\n", "line 2"),
        ("p.txt", "x" * 101, "line 1"),
        ("p.txt", b"\xff\xfe", "UTF-8"),
        ("p.txt", b" " * 1_000_001, "1 MB"),
        ("p.yaml", "a: [", "YAML"),
        ("p.yaml", "[]", "prompts"),
        ("p.yaml", '- {prompt: "Why?", locale: de}', "prompts[0].locale"),
        ("p.yaml", '- {prompt: "Why?", theme: Deux mots}', "prompts[0].theme"),
        ("p.yaml", '- {prompt: "Why?", them: a}', "unknown field"),
        ("p.yaml", "- {locale: en}", "prompts[0].prompt"),
    ],
)
def test_a_wrong_file_is_named_with_the_place(tmp_path: Path, name: str, content: str | bytes, named: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        read(tmp_path, name, content)
    assert name in str(caught.value)
    assert named in str(caught.value)


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"absent\.txt"):
        read_prompts(tmp_path / "absent.txt", locale="fr", rules=PromptRules())
