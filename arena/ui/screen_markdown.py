"""An answer's Markdown as words on the screen: what is read aloud, one line of thought after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from arena.domain.text_pages import Passage
from arena.ui.markdown import parsed
from arena.ui.screen_words import PLAIN, Face, Line, Written, code_line

INDENT_EM = 1.3  # of a list, for its markers; of a quote
GAP, SMALL_GAP = 0.5, 0.25  # lines between blocks, between items: see screen.css
_BULLET = "•"
_TAGS = {"strong": "strong", "em": "em", "s": "s"}
_BETWEEN_CELLS = " · "


@dataclass
class _List:
    """An open list: the number of its next item, None for bullets."""

    next_number: int | None


@dataclass
class _Table:
    """An open table: its head, and the cells of the row that is being read."""

    head: list[Token] = field(default_factory=list)
    row: list[Token] = field(default_factory=list)
    is_head: bool = True


def written(source: str) -> tuple[Written, ...]:
    """The passages of an answer, masked before. Nothing of it is left out but pictures, whose words stay."""
    return tuple(_Reader().read(parsed(source)))


class _Reader:
    """Goes through the tokens once, and remembers what is open."""

    def __init__(self) -> None:
        self._lists: list[_List] = []
        self._quotes = 0
        self._marker = ""
        self._begins_item = False
        self._is_heading = False
        self._table: _Table | None = None
        self._is_first = True

    def read(self, tokens: Sequence[Token]) -> Iterator[Written]:
        for token in tokens:
            if token.type in ("fence", "code_block", "html_block"):
                yield from self._code(token.content)
            elif token.type == "hr":
                yield from self._block(_text_line("—"), looks=("rule",))
            elif token.type == "inline" and self._table is not None:
                self._table.row.append(token)
            elif token.type == "inline":
                yield from self._inline(token)
            elif token.type == "tr_close" and self._table is not None:
                yield from self._row(self._table)
            else:
                self._note(token)

    def _note(self, token: Token) -> None:
        """What opens or closes."""
        match token.type:
            case "bullet_list_open":
                self._lists.append(_List(None))
            case "ordered_list_open":
                self._lists.append(_List(int(token.attrGet("start") or 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                self._begin_item()
            case "blockquote_open":
                self._quotes += 1
            case "blockquote_close":
                self._quotes -= 1
            case "heading_open" | "heading_close":
                self._is_heading = token.nesting > 0
            case "table_open" | "table_close":
                self._table = _Table() if token.nesting > 0 else None
            case "thead_close" if self._table is not None:
                self._table.is_head = False

    def _begin_item(self) -> None:
        number = self._lists[-1].next_number
        self._marker = _BULLET if number is None else f"{number}."
        self._begins_item = True
        if number is not None:
            self._lists[-1].next_number = number + 1

    def _inline(self, token: Token) -> Iterator[Written]:
        face = PLAIN.inside("strong") if self._is_heading else PLAIN
        looks = ("heading",) if self._is_heading else ()
        for number, line in enumerate(_lines(token, face)):
            yield from self._block(line, looks=looks, is_new=number == 0)

    def _code(self, content: str) -> Iterator[Written]:
        for number, row in enumerate(content.rstrip("\n").split("\n")):
            line = Line()
            line.add(code_line(row), PLAIN.inside("code"))
            yield from self._block(line, looks=("code",), is_new=number == 0)

    def _row(self, table: _Table) -> Iterator[Written]:
        """A row as one line of thought: with what it is about first, then each thing under its heading."""
        line = Line()
        for number, cell in enumerate(table.row):
            if not cell.content:
                continue
            if line.words:
                line.add(_BETWEEN_CELLS)
            if number and not table.is_head and table.head[number].content:
                _fill(line, table.head[number], PLAIN.inside("em"))
                line.end_word()
            _fill(line, cell, PLAIN.inside("strong") if number == 0 or table.is_head else PLAIN)
        looks = ("row", "heading") if table.is_head else ("row",)
        if table.is_head:
            table.head = table.row
        table.row = []
        yield from self._block(line, looks=looks)

    def _block(self, line: Line, *, looks: tuple[str, ...] = (), is_new: bool = True) -> Iterator[Written]:
        """A passage with the room above it and the indent that belong to where it stands."""
        if not line.words:
            return
        line.end_word()
        depth = len(self._lists) + self._quotes
        gap = (SMALL_GAP if self._begins_item or "row" in looks else GAP) if is_new and not self._is_first else 0.0
        looks = (*looks, f"deep-{min(depth, 4)}", *({GAP: ("apart",), SMALL_GAP: ("near",)}.get(gap, ())))
        if self._quotes:
            looks = (*looks, "quote")
        passage = Passage(tuple(line.words), INDENT_EM * min(depth, 4), gap, keeps_next="heading" in looks)
        yield Written(passage, tuple(line.inked), looks, self._marker)
        self._marker, self._begins_item, self._is_first = "", False, False


def _text_line(text: str) -> Line:
    line = Line()
    line.add(text)
    return line


def _lines(token: Token, face: Face) -> Iterator[Line]:
    """The text of a block, cut where its writer began a new line."""
    line, faces = Line(), [face]
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            yield line
            line = Line()
        else:
            _take(line, child, faces)
    yield line


def _fill(line: Line, token: Token, face: Face) -> None:
    """The text of a cell, on the line that there is."""
    faces = [face]
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            line.end_word()
        else:
            _take(line, child, faces)


def _take(line: Line, child: Token, faces: list[Face]) -> None:
    kind = child.type.removesuffix("_open").removesuffix("_close")
    if kind in _TAGS:
        if child.nesting > 0:
            faces.append(faces[-1].inside(_TAGS[kind]))
        else:
            faces.pop()
    elif child.type == "code_inline":
        line.add(child.content, faces[-1].inside("code"))
    elif child.type == "image":
        line.add(f"[{child.content}]", faces[-1])
    else:
        line.add(child.content, faces[-1])  # a link is its words; nobody can follow one on a wall
