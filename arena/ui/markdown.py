"""Answers as safe HTML blocks, rendered piece by piece while they grow."""

import re
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

# Text that cannot open, close or change any Markdown construct when it is added to a paragraph
# that ends in a letter or a digit.
_PLAIN = re.compile(r"(?:[^\W_]|[ ,’«»…?%€\u00a0\u202f])*")


_END = "</p>\n"


class _AnswerRenderer(RendererHTML):
    """No image is ever loaded; a link is text until the vote is over."""

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """The description of an image in its place."""
        return f"[{escape(self.renderInlineAsText(tokens[idx].children, options, env))}]"

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        if not env.get("links"):
            return '<span class="inert-link">'
        target = escape(str(tokens[idx].attrGet("href") or ""))
        return f'<a href="{target}" target="_blank" rel="noopener noreferrer nofollow">'

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</a>" if env.get("links") else "</span>"

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Headings of an answer stay below those of the page."""
        return f'<p class="heading" role="heading" aria-level="{_level(tokens[idx])}">'

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</p>\n"

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="table" tabindex="0" role="group"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"


def _level(token: Token) -> int:
    return min(6, int(token.tag[1:]) + 3)


_MARKDOWN = (
    MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=_AnswerRenderer)
    .enable("table")
    .enable("strikethrough")
    # A definition at the end would change blocks above it that are already on the screen.
    .disable("reference")
)


def parsed(source: str) -> list[Token]:
    """The tokens of an answer, for a page that sets it in its own way. Raw HTML in it is text like any other."""
    return _MARKDOWN.parse(source.replace("\r\n", "\n").replace("\r", "\n"), {})


class AnswerBlocks:
    """The HTML blocks of one growing answer; only the last two may still change.

    ``links`` makes links real: for after the reveal only.
    """

    def __init__(self, *, links: bool = False) -> None:
        self._env: dict[str, object] = {"links": links}
        self._forget()

    def _forget(self) -> None:
        self._source = ""
        self._settled: list[str] = []
        self._settled_chars = 0
        self._open: list[str] = []
        self._ends_plainly = False

    @property
    def blocks(self) -> list[str]:
        """One HTML fragment for each top-level block of the answer."""
        return self._settled + self._open

    def update(self, source: str) -> None:
        """Take the answer as it is now; normally it starts with what it was at the last call."""
        source = source.replace("\r\n", "\n").replace("\r", "\n")  # a CR may arrive before its LF
        if source == self._source:
            return
        if not source.startswith(self._source):
            self._forget()
        added = source[len(self._source) :]
        self._source = source
        if self._ends_plainly and _PLAIN.fullmatch(added):
            self._open[-1] = f"{self._open[-1].removesuffix(_END)}{added}{_END}"
            return
        self._render_tail()

    def _render_tail(self) -> None:
        tail = self._source[self._settled_chars :]
        tokens = _MARKDOWN.parse(tail, {})
        groups = _top_level(tokens)
        self._open = [_MARKDOWN.renderer.render(group, _MARKDOWN.options, self._env) for group in groups]
        self._ends_plainly = bool(groups) and _is_plain_paragraph(groups[-1], tail)
        if len(groups) > 2:
            self._settle(tail, groups[-2])

    def _settle(self, tail: str, first_open: list[Token]) -> None:
        """All blocks but the last two are final: a list may still take in the block after it."""
        lines = first_open[0].map or [0, 0]
        self._settled_chars += sum(len(line) + 1 for line in tail.split("\n")[: lines[0]])
        self._settled += self._open[:-2]
        self._open = self._open[-2:]


def _top_level(tokens: list[Token]) -> list[list[Token]]:
    """Tokens grouped by the top-level block they belong to."""
    groups: list[list[Token]] = []
    for token in tokens:
        if token.level == 0 and token.nesting >= 0:
            groups.append([])
        groups[-1].append(token)
    return groups


def _is_plain_paragraph(group: list[Token], tail: str) -> bool:
    return group[0].type == "paragraph_open" and tail[-1].isalnum()
