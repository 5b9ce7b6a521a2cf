"""My summary in words, in one language: what its page and its text file both say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from arena.domain.battle import RevealStage
from arena.domain.figures import FormattedRange, common_unit, format_range
from arena.domain.footprint import Comparison
from arena.domain.provenance import FootprintValues
from arena.domain.reflection import Bet
from arena.domain.side import Side
from arena.domain.summary import SUMMED, Account, Balance, Kind, PastBattle
from arena.services.summaries import SummaryLine, SummaryView
from arena.ui.text import Text

QUANTITIES = dict(zip(SUMMED, ("footprint.energy", "footprint.gwp", "footprint.water"), strict=True))
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")  # control signs and spaces of any kind


@dataclass(frozen=True, slots=True)
class Amount:
    """A named quantity, and over how many answers it was added up."""

    name: str
    written: FormattedRange
    answers: int = 1


@dataclass(frozen=True, slots=True)
class AccountWords:
    """Totals of one kind of figure under a caption, and what must be said with them."""

    caption: str
    amounts: tuple[Amount, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BalanceWords:
    """A heading, the accounts below it, and sentences that belong to none of them."""

    heading: str
    accounts: tuple[AccountWords, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SideWords:
    """One side of a battle: who answered, what that used, how sure it is or why there is nothing."""

    side: Side
    title: str
    model: str
    amounts: tuple[Amount, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BattleWords:
    """One battle: ``moment`` is for machines, ``facts`` are terms and what was said."""

    date: str
    moment: str
    prompt: str
    sides: tuple[SideWords, ...]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SummaryWords:
    """The whole summary; ``balances`` has what was caused, then what was avoided and what rooms shared, if anything."""

    lead: str
    balances: tuple[BalanceWords, ...]
    list_heading: str
    list_note: str
    battles: tuple[BattleWords, ...]


def words_of(text: Text, view: SummaryView) -> SummaryWords:
    """Everything a summary says."""
    whole, shown = len(view.summary.battles), len(view.lines)
    return SummaryWords(
        lead=_lead(text, view),
        balances=tuple(_balances(text, view)),
        list_heading=text("summary.battles"),
        list_note=text("summary.latest", shown=shown, count=whole) if shown < whole else "",
        battles=tuple(_battle(text, line) for line in view.lines),
    )


def _lead(text: Text, view: SummaryView) -> str:
    """Rounds are nobody's duels: they are counted by themselves."""
    started = view.summary.started
    rounds = len(view.summary.battles) - started
    told = [text("summary.lead", count=started)] if started or not rounds else []
    if rounds:
        told.append(text("summary.lead.rounds", count=rounds))
    return " ".join(told)


def one_line(prompt: str, limit: int | None = None) -> str:
    """A prompt without line breaks, cut with an ellipsis when it is longer than ``limit`` characters."""
    line = _UNSPEAKABLE.sub(" ", prompt).strip()
    return line if limit is None or len(line) <= limit else line[: limit - 1].rstrip() + "…"


# -- sums -------------------------------------------------------------------------------------


def _balances(text: Text, view: SummaryView) -> Iterator[BalanceWords]:
    caused, avoided = view.summary.caused, view.summary.avoided
    uncounted = view.summary.uncounted
    notes = [*([text("summary.uncounted", count=uncounted)] if uncounted else []), *balance_notes(text, caused)]
    if caused.is_empty:
        notes.insert(0, text("summary.nothing_counted"))
    yield BalanceWords(text("summary.caused"), accounts_of(text, caused), tuple(notes))
    if not avoided.is_empty:
        notes = [text("summary.avoided.why"), *balance_notes(text, avoided)]
        yield BalanceWords(text("summary.avoided"), accounts_of(text, avoided), tuple(notes))
    shared = view.summary.shared
    if not shared.is_empty:
        notes = [text("summary.shared.why"), *balance_notes(text, shared)]
        yield BalanceWords(text("summary.shared"), accounts_of(text, shared), tuple(notes))


def balance_notes(text: Text, balance: Balance) -> Iterator[str]:
    """What is in no account."""
    if balance.without_figure:
        yield text("summary.without_figure", count=balance.without_figure)
    if balance.illustrations_left_out:
        yield text("summary.left_out", count=balance.illustrations_left_out)


def accounts_of(text: Text, balance: Balance) -> tuple[AccountWords, ...]:
    """Each kind of figure by itself."""
    return tuple(_account(text, account) for account in balance.accounts)


