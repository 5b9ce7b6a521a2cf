"""The print kit: what each sheet of paper says, and what it never says."""

import html
import re
from dataclasses import replace
from datetime import date

import pytest

from arena.domain.vote import Outcome
from arena.ui.kit_cards import ROUNDS_ON_A_SHEET, Kit, Part
from arena.ui.text import LOCALES, load_text
from tests.ui.kits import EVENT, PAGE, SHEETS, in_school, kit, lengthy

BOTH = pytest.mark.parametrize("locale", LOCALES)
PAGES = {Part.POSTER: 1, Part.CARDS: 2, Part.TALLY: 1, Part.NOTICE: 1, Part.SHEET: 1}


def document(made: Kit, locale: str = "fr", part: Part | None = None) -> str:
    return PAGE.document(load_text(locale), made, part)


def words(markup: str) -> str:
    """What is read, without breaks that depend on the language."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"(?s)<style>.*?</style>|<[^>]+>", " ", markup)))


@BOTH
def test_a_kit_stands_alone_and_what_was_typed_is_text(locale: str) -> None:
    evil = '"><script>x</script><img src=x onerror=y>'
    made = document(kit(replace(EVENT, settings=replace(EVENT.settings, title=evil, place=evil))), locale)
    assert not re.search(r"<(?:script|img|link|iframe|form)\b|url\(", made)
    assert set(re.findall(r"https?://[^\s<\"/]+", made)) == {"http://192.168.1.20:7860"}
    assert f'<html lang="{locale}">' in made
    assert made.count("<h1") == 1
    assert "&lt;script&gt;" in made


@BOTH
@pytest.mark.parametrize("part", Part)
def test_each_part_can_be_had_alone_and_all_of_them_together(locale: str, part: Part) -> None:
    alone = document(kit(), locale, part)
    assert len(re.findall(r'<section class="page (\w+)"', alone)) == PAGES[part]
    assert set(re.findall(r'<section class="page (\w+)"', alone)) == {part}
    whole = document(kit(), locale)
    assert re.findall(r'<section class="page (\w+)"', whole) == [one for one in Part for _ in range(PAGES[one])]
    assert f"({sum(PAGES.values())} pages)" in words(whole)
    assert alone.count('aria-current="true"') == 2, "the part and the run sheet"


@BOTH
def test_the_poster_says_the_code_and_the_address_and_that_nothing_is_needed(locale: str) -> None:
    poster = document(kit(), locale, Part.POSTER)
    text = load_text(locale)
    assert "http://192.168.1.20:7860/e/ABW234" in words(poster)
    assert 'aria-label="A B W 2 3 4"' in poster
    assert text("kit.poster.nothing") in html.unescape(poster)
    assert html.escape(text("kit.poster.qr", address=kit().address)) in poster


def test_another_address_is_another_pattern() -> None:
    drawn = {
        home: re.findall(r'fill="#000" d="([^"]+)"', document(kit(home=home))) for home in ("http://a", "http://b")
    }
    assert all(len(paths) == 1 for paths in drawn.values())
    assert drawn["http://a"] != drawn["http://b"]


@BOTH
def test_there_is_a_card_for_each_vote_two_a_page(locale: str) -> None:
    cards = document(kit(), locale, Part.CARDS)
    said = re.findall(r"<figcaption>(.*?)</figcaption>", cards)
    assert list(map(html.unescape, said)) == [load_text(locale)(f"vote.{outcome}") for outcome in Outcome]
    drawn = re.findall(r'<svg viewBox="0 0 100 100" aria-hidden="true"><path d="([^"]+)"', cards)
    assert len(set(drawn)) == 4
    assert [page.count("<figure") for page in cards.split('<section class="page')[1:]] == [2, 2]


@BOTH
def test_the_tally_sheet_has_a_cell_for_each_count_of_each_round(locale: str) -> None:
    tally = document(kit(), locale, Part.TALLY)
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>((?:<td></td>)*)</tr>', tally)
    assert [row for row, _ in rows][:-1] == [str(number) for number in range(1, ROUNDS_ON_A_SHEET + 1)]
    assert {cells.count("<td>") for _, cells in rows} == {2 * (len(Outcome) + 1)}


@BOTH
def test_the_notice_gives_the_day_of_this_event_and_whom_to_ask(locale: str) -> None:
    notice = words(document(kit(), locale, Part.NOTICE))
    text = load_text(locale)
    assert words(text("kit.notice.until", day=text("page.day", day=date(2026, 3, 26)))) in notice
    assert words(text("privacy.contact.organiser")) in notice
    assert words(text("privacy.data.never")) in notice
    assert words(text("privacy.durations.outside", days=30)) not in notice, "this is about the event only"
    assert f"http://192.168.1.20:7860/{locale}/privacy" in notice


@BOTH
def test_only_in_school_mode_one_more_notice_is_for_children(locale: str) -> None:
    heading = words(load_text(locale)("school.notice.heading"))
    assert heading not in words(document(kit(), locale))
    notices = document(kit(in_school()), locale, Part.NOTICE).split('<section class="page')[1:]
    assert [heading in words(page) for page in notices] == [True, False]


@BOTH
@pytest.mark.parametrize("sheet", SHEETS)
def test_the_chosen_run_sheet_is_printed_with_every_line_to_say(locale: str, sheet: str) -> None:
    printed = words(document(kit(sheet=sheet), locale, Part.SHEET))
    spoken = [words(step.say[locale]).strip() for step in SHEETS[sheet].steps]
    places = [printed.replace("\xa0", " ").find(line) for line in spoken]
    assert -1 not in places
    assert places == sorted(places)
    begins, ends = re.findall(r"(\d+)–(\d+) min", printed)[0], re.findall(r"(\d+)–(\d+) min", printed)[-1]
    assert begins[0] == "0"
    assert int(ends[1]) * 60 == SHEETS[sheet].length_s
    assert (words(load_text(locale)("run_sheet.loop")) in printed) is SHEETS[sheet].is_loop


def test_an_unknown_sheet_is_the_usual_one() -> None:
    assert PAGE.sheet("long").minutes == 90
    for asked in ("", "lunch", "<script>"):
        assert PAGE.sheet(asked).id == "standard"


def test_a_choice_keeps_the_others() -> None:
    page = html.unescape(document(kit(sheet="long"), "en", Part.CARDS))
    there = f"/organise/kit/en/{EVENT.id}"
    assert f'href="{there}?part=tally&sheet=long"' in page
    assert f'href="{there}?part=cards&sheet=express"' in page
    assert f'href="{there}?sheet=long"' in page
    assert f'href="/organise/kit/fr/{EVENT.id}?part=cards&sheet=long"' in page


def test_the_longest_words_that_a_form_lets_through_are_all_there() -> None:
    event = lengthy()
    assert document(kit(event)).count(event.settings.title.strip()) >= 3
