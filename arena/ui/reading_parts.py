"""Parts of the pages to read, as escaped HTML: tables, links, formulas, numbers as they were written."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from markupsafe import Markup, escape

from arena.domain.figures import NARROW_SPACE, format_number

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MARK = re.compile(r"([_^])\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")

_TABLE = Markup(
    '<table role="table"><caption>{caption}</caption><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
    "{bodies}</table>"
)


def joined(parts: Iterable[str], *, between: str = "") -> Markup:
    """Fragments one after the other; what is not HTML yet is escaped."""
    return Markup(between).join(parts)


def paragraphs(lines: Iterable[str]) -> Markup:
    """One paragraph a line."""
    return joined(Markup("<p>{}</p>").format(line) for line in lines)


def bullets(lines: Iterable[str]) -> Markup:
    """A list of short lines."""
    return Markup("<ul>{}</ul>").format(joined(Markup("<li>{}</li>").format(line) for line in lines))


def link(url: str, words: str, *, lang: str = "") -> Markup:
    """A link to another site, or just the words when there is no address. ``lang`` is that of the words."""
    spoken = Markup(' lang="{}"').format(lang) if lang else Markup("")
    if not url:
        return Markup("<span{}>{}</span>").format(spoken, words)
    return Markup('<a href="{}" rel="external noreferrer"{}>{}</a>').format(url, spoken, words)


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """A table whose first column names the row; on a phone each row becomes a card (see reading.css).

    Roles are written out, since a browser forgets them when a style turns rows into blocks.
    """
    body = joined(_row(columns, row) for row in rows)
    bodies = Markup('<tbody role="rowgroup">{}</tbody>').format(body)
    return _TABLE.format(caption=caption, head=_head(columns), bodies=bodies)


def grouped_table(
    caption: str, columns: Sequence[str], groups: Iterable[tuple[str, Iterable[Sequence[str]]]]
) -> Markup:
    """The same with rows in groups, each below its own words."""
    bodies = joined(
        Markup(
            '<tbody role="rowgroup"><tr class="group" role="row"><th scope="rowgroup" role="rowheader" '
            'colspan="{span}">{words}</th></tr>{rows}</tbody>'
        ).format(span=len(columns), words=words, rows=joined(_row(columns, row) for row in rows))
        for words, rows in groups
    )
    return _TABLE.format(caption=caption, head=_head(columns), bodies=bodies)


def _head(columns: Sequence[str]) -> Markup:
    return joined(Markup('<th scope="col" role="columnheader">{}</th>').format(words) for words in columns)


def _row(columns: Sequence[str], row: Sequence[str]) -> Markup:
    cells = joined(
        Markup('<td role="cell" data-column="{}"><div>{}</div></td>').format(column, cell)
        for column, cell in zip(columns[1:], row[1:], strict=True)
    )
    return Markup('<tr role="row"><th scope="row" role="rowheader">{}</th>{}</tr>').format(row[0], cells)


def definitions(entries: Iterable[tuple[str, str]], name: str) -> Markup:
    """Short terms and what they mean; ``name`` is a class of reading.css."""
    return Markup('<dl class="{}">{}</dl>').format(
        name, joined(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(term, words) for term, words in entries)
    )


def formula(notation: str) -> Markup:
    """``x_{y}`` with an index and ``x^{y}`` with an exponent; everything else as it stands."""
    html = str(escape(notation))
    while _MARK.search(html):
        html = _MARK.sub(lambda mark: _TAGS[mark[1]].format(mark[2]), html)
    return Markup('<span class="formula">{}</span>').format(Markup(html))


_TAGS = {"_": "<sub>{}</sub>", "^": "<sup>{}</sup>"}


def written_number(number: Decimal, locale: str, *, most_digits: int = 6, rounded_to: int = 3) -> str:
    """A number exactly as it was written, or with ``≈`` and a few digits when it has more than ``most_digits``.

    What is smaller than a hundred-thousandth is written with a power of ten.
    """
    plain, mark = number.normalize(), ""
    if len(plain.as_tuple().digits) > most_digits:
        plain = plain.quantize(Decimal(1).scaleb(plain.adjusted() + 1 - rounded_to)).normalize()
        mark = f"≈{NARROW_SPACE}"
    power = plain.adjusted() if plain.adjusted() < -5 else 0
    ending = f"{NARROW_SPACE}×{NARROW_SPACE}10{str(power).translate(_SUPERSCRIPT)}" if power else ""
    return mark + format_number(plain.scaleb(-power), locale).replace("-", "−") + ending
