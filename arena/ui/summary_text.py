"""My summary as plain text, to copy, keep or send."""

from collections.abc import Iterator

from arena.domain.figures import NO_BREAK_SPACE
from arena.ui.summary_words import AccountWords, Amount, BalanceWords, BattleWords, SummaryWords, one_line
from arena.ui.text import Text


def summary_text(text: Text, words: SummaryWords | None) -> str:
    """The whole summary, one thing a line; None is a visitor without a battle."""
    return "\n".join(_lines(text, words)) + "\n"


def _lines(text: Text, words: SummaryWords | None) -> Iterator[str]:
    yield from _underlined(f"{text('page.heading')} — {text('summary.title')}", "=")
    if words is None:
        yield text("summary.empty")
        return
    yield words.lead
    for balance in words.balances:
        yield from _balance(text, balance)
    yield ""
    yield from _underlined(words.list_heading, "-")
    if words.list_note:
        yield words.list_note
    for battle in words.battles:
        yield from _battle(text, battle)


def _underlined(heading: str, line: str) -> Iterator[str]:
    yield heading
    yield line * len(heading)


def _balance(text: Text, balance: BalanceWords) -> Iterator[str]:
    yield ""
    yield from _underlined(balance.heading, "-")
    for account in balance.accounts:
        yield from _account(text, account)
    yield from balance.notes


def _account(text: Text, account: AccountWords) -> Iterator[str]:
    yield account.caption
    for amount in account.amounts:
        yield f"- {_amount(text, amount)} ({text('summary.answers', count=amount.answers)})"
    yield from account.notes


def _battle(text: Text, battle: BattleWords) -> Iterator[str]:
    yield ""
    yield f"{battle.date} — {one_line(battle.prompt)}"
    for side in battle.sides:
        yield f"- {_said(text, side.title, ' · '.join([side.model, *(_amount(text, one) for one in side.amounts)]))}"
        yield from (f"  {note}" for note in side.notes)
    yield from (f"- {_said(text, *fact)}" for fact in battle.facts)


def _amount(text: Text, amount: Amount) -> str:
    return _said(text, amount.name, amount.written.text)


def _said(text: Text, term: str, words: str) -> str:
    """A term and what is said of it; a question keeps its own mark."""
    if term.endswith("?"):
        return f"{term} {words}"
    return f"{term}{NO_BREAK_SPACE if text.locale == 'fr' else ''}: {words}"
