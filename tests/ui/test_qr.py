"""The QR code is read back by a decoder that knows nothing of how it was made."""

import re

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.ui.qr import QUIET_MODULES, code_spelled, qr_svg

ADDRESS = "http://192.168.1.20:7860/e/K7QX2M"


def drawn(svg: str, scale: int = 4) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    """The picture of the rectangles, white where there is none; one module is ``scale`` pixels."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])  # type: ignore[index]
    picture = np.full((side, side), 255, dtype=np.uint8)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        picture[int(y), int(x) : int(x) + int(width)] = 0
    return picture.repeat(scale, axis=0).repeat(scale, axis=1)


def read(svg: str) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(drawn(svg))]


@pytest.mark.parametrize("address", [ADDRESS, "https://arena.example.org/e/ABCDEF", "http://[fd00::2]:7860/e/AAAAAA"])
def test_it_opens_the_address(address: str) -> None:
    assert read(qr_svg(address, title="Rejoindre")) == [address]


@settings(max_examples=25)
@given(st.from_regex(r"https?://[a-z0-9.-]{1,80}(:[0-9]{2,5})?/e/[A-Z0-9]{6}", fullmatch=True))
def test_it_opens_any_address(address: str) -> None:
    assert read(qr_svg(address, title="")) == [address]


def test_it_survives_a_thumb_on_the_screen() -> None:
    picture = drawn(qr_svg(ADDRESS, title=""))
    middle = len(picture) // 2
    picture[middle - 12 : middle + 12, middle - 12 : middle + 12] = 255
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [ADDRESS]
    assert zxingcpp.read_barcodes(picture)[0].ec_level in ("M", "Q", "H")


def test_a_margin_of_four_modules_stays_white() -> None:
    picture = drawn(qr_svg(ADDRESS, title=""), scale=1)
    edge = QUIET_MODULES
    assert picture[edge:-edge, edge:-edge].min() == picture[edge, edge] == 0
    picture[edge:-edge, edge:-edge] = 255
    assert picture.min() == 255


def test_its_name_is_escaped_and_it_is_one_picture_for_a_screen_reader() -> None:
    svg = qr_svg(ADDRESS, title='Rejoindre "le café" <b> & co')
    assert 'role="img" aria-label="Rejoindre &#34;le café&#34; &lt;b&gt; &amp; co"' in svg
    assert svg.startswith("<svg ")
    assert not re.search(r'\b(?:width|height|xmlns)="', svg)


@pytest.mark.parametrize(
    ("code", "spelled"), [("ABCDEF", "ABC\u00a0DEF"), ("K7QX", "K7Q\u00a0X"), ("ABC", "ABC"), ("", "")]
)
def test_a_code_is_spelled_in_threes(code: str, spelled: str) -> None:
    assert code_spelled(code) == spelled
