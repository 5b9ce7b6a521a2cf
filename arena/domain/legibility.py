"""From how far the letters of a projected image can be read."""

import math
from dataclasses import dataclass

# Height of capitals and digits as the eye sees it, in minutes of arc. ISO 9241-303:2011 (as ISO 9241-3 before it)
# prefers 20 to 22 for text on a display, measured from the top to the bottom of a capital without accent, and asks
# for 16 at least. The upper end, because people of every age read the code while they stand or walk.
SIGHT_ARCMIN = 22.0
SIGHT_SOURCE = "ISO 9241-303:2011"

# Capitals take 0.70 of the font size in the narrowest of the usual system fonts (capHeight ÷ unitsPerEm of their
# own tables: Segoe UI 0.700, San Francisco 0.705, Roboto 0.711, Arial 0.716, DejaVu Sans 0.729).
CAPITAL_SHARE = 0.70


@dataclass(frozen=True, slots=True)
class Projection:
    """An image on a wall: its width in metres and, of the page that fills it, the width in CSS pixels.

    Raises ValueError for a width that is not above 0.
    """

    width_m: float
    width_px: float

    def __post_init__(self) -> None:
        if not (self.width_m > 0 and self.width_px > 0):
            raise ValueError(f"an image of {self.width_m} m and {self.width_px} px")

    def capital_mm(self, font_px: float) -> float:
        """The height of a capital on the wall, in millimetres, of a font size in CSS pixels."""
        return self.width_m * 1000 / self.width_px * font_px * CAPITAL_SHARE

    def farthest_m(self, font_px: float) -> float:
        """From how many metres text of that font size can be read, at ``SIGHT_ARCMIN``."""
        return self.capital_mm(font_px) / 1000 / _SIGHT

    def least_font_px(self, distance_m: float) -> int:
        """The smallest font size, in whole CSS pixels, that can be read from a distance in metres."""
        exact = distance_m * _SIGHT * self.width_px / (self.width_m * CAPITAL_SHARE)
        return math.ceil(exact - 1e-9)  # an exact size is not pushed up by the last bit of a float


_SIGHT = 2 * math.tan(math.radians(SIGHT_ARCMIN / 60) / 2)  # height ÷ distance
