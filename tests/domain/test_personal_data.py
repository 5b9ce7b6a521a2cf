"""What counts as personal data, and the many numbers that do not."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.personal_data import Finding, Kind, find_personal_data, redact


def found(text: str) -> list[tuple[Kind, str]]:
    return [(item.kind, text[item.start : item.end]) for item in find_personal_data(text)]


@pytest.mark.parametrize(
    "address",
    [
        "lea@exemple.fr",
        "prenom.nom@mairie-du-bourg.fr",
        "a.b+tri@sous.domaine.exemple.org",
        "J_D%2@ex-emple.co.uk",
        "contact@été.fr",
        "x@y.museum",
    ],
)
def test_an_email_address_is_found(address: str) -> None:
    assert found(f"Écris à {address}, merci.") == [(Kind.EMAIL, address)]
    assert found(f"<{address}>.") == [(Kind.EMAIL, address)]


@pytest.mark.parametrize(
    "text",
    [
        "@lea",
        "lea@",
        "lea@exemple",
        "rendez-vous @ 18 h",
        "version 3@4.5",
        "paquet@1.2.3",
        "a@b@c.fr@d",
        "3.14@2.72",
        "5 € @ 2",
    ],
)
def test_an_at_sign_is_not_an_email_address(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "number",
    [
        "06 12 34 56 78",
        "0612345678",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "06/12/34/56/78",
        "06\u00a012\u00a034\u00a056\u00a078",
        "01 42 00 00 00",
        "+33 6 12 34 56 78",
        "+33612345678",
        "+33 (0)6 12 34 56 78",
        "+33 (0) 6 12 34 56 78",
        "+33.6.12.34.56.78",
        "+33-6-12-34-56-78",
        "0033 6 12 34 56 78",
        "0033612345678",
        "00 33 6 12 34 56 78",
        "06 1234 5678",
    ],
)
def test_a_french_phone_number_is_found(number: str) -> None:
    assert found(number) == [(Kind.PHONE_FR, number)]
    assert found(f"Appelle-moi au {number}.") == [(Kind.PHONE_FR, number)]
    assert found(f"({number}, 75011 Paris)") == [(Kind.PHONE_FR, number)]
    assert found(f"75011 Paris {number} le soir") == [(Kind.PHONE_FR, number)]


@pytest.mark.parametrize(
    "text",
    [
        "0123456789012",
        "10 20 30 40 50 60",
        "01 02 03 04 05 06 07 08",
        "3,0612345678",
        "0,0612345678",
        "0.0612345678",
        "0612345678,5",
        "1 000 000 000 €",
        "12/03/2024",
        "2024-03-12 06:12:34",
        "le 01/02/03 à 04:05",
        "20 % de 06 12 34",
        "0 612 345 678",
        "REF0612345678",
        "0612345678X",
        "0012345678",
        "06 12 34 56",
        "+44 20 7946 0958",
        "12 345 678,90 €",
        "52 × 7 = 364",
        "3.14159265358979",
        "0000000000",
    ],
)
def test_an_ordinary_number_is_nothing(text: str) -> None:
    assert found(text) == []


def nir(body: str) -> str:
    digits = body.replace("2A", "19").replace("2B", "18")
    return f"{97 - int(digits) % 97:02d}"


BODIES = st.builds(
    "{}{:02d}{:02d}{}{:03d}{:03d}".format,
    st.sampled_from("12"),
    st.integers(0, 99),
    st.integers(1, 12),
    st.one_of(st.integers(1, 99).map("{:02d}".format), st.sampled_from(["2A", "2B"])),
    st.integers(1, 999),
    st.integers(1, 999),
)


def spaced(body: str) -> str:
    return " ".join([body[0], body[1:3], body[3:5], body[5:7], body[7:10], body[10:]])


@given(BODIES)
def test_a_nir_with_its_key_is_found(body: str) -> None:
    for written in (body + nir(body), f"{spaced(body)} {nir(body)}", f"{spaced(body)}-{nir(body)}"):
        assert found(f"Mon numéro : {written}.") == [(Kind.NIR, written)]


@given(BODIES, st.integers(1, 96))
def test_a_nir_with_a_wrong_key_is_not_found(body: str, shift: int) -> None:
    wrong = f"{(int(nir(body)) - 1 + shift) % 97 + 1:02d}"

    assert found(body + wrong) == []
    assert [kind for kind, _ in found(f"{spaced(body)} {wrong}")] == []


@given(BODIES)
def test_a_nir_without_a_key_needs_its_usual_spacing_or_its_name(body: str) -> None:
    assert found(spaced(body)) == [(Kind.NIR, spaced(body))]
    assert found(f"Mon numéro de sécu : {body}") == [(Kind.NIR, body)]
    assert found(f"Code-barres {body}") == []


def test_a_nir_may_hold_small_letters_and_a_month_above_twelve() -> None:
    corsican = f"1 84 07 2a 451 089 {nir('184072A451089')}"
    assert found(corsican) == [(Kind.NIR, corsican)]
    unknown_month = "1843176451089"
    assert found(unknown_month + nir(unknown_month)) != []


def test_a_timestamp_in_milliseconds_is_not_a_nir() -> None:
    assert found("1701234567890") == []
    assert found("1 2 3 4 5 6 7 8 9 10 11 12") == []


@pytest.mark.parametrize(
    "iban",
    [
        "FR14 2004 1010 0505 0001 3M02 606",
        "FR1420041010050500013M02606",
        "fr14 2004 1010 0505 0001 3m02 606",
        "FR14-2004-1010-0505-0001-3M02-606",
        "DE89 3704 0044 0532 0130 00",
        "GB29 NWBK 6016 1331 9268 19",
        "BE68 5390 0754 7034",
        "NO93 8601 1117 947",
        "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
        "CH93 0076 2011 6238 5295 7",
    ],
)
def test_an_iban_is_found(iban: str) -> None:
    assert found(f"Virement sur {iban} avec mon nom") == [(Kind.IBAN, iban)]
    assert found(f"{iban}.") == [(Kind.IBAN, iban)]


def french_iban(account: str, *, shift: int = 0) -> str:
    key = 98 - int("".join(str(int(char, 36)) for char in f"{account}FR00")) % 97
    return f"FR{(key - 2 + shift) % 97 + 2:02d}{account}"


ACCOUNTS = st.text("0123456789ABCXYZ", min_size=23, max_size=23)


@given(ACCOUNTS)
def test_an_iban_with_its_key_is_found(account: str) -> None:
    iban = french_iban(account)
    grouped = " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))

    assert found(iban) == [(Kind.IBAN, iban)]
    assert found(grouped) == [(Kind.IBAN, grouped)]


@given(ACCOUNTS, st.integers(1, 96))
def test_an_iban_with_a_wrong_key_is_not_found(account: str, shift: int) -> None:
    assert Kind.IBAN not in [kind for kind, _ in found(french_iban(account, shift=shift))]


def test_an_unknown_country_or_length_is_not_an_iban() -> None:
    assert found("ZZ14 2004 1010 0505 0001 3M02 606") == []
    assert found("FR14 2004 1010 0505 0001 3M02 60") == []
    assert found("FR1420041010050500013M026067") == []


def test_several_findings_come_in_the_order_of_the_text() -> None:
    text = "06 12 34 56 78, lea@exemple.fr, FR14 2004 1010 0505 0001 3M02 606"

    assert [kind for kind, _ in found(text)] == [Kind.PHONE_FR, Kind.EMAIL, Kind.IBAN]
    assert find_personal_data(text)[0] == Finding(Kind.PHONE_FR, 0, 14)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Un manteau à 80 € augmente de 20 %, puis baisse de 20 %.",
        "Né en 1984, il habite au 12 rue des Lilas, 31000 Toulouse.",
        "Le nombre 1 234 567 890 123 est-il premier ?",
        "ISBN 978-2-07-036822-8",
        "Température : -12,5 °C à 06 h 30",
        "1,000,000.00",
        "SIRET 732 829 320 00074",
    ],
)
def test_ordinary_prompts_hold_no_personal_data(text: str) -> None:
    assert found(text) == []


@given(st.text(alphabet="0123456789+.@-/ ()aFRé\u00a0", max_size=60))
def test_findings_never_overlap_and_stay_in_the_text(text: str) -> None:
    findings = find_personal_data(text)

    assert all(0 <= item.start < item.end <= len(text) for item in findings)
    assert all(one.end <= other.start for one, other in pairwise(findings))


def test_a_redacted_text_has_marks_where_something_was_found() -> None:
    text = "anne@example.org, 06 12 34 56 78 ou FR76 3000 6000 0112 3456 7890 189."
    assert redact(text).text == "[email], [phone_fr] ou [iban]."
    assert redact(text).found == {Kind.EMAIL, Kind.PHONE_FR, Kind.IBAN}


@given(st.text())
def test_a_text_in_which_nothing_was_found_is_not_touched(text: str) -> None:
    assert find_personal_data(text) != () or redact(text) == (text, frozenset())


@given(st.lists(st.sampled_from(["lea@exemple.fr", "06 12 34 56 78", "Bonjour", "1 850 € "]), min_size=1))
def test_nothing_is_found_again_in_a_redacted_text(words: list[str]) -> None:
    assert find_personal_data(redact(" et ".join(words)).text) == ()
