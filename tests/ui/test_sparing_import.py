"""Gradio without its chores is still all of Gradio that a page needs, and leaves no file behind."""

import subprocess
import sys
from importlib.machinery import PathFinder
from pathlib import Path

import gradio as gr
import gradio.cli

from arena.ui.sparing_import import EMPTY, WITHOUT_CHORE, SparingFinder, import_gradio_sparingly

LOADED = """
import sys
import arena.app
print(*(name for name in ("tomlkit", "gradio.cli.cli", "gradio.cli.commands") if name in sys.modules))
"""


def test_what_is_left_out_is_still_there_in_this_version_of_gradio() -> None:
    """Where Gradio has moved it, nothing is saved any more, and this says so."""
    for module, name in {**WITHOUT_CHORE, **EMPTY}.items():
        spec = PathFinder.find_spec(module, gr.__path__)
        assert spec is not None, module
        assert spec.origin is not None, module
        assert name in Path(spec.origin).read_text(encoding="utf-8"), module


def test_a_component_of_ours_works_and_writes_no_file() -> None:
    class Loud(gr.Textbox):
        def postprocess(self, value: str | None) -> str | None:
            return value and value.upper()

    with gr.Blocks() as blocks:
        loud = Loud()
        loud.submit(lambda words: words, loud, loud)
    assert loud.postprocess("bonjour") == "BONJOUR"
    assert [function.outputs for function in blocks.fns.values()] == [[loud]]
    assert not Path(__file__).with_suffix(".pyi").exists()


def test_nothing_of_the_command_line_of_gradio_is_loaded() -> None:
    run = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
    assert hasattr(gradio.cli, "deploy")


def test_it_is_put_in_once_and_finds_nothing_else() -> None:
    import_gradio_sparingly()
    finders = [finder for finder in sys.meta_path if isinstance(finder, SparingFinder)]
    assert len(finders) == 1
    assert finders[0].find_spec("gradio.events", None) is None