def _account(text: Text, account: Account) -> AccountWords:
    amounts = tuple(
        Amount(text(QUANTITIES[quantity]), format_range(total.band, quantity, text.locale), total.answers)
        for quantity, total in account.totals.items()
    )
    grades = " · ".join(
        text("summary.grade", grade=text(f"footprint.grade.{grade}"), count=count)
        for grade, count in account.grades.items()
    )
    key = "summary.method" if len(account.methods) == 1 else "summary.methods"
    scope = "summary.scope.measured" if account.kind is Kind.MEASURED else "footprint.scope"
    notes = (text("summary.grades", grades=grades), text(key, methods=" + ".join(account.methods)), text(scope))
    return AccountWords(text(f"summary.kind.{account.kind}"), amounts, notes)


# -- battles ----------------------------------------------------------------------------------


def _battle(text: Text, line: SummaryLine) -> BattleWords:
    battle = line.battle
    return BattleWords(
        date=_day(text, battle.created_at),
        moment=battle.created_at.isoformat(timespec="seconds"),
        prompt=text("summary.purged") if battle.is_purged else battle.prompt,
        sides=tuple(_sides(text, line)),
        facts=tuple(_facts(text, line)),
    )


def _day(text: Text, moment: datetime) -> str:
    """The day where the server is: a meeting and its server share a time zone."""
    day = moment.astimezone()
    return text("summary.date", day=f"{day.day:02d}", month=f"{day.month:02d}", year=day.year)


def _sides(text: Text, line: SummaryLine) -> Iterator[SideWords]:
    battle = line.battle
    values = {side: battle.values_of(side) for side in Side} if battle.stage is not RevealStage.BLIND else {}
    for side in Side:
        known = values.get(side)
        yield SideWords(
            side=side,
            title=text("footprint.side", side=side.upper()),
            model=line.names.get(side) or text("summary.anonymous"),
            amounts=tuple(_amounts(text, values, side)),
            notes=tuple(_side_notes(text, battle, side, known)) if values else (),
        )


def _amounts(text: Text, values: dict[Side, FootprintValues | None], side: Side) -> Iterator[Amount]:
    """A and B in one unit, so that they can be read side by side."""
    for quantity, name in QUANTITIES.items():
        bands = {one: known.displayed.get(quantity) for one, known in values.items() if known is not None}
        band = bands.get(side)
        if band is not None:
            unit = common_unit([known for known in bands.values() if known is not None], quantity)
            yield Amount(text(name), format_range(band, quantity, text.locale, unit=unit))


def _side_notes(text: Text, battle: PastBattle, side: Side, values: FootprintValues | None) -> Iterator[str]:
    if values is None or values.no_figure_reason:
        reason = text(values.no_figure_reason) if values and values.no_figure_reason else ""
        yield f"{text('footprint.no_figure')} {reason}".strip()
    else:
        kinds = ", ".join(text(f"footprint.{kind}") for kind in sorted(battle.kinds_of(side)))
        yield text("summary.confidence", kind=kinds, grade=text(f"footprint.grade.{values.grade}"))
    if battle.kept_side is side:
        yield text("summary.kept")


def _facts(text: Text, line: SummaryLine) -> Iterator[tuple[str, str]]:
    battle, said = line.battle, line.battle.reflections
    if battle.is_shared:
        yield text("summary.round"), text("summary.round.number", number=battle.round_number)
    if battle.recorded_at is not None:
        yield text("summary.recorded"), _day(text, battle.recorded_at)
    vote = text(f"vote.{battle.vote}") if battle.vote else text("summary.no_vote")
    yield text("summary.vote"), vote
    if said.second_choice is not None:
        chosen = said.second_choice.outcome
        yield text("summary.second"), text(f"vote.{chosen}") if chosen else text("summary.skipped")
    if said.bet is not None:
        yield text("summary.bet"), _bet(text, battle, said.bet, line.comparison)
    if said.need is not None:
        yield text("need.question.after"), text(f"need.{said.need}")
    if battle.stage is RevealStage.BLIND:
        yield text("summary.reveal"), text("summary.unrevealed")


def _bet(text: Text, battle: PastBattle, bet: Bet, comparison: Comparison | None) -> str:
    """The bet, with the estimate beside it as soon as that was shown."""
    guess = _times(text, bet.more, bet.factor)
    if battle.stage is RevealStage.BLIND:
        return guess
    estimate = text("bet.no_estimate")
    if comparison is not None:
        is_more = comparison.more is not None and comparison.factor is not None
        estimate = _times(text, comparison.more, comparison.factor or 1) if is_more else text("bet.same_order")
    return text("bet.result", guess=guess, estimate=estimate)


def _times(text: Text, more: Side | None, factor: int) -> str:
    if more is None:
        return text("bet.same") if factor == 1 else text("bet.gap", factor=factor)
    return text("bet.more", side=more.upper(), factor=factor)
