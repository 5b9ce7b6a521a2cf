"""Parts of pages to read: everything is escaped, tables keep their meaning, numbers stay what was written."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from arena.ui.reading_parts import bullets, definitions, formula, link, paragraphs, table, written_number

EVIL = "<script>alert(1)</script>"


def test_whatever_comes_in_is_escaped() -> None:
    parts = [
        paragraphs([EVIL]),
        bullets([EVIL]),
        definitions([(EVIL, EVIL)], "x"),
        link("https://example.org/?a=1&b=" + EVIL, EVIL),
        link("", EVIL),
        table(EVIL, [EVIL, EVIL], [[EVIL, EVIL]]),
        formula(EVIL),
    ]

    assert [part for part in parts if "<script" in part] == []
    assert all(isinstance(part, Markup) for part in parts)


def test_a_table_names_its_rows_and_columns_for_everybody() -> None:
    made = table("Caption", ["Who", "What"], [["A", "1"], ["B", "2"]])

    assert "<caption>Caption</caption>" in made
    assert made.count('scope="col"') == 2
    assert made.count('scope="row"') == 2
    assert made.count('data-column="What"') == 2
    assert made.count('role="row"') == 3


def test_a_row_of_another_length_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        table("Caption", ["Who", "What"], [["A"]])


def test_indices_and_exponents_are_set_as_such() -> None:
    assert formula("e^{β × B} × P_{active}") == Markup(
        '<span class="formula">e<sup>β × B</sup> × P<sub>active</sub></span>'
    )
    assert "<sup>⌈P<sub>total</sub>⌉</sup>" in formula("2^{⌈P_{total}⌉}")


@pytest.mark.parametrize(
    ("number", "french", "english"),
    [
        ("170", "170", "170"),
        ("5.90", "5,9", "5.9"),
        ("8750", "8\u202f750", "8,750"),
        ("5.12E+5", "512\u202f000", "512,000"),
        ("0.000085", "0,000085", "0.000085"),
        ("-0.5", "−0,5", "−0.5"),
        ("0.0000011665", "1,1665\u202f×\u202f10⁻⁶", "1.1665\u202f×\u202f10⁻⁶"),
        ("14.285714285714", "≈\u202f14,3", "≈\u202f14.3"),
        ("0", "0", "0"),
    ],
)
def test_a_number_is_written_as_people_write_it(number: str, french: str, english: str) -> None:
    assert written_number(Decimal(number), "fr") == french
    assert written_number(Decimal(number), "en") == english


@given(st.decimals(Decimal("0.00001"), 10**9, places=5))
def test_a_number_without_the_sign_of_approximation_is_exact(number: Decimal) -> None:
    words = written_number(number, "en")

    if not words.startswith("≈"):
        assert Fraction(words.replace(",", "")) == Fraction(number)
    else:
        assert abs(Fraction(words[2:].replace(",", "")) / Fraction(number) - 1) <= Fraction(5, 1000)
