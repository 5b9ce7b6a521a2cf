"""The print kit as escaped HTML: one section a sheet of paper."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

from arena.domain.event import Event
from arena.domain.run_sheet import RunSheet
from arena.domain.vote import Outcome
from arena.services.privacy import Privacy, Topic
from arena.ui.privacy_words import PAGE, topics_of
from arena.ui.qr import qr_svg
from arena.ui.reading import PRIVACY
from arena.ui.reading_parts import bullets, joined
from arena.ui.run_sheet_cards import RunSheetCards
from arena.ui.school_words import school_notice
from arena.ui.text import Text, without_orphans

ROUNDS_ON_A_SHEET = 8
_NOTICED = (Topic.DATA, Topic.PROCESSORS, Topic.DURATIONS, Topic.RIGHTS, Topic.ERASURE, Topic.CONTACT)
# Drawn with strokes in a square of 100, so that no typeface decides how large they are nor whether ∅ is there.
_SIGNS = {
    Outcome.A: "M10 96 50 5 90 96M26 64h48",
    Outcome.BOTH_GOOD: "M10 34h80M10 70h80",
    Outcome.BOTH_BAD: "M50 12a38 38 0 1 0 .01 0zM18 94 82 6",
    Outcome.B: "M22 4v92M22 11h30a20 20 0 0 1 0 40H22M22 51h35a19 19 0 0 1 0 38H22",
}


class Part(StrEnum):
    """What can be printed by itself, in the order of the kit."""

    POSTER = "poster"
    CARDS = "cards"
    TALLY = "tally"
    NOTICE = "notice"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class Kit:
    """What one kit is made of. ``home`` is the address of the arena, without a slash at its end."""

    event: Event
    home: str
    sheet: RunSheet
    privacy: Privacy

    @property
    def address(self) -> str:
        """What phones open."""
        return f"{self.home}/e/{self.event.code}"


class KitCards:
    """One language's sheets of paper."""

    def __init__(self, text: Text) -> None:
        self._text = text

    def pages(self, kit: Kit, part: Part) -> tuple[Markup, ...]:
        """The sheets of one part, each a ``section`` of class ``page``."""
        made = {
            Part.POSTER: self._poster,
            Part.CARDS: self._cards,
            Part.TALLY: self._tally,
            Part.NOTICE: self._notices,
            Part.SHEET: self._sheet,
        }
        return tuple(
            Markup('<section class="page {}">{}</section>').format(part.value, body) for body in made[part](kit)
        )

    # -- the poster ---------------------------------------------------------------------------

    def _poster(self, kit: Kit) -> Iterator[Markup]:
        text, code = self._text, kit.event.code
        yield Markup(
            '<h2>{join}</h2><p class="title" dir="auto">{title}</p>{qr}<p>{scan}</p>'
            '<p>{type}</p><p class="address">{address}</p><p class="label">{label}</p>'
            '<svg class="code" role="img" aria-label="{spelled}" viewBox="0 0 186 46"><text x="1" y="45"'
            ' textLength="184" lengthAdjust="spacingAndGlyphs" aria-hidden="true">{code}</text></svg>'
            '<p class="nothing">{nothing}</p>'
        ).format(
            join=text("kit.poster.join"),
            title=without_orphans(kit.event.settings.title),
            qr=qr_svg(kit.address, title=text("kit.poster.qr", address=kit.address)),
            scan=text("kit.poster.scan"),
            type=text("kit.poster.type"),
            address=kit.address,
            label=text("kit.poster.code"),
            spelled=" ".join(code),
            code=code,
            nothing=text("kit.poster.nothing"),
        )

    # -- cards and hands ----------------------------------------------------------------------

    def _cards(self, _kit: Kit) -> Iterator[Markup]:
        """Two a page, to be cut along the line."""
        cards = [self._card(outcome) for outcome in _SIGNS]
        for first in range(0, len(cards), 2):
            yield joined(cards[first : first + 2])

    def _card(self, outcome: Outcome) -> Markup:
        return Markup(
            '<figure class="card"><svg viewBox="0 0 100 100" aria-hidden="true"><path d="{}"/></svg>'
            "<figcaption>{}</figcaption></figure>"
        ).format(_SIGNS[outcome], self._text(f"vote.{outcome}"))

    def _tally(self, kit: Kit) -> Iterator[Markup]:
        text = self._text
        columns = [(group, outcome) for group in ("vote", "second") for outcome in (*_SIGNS, None)]
        groups = joined(
            Markup('<th scope="colgroup" colspan="{}">{}</th>').format(len(_SIGNS) + 1, text(f"kit.tally.{group}"))
            for group in ("vote", "second")
        )
        heads = joined(Markup('<th scope="col">{}</th>').format(self._mark(outcome)) for _, outcome in columns)
        empty = Markup("<td></td>") * len(columns)
        rows = [str(number) for number in range(1, ROUNDS_ON_A_SHEET + 1)] + [text("kit.tally.sum")]
        body = joined(Markup('<tr><th scope="row">{}</th>{}</tr>').format(words, empty) for words in rows)
        yield Markup(
            '<h2>{title}</h2>{about}<p>{help}</p><div class="wide" role="region" aria-label="{title}" tabindex="0">'
            '<table><thead><tr><th scope="col" rowspan="2">{round}</th>{groups}</tr>'
            "<tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>{legend}"
        ).format(
            title=text("kit.tally.title"),
            about=self._about(kit.event),
            help=text("kit.tally.help"),
            round=text("kit.tally.round"),
            groups=groups,
            heads=heads,
            body=body,
            legend=self._legend(),
        )

    def _mark(self, outcome: Outcome | None) -> Markup:
        """The sign of a card at the head of a column, with its meaning for who hears the page."""
        if outcome is None:
            return Markup("{}").format(self._text("kit.tally.total"))
        return Markup(
            '<svg class="sign" role="img" aria-label="{}" viewBox="-6 -6 112 112"><path d="{}"/></svg>'
        ).format(self._text(f"vote.{outcome}"), _SIGNS[outcome])

    def _legend(self) -> Markup:
        return Markup('<ul class="legend" aria-hidden="true">{}</ul>').format(
            joined(
                Markup("<li>{} {}</li>").format(self._mark(outcome), self._text(f"vote.{outcome}"))
                for outcome in _SIGNS
            )
        )

    # -- the notices --------------------------------------------------------------------------

    def _notices(self, kit: Kit) -> Iterator[Markup]:
        """In school mode one for children first."""
        if kit.event.is_school:
            yield self._about(kit.event) + school_notice(self._text, kit.event)
        yield self._notice(kit)

    def _notice(self, kit: Kit) -> Markup:
        text = self._text
        day = text("page.day", day=kit.event.settings.texts_kept_until)
        of_event = {Topic.DURATIONS: (text("kit.notice.until", day=day), text("privacy.durations.kept"))}
        topics = [topic for topic in topics_of(text, kit.privacy, PAGE) if topic.topic in _NOTICED]
        return Markup('<h2>{title}</h2>{about}<div class="topics">{topics}</div><p class="address">{more}</p>').format(
            title=text("kit.notice.title"),
            about=self._about(kit.event),
            topics=joined(
                Markup("<div><h3>{}</h3>{}</div>").format(
                    topic.heading, bullets(of_event.get(topic.topic, topic.lines))
                )
                for topic in topics
            ),
            more=text("kit.notice.more", address=f"{kit.home}/{text.locale}/{PRIVACY}"),
        )

    def _about(self, event: Event) -> Markup:
        settings = event.settings
        words = (settings.title, self._text("page.day", day=settings.held_on), settings.place)
        return Markup('<p class="about" dir="auto">{}</p>').format(without_orphans(" · ".join(filter(None, words))))

    # -- the run sheet ------------------------------------------------------------------------

    def _sheet(self, kit: Kit) -> Iterator[Markup]:
        text, sheet, cards = self._text, kit.sheet, RunSheetCards(self._text)
        ends = [end // 60 for end in sheet.ends_s]
        steps = joined(
            Markup(
                '<li><p class="when">{when}</p><div><h3>{title}</h3><p class="tool">{tool}</p></div>'
                '<div class="said">{said}</div></li>'
            ).format(
                when=text("run_sheet.time", begin=begin, end=end),
                title=without_orphans(step.title[text.locale]),
                tool=cards.tool(step),
                said=cards.said(step),
            )
            for begin, end, step in zip([0, *ends], ends, sheet.steps, strict=False)
        )
        yield Markup("<h2>{} · {}</h2>{}{}<ol>{}</ol>").format(
            text("run_sheet.heading"),
            without_orphans(sheet.name[text.locale]),
            self._about(kit.event),
            cards.loop(sheet),
            steps,
        )
