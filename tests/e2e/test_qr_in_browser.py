"""The QR code as a browser paints it, light and dark, small and large."""

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser

from arena.ui.qr import qr_svg

pytestmark = pytest.mark.browser
ADDRESS = "http://192.168.1.20:7860/e/K7QX2M"
PAGE = """<!doctype html><html lang="fr"><meta name="color-scheme" content="light dark">
<style>body {{ background: Canvas; color: CanvasText }} svg {{ fill: CanvasText }} div {{ width: {width}px }}</style>
<div>{svg}</div></html>"""


@pytest.mark.parametrize("forced", ["none", "active"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [120, 640])
def test_a_phone_reads_it_whatever_the_colours_and_the_size(
    browser: Browser, width: int, scheme: str, forced: str
) -> None:
    context = browser.new_context(
        viewport={"width": 700, "height": 700},
        color_scheme=scheme,  # type: ignore[arg-type]
        forced_colors=forced,  # type: ignore[arg-type]
    )
    try:
        page = context.new_page()
        page.set_content(PAGE.format(width=width, svg=qr_svg(ADDRESS, title="Rejoindre")))
        code = page.get_by_role("img", name="Rejoindre")
        box = code.bounding_box()
        picture = Image.open(BytesIO(page.screenshot()))
    finally:
        context.close()
    assert box is not None
    assert (box["width"], box["height"]) == (width, width)
    corner = picture.convert("RGB").getpixel((int(box["x"]) + 2, int(box["y"]) + 2))
    assert corner == (255, 255, 255)  # its own margin, on a dark page too
    # Phones of several years read no code whose colours are exchanged: neither may this decoder.
    assert [found.text for found in zxingcpp.read_barcodes(picture, try_invert=False)] == [ADDRESS]
