"""My summary as escaped HTML: sums, battles, tools, erasure."""

from decimal import Decimal

from markupsafe import Markup

from arena.domain.figures import FormattedRange, format_number
from arena.domain.summary import Erased
from arena.ui.cards import letter
from arena.ui.reading_parts import definitions, joined, paragraphs, table
from arena.ui.same_origin import FIELD
from arena.ui.summary_words import (
    AccountWords,
    Amount,
    BalanceWords,
    BattleWords,
    SideWords,
    SummaryWords,
    one_line,
)
from arena.ui.text import Text

PROMPT_CHARS = 160  # of a prompt in the list; the text file has it whole


def summary(text: Text, words: SummaryWords) -> Markup:
    """Everything that a visitor with battles sees, but for the erasure."""
    return Markup(
        '<p class="lead">{lead}</p>{tools}{balances}<h2>{heading}</h2>{note}<ol class="battles">{battles}</ol>'
    ).format(
        lead=words.lead,
        tools=_tools(text),
        balances=joined(_balance(text, balance) for balance in words.balances),
        heading=words.list_heading,
        note=paragraphs([words.list_note] if words.list_note else []),
        battles=joined(_battle(battle) for battle in words.battles),
    )


def empty(text: Text) -> Markup:
    """For a visitor without a battle: a word and the way to one."""
    return Markup('<p class="lead">{}</p><p><a class="button" href="/{}/">{}</a></p>').format(
        text("summary.empty"), text.locale, text("summary.to_duel")
    )


def erasure(text: Text, key: str) -> Markup:
    """The way to erase everything, behind one more tap; works without a script."""
    return Markup(
        '<section class="no-print"><h2>{heading}</h2><details class="erase"><summary>{summary}</summary>{words}'
        '<form method="post" action="/{locale}/summary/erase"><input type="hidden" name="{field}" value="{key}">'
        '<button class="button">{confirm}</button></form></details></section>'
    ).format(
        heading=text("summary.erase"),
        summary=text("summary.erase.open"),
        words=paragraphs([text("summary.erase.what"), text("summary.erase.elsewhere")]),
        locale=text.locale,
        field=FIELD,
        key=key,
        confirm=text("summary.erase.confirm"),
    )


def erased(text: Text, counts: Erased) -> Markup:
    """What was erased, that nothing is left, and the way back to the duel."""
    gone = [
        (text("summary.erased.battles"), str(counts.battles)),
        (text("summary.erased.prompts"), str(counts.prompts)),
        (text("summary.erased.answers"), str(counts.answers)),
        (text("summary.erased.votes"), str(counts.votes)),
        (text("summary.erased.others"), str(counts.others)),
    ]
    return Markup('<p class="lead" role="status">{}</p>{}{}<p><a class="button" href="/{}/">{}</a></p>').format(
        text("summary.erased.nothing" if counts.is_nothing else "summary.erased"),
        Markup("") if counts.is_nothing else definitions(gone, "facts"),
        paragraphs([text("summary.erased.left"), text("summary.erase.elsewhere")]),
        text.locale,
        text("summary.to_duel"),
    )


def _tools(text: Text) -> Markup:
    """The file always; copying and printing once the script is there."""
    return Markup(
        '<p class="tools no-print"><a class="button" href="/{locale}/summary.txt" download>{download}</a>'
        '<button type="button" class="button" data-copy="/{locale}/summary.txt" data-done="{done}"'
        ' data-failed="{failed}" hidden>{copy}</button>'
        '<button type="button" class="button" data-print hidden>{print}</button>'
        '<span class="copied" role="status"></span></p>'
    ).format(
        locale=text.locale,
        download=text("summary.download"),
        copy=text("summary.copy"),
        done=text("summary.copied"),
        failed=text("summary.not_copied"),
        print=text("summary.print"),
    )


def _balance(text: Text, balance: BalanceWords) -> Markup:
    return Markup("<h2>{}</h2>{}{}").format(
        balance.heading,
        joined(account(text, one) for one in balance.accounts),
        paragraphs(balance.notes),
    )


def account(text: Text, words: AccountWords) -> Markup:
    """One kind of figure: a table of its totals, and what must be said with it."""
    columns = [text(f"summary.column.{name}") for name in ("quantity", "range", "answers")]
    rows = [(one.name, _written(one.written), _count(text, one)) for one in words.amounts]
    notes = joined(Markup('<p class="small">{}</p>').format(note) for note in words.notes)
    return table(words.caption, columns, rows) + notes


def _count(text: Text, amount: Amount) -> str:
    return format_number(Decimal(amount.answers), text.locale)


def _written(written: FormattedRange) -> Markup:
    return Markup('<span class="whole" aria-hidden="true">{}</span><span class="unseen">{}</span>').format(
        written.text, written.spoken
    )


def _battle(battle: BattleWords) -> Markup:
    """One battle: what was asked, who answered with how much, what was said of it."""
    return Markup(
        '<li class="past"><p class="small"><time datetime="{moment}">{date}</time></p><h3 dir="auto">{prompt}</h3>'
        '<div class="halves">{sides}</div>{facts}</li>'
    ).format(
        moment=battle.moment,
        date=battle.date,
        prompt=one_line(battle.prompt, PROMPT_CHARS),
        sides=joined(_side(side) for side in battle.sides),
        facts=definitions(battle.facts, "amounts"),
    )


def _side(side: SideWords) -> Markup:
    amounts = definitions([(one.name, _written(one.written)) for one in side.amounts], "amounts")
    notes = joined(Markup('<p class="small">{}</p>').format(note) for note in side.notes)
    return Markup(
        '<section class="side-{side}"><h4>{letter}<span class="unseen">{title}</span> {model}</h4>{amounts}{notes}'
        "</section>"
    ).format(
        side=side.side.value,
        letter=letter(side.side),
        title=side.title,
        model=side.model,
        amounts=amounts if side.amounts else Markup(""),
        notes=notes,
    )
