"""The way into a room: its address as a QR code, its code as it is read aloud."""

import segno
from markupsafe import Markup

from arena.domain.figures import NO_BREAK_SPACE

QUIET_MODULES = 4  # the empty margin that ISO/IEC 18004 asks for
_GROUP = 3

# Black on white whatever the page's colours are: many phones read no code with the two exchanged.
_SVG = Markup(
    '<svg class="qr" role="img" aria-label="{title}" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
    '<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{dark}"/></svg>'
)


def qr_svg(address: str, *, title: str) -> Markup:
    """A code that opens the address, made here, as wide as its place in the page; ``title`` is its name for all.

    Error correction is M (15 % may be hidden) or better where that takes no more room. Raises segno.DataOverflowError
    above 2,331 characters, far more than an address has.
    """
    code = segno.make(address, error="m", micro=False)
    rows = [bytes(row) for row in code.matrix_iter(border=QUIET_MODULES)]
    return _SVG.format(title=title, side=len(rows), dark="".join(_runs(y, row) for y, row in enumerate(rows)))


def _runs(y: int, row: bytes) -> str:
    """The dark stretches of a row, each as one rectangle."""
    drawn, x = "", 0
    for run in row.split(b"\0"):
        if run:
            drawn += f"M{x} {y}h{len(run)}v1h-{len(run)}z"
        x += len(run) + 1
    return drawn


def code_spelled(code: str) -> str:
    """The code in groups of three, kept on one line: ``ABC DEF``."""
    return NO_BREAK_SPACE.join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
