"""A reading in words: what was counted, all of it and what is beyond rest, in both languages."""

import pytest

from arena.domain.provenance import MeterReading
from arena.ui.meter_words import measured_scopes, meter_scope
from arena.ui.text import load_text
from tests.storage.making import make_inputs

READING = MeterReading("nvml", gross_wh=0.3, idle_w=20.0, net_wh=0.25, window_s=9.0)


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "measured: graphics card only · ≈ 0.30 Wh in all, of which ≈ 0.25 Wh beyond rest"),
        ("fr", "mesuré : carte graphique seule · ≈ 0,30 Wh au total, dont ≈ 0,25 Wh au-delà du repos"),
    ],
)
def test_a_reading_is_told_without_its_speed(locale: str, words: str) -> None:
    said = meter_scope(load_text(locale), READING)
    assert " ".join(said.replace("\u202f", " ").replace("\u00a0", " ").split()) == words


def test_a_side_without_a_reading_has_no_label() -> None:
    assert list(measured_scopes(load_text("en"), [make_inputs()])) == []
