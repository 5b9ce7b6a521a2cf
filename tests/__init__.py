"""Tests, in the same folders as the code they test. Gradio is set up as the application sets it up, whichever test imports it first."""

import arena.ui  # noqa: F401
