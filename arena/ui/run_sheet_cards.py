"""A run sheet for the desk as an escaped HTML fragment: the step under way, what to say, the time that is left."""

from collections.abc import Mapping

from markupsafe import Markup

from arena.domain.run_sheet import MINUTE_S, Progress, RunSheet, SheetStep
from arena.ui.reading_parts import joined
from arena.ui.text import Text, without_orphans


class RunSheetCards:
    """One language's words around a sheet, whose own words are in both."""

    def __init__(self, text: Text) -> None:
        self._text = text

    def desk(self, sheet: RunSheet, now: Progress) -> Markup:
        """The whole fragment. Each ``data-left-s`` is a number of seconds, below 0 when late, to count down from.

        Beside it stand the words for both cases, ``data-left`` and ``data-over``, with ``{minutes}`` to be filled in
        with whole minutes, rounded up: a script needs none of its own.
        """
        step = sheet.steps[now.index]
        times = [self._left("step", now.left_s)]
        if now.left_overall_s is not None:
            times.append(self._left("whole", now.left_overall_s))
        return Markup(
            '<section class="run-sheet" aria-labelledby="run-sheet"><h2 id="run-sheet">{heading} · {name}</h2>'
            '<p class="now">{now} · <strong>{title}</strong></p>{said}<p class="times">{times}</p>{loop}'
            '<ol aria-label="{steps}">{items}</ol></section>'
        ).format(
            heading=self._text("run_sheet.heading"),
            name=self._own(sheet.name),
            now=self._text("run_sheet.now", number=now.index + 1, count=len(sheet.steps)),
            title=self._own(step.title),
            said=self.said(step),
            times=joined(times, between=" "),
            loop=self.loop(sheet),
            steps=self._text("run_sheet.steps"),
            items=joined(self._item(one, is_now=index == now.index) for index, one in enumerate(sheet.steps)),
        )

    def said(self, step: SheetStep) -> Markup:
        """The line to say, then what is good to know, each after its label."""
        parts = [("say", step.say), *([("note", step.note)] if step.note else [])]
        return joined(
            Markup('<p class="{}"><span>{}</span> {}</p>').format(
                name, self._text(f"run_sheet.{name}"), self._own(words)
            )
            for name, words in parts
        )

    def loop(self, sheet: RunSheet) -> Markup:
        """That a stand has no length; nothing for the others."""
        return Markup("<p>{}</p>").format(self._text("run_sheet.loop")) if sheet.is_loop else Markup("")

    def tool(self, step: SheetStep) -> str:
        """Where the desk should be during a step; empty where no button is needed."""
        if step.tool is None:
            return ""
        return self._text("run_sheet.tool", step=self._text(f"run_sheet.tool.{step.tool}"))

    def _item(self, step: SheetStep, *, is_now: bool) -> Markup:
        return Markup('<li{}>{} <span class="minutes">· {}</span></li>').format(
            Markup(' aria-current="step"') if is_now else "",
            self._own(step.title),
            self._text("run_sheet.minutes", minutes=step.minutes),
        )

    def _left(self, what: str, left_s: int) -> Markup:
        """Time that is left, or by how much it is exceeded: the same tone for both."""
        words = {case: self._text(f"run_sheet.{what}.{case}") for case in ("left", "over")}
        shown = words["over" if left_s < 0 else "left"].format(minutes=_minutes(left_s))
        return Markup('<span class="left" data-left-s="{}" data-left="{}" data-over="{}">{}</span>').format(
            left_s, words["left"], words["over"], shown
        )

    def _own(self, words: Mapping[str, str]) -> str:
        return without_orphans(words[self._text.locale])


def _minutes(left_s: int) -> int:
    """Whole minutes begun, without the sign."""
    return -(-abs(left_s) // MINUTE_S)
