"""`arena purge`, `arena report` and `arena privacy`: what is kept of an event, and what is printed of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from arena.storage.battles import BattleStore
from arena.storage.engine import open_engine, upgrade
from tests.storage.making import make_battle
from tests.storage.test_retention import make_event
from tests.test_cli import ANSWERED, run


class TestPurge:
    @pytest.fixture
    def database(self, tmp_path: Path) -> dict[str, str]:
        """An old battle and a new one, and the setting that names their database."""
        url = f"sqlite:///{tmp_path}/arena.db"
        engine = open_engine(url)
        upgrade(engine)
        for age in (timedelta(days=31), timedelta()):
            BattleStore(engine).create_battle(
                make_battle(uuid4().hex, created_at=datetime.now(UTC) - age, turns=(ANSWERED,))
            )
        engine.dispose()
        return {"database_url": url}

    def test_it_says_what_it_would_empty_then_empties_it(self, tmp_path: Path, database: dict[str, str]) -> None:
        words = "1 battles (1 prompts, 2 answers, 0 comments)."
        for _ in range(2):
            assert run(tmp_path, "purge", "--dry-run", **database).stdout == f"Would be emptied: {words}\n"
        assert run(tmp_path, "purge", **database).stdout == f"Emptied: {words}\n"
        assert run(tmp_path, "purge", **database).stdout.startswith("Emptied: 0 battles")

    def test_a_day_and_a_setting_change_what_is_due(self, tmp_path: Path, database: dict[str, str]) -> None:
        assert "0 battles" in run(tmp_path, "purge", "--dry-run", retention_days="40", **database).stdout
        tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%d")
        assert "2 battles" in run(tmp_path, "purge", "--before", tomorrow, **database).stdout

    def test_what_it_cannot_do_is_said(self, tmp_path: Path, database: dict[str, str]) -> None:
        unknown = run(tmp_path, "purge", "--event", "NOBODY", **database)
        assert (unknown.exit_code, unknown.stderr) == (2, "no event has the code 'NOBODY'\n")
        assert run(tmp_path, "purge", "--before", "yesterday", **database).exit_code == 2
        assert run(tmp_path, "purge", database_url="mysql://host/arena").exit_code == 2


class TestReport:
    def test_it_writes_a_page_that_stands_alone(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path}/arena.db"
        engine = open_engine(url)
        upgrade(engine)
        make_event(engine, uuid4().hex, code="ABC234")
        engine.dispose()
        out = tmp_path / "report.html"
        result = run(tmp_path, "report", "--event", "abc234", "--out", str(out), "--locale", "en", database_url=url)
        assert (result.exit_code, result.stdout) == (0, f"Report: {out}\n")
        page = out.read_text(encoding="utf-8")
        assert page.startswith('<!doctype html><html lang="en">')
        assert "Nothing to count for now." in page

    def test_what_it_cannot_do_is_said(self, tmp_path: Path) -> None:
        url, out = f"sqlite:///{tmp_path}/arena.db", tmp_path / "report.html"
        asked = ("report", "--event", "NOBODY", "--out", str(out))
        nowhere = run(tmp_path, *asked, database_url=url)
        assert (nowhere.exit_code, nowhere.stdout) == (2, "")
        assert "there is no database yet" in nowhere.stderr
        engine = open_engine(url)
        upgrade(engine)
        engine.dispose()
        unknown = run(tmp_path, *asked, database_url=url)
        assert (unknown.exit_code, unknown.stderr) == (2, "no event has the code 'NOBODY'\n")
        assert not out.exists()


class TestPrivacyRegister:
    def test_it_prints_markdown_that_follows_the_settings(self, tmp_path: Path) -> None:
        plain = run(tmp_path, "privacy", "register").stdout
        assert plain.startswith("# Fiche du registre des activités de traitement\n")
        assert "- Démonstration (scripts) (textes écrits à l’avance" in plain
        assert "effacés 30 jours après" in plain
        keyed = {"retention_days": "12", "contact": "dpo@exemple.fr", "demo": "never"}
        told = run(tmp_path, "privacy", "register", "--locale", "en", **keyed).stdout
        assert "erased 12 days after" in told
        assert "- Contact: dpo@exemple.fr\n" in told

    def test_a_wrong_catalogue_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "models.yaml").write_text("models: 3\n")
        result = run(tmp_path, "privacy", "register", catalogue=str(tmp_path / "models.yaml"))
        assert (result.exit_code, result.stdout) == (2, "")
