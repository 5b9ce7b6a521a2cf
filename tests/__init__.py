"""Tests, in the same folders as the code they test."""

import arena.ui  # noqa: F401 - whichever test imports Gradio first, it is set up as the application sets it up
