"""Gradio's theme with system fonts and the tokens of our style sheet."""

import gradio as gr


def make_theme() -> gr.themes.Base:
    """No web font, no external host; colours come from the style sheet's variables."""
    same = {"light": "var(--paper)", "ink": "var(--ink)", "soft": "var(--soft)"}
    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill=same["light"],
        body_background_fill_dark=same["light"],
        body_text_color=same["ink"],
        body_text_color_dark=same["ink"],
        body_text_color_subdued=same["soft"],
        body_text_color_subdued_dark=same["soft"],
        block_info_text_color=same["soft"],
        block_info_text_color_dark=same["soft"],
    )
