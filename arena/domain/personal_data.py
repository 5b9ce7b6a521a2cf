"""Personal data that a visitor typed by mistake: e-mail addresses, French phone numbers, NIR and IBAN.

A check against haste, not a proof: what has the form of one of these, and passes its key, is found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What was found."""

    EMAIL = "email"
    PHONE_FR = "phone_fr"
    NIR = "nir"  # French social security number
    IBAN = "iban"


@dataclass(frozen=True, slots=True)
class Finding:
    """Where it stands: ``text[start:end]``."""

    kind: Kind
    start: int
    end: int


def find_personal_data(text: str) -> tuple[Finding, ...]:
    """Everything found, in the order of the text, without overlaps.

    The digits of an IBAN or of a NIR may pass for a phone number: the kinds with a key are looked for first.
    """
    found: list[Finding] = []
    for search in (_ibans, _nirs, _emails, _phones):
        found += [item for item in search(text) if not any(_overlap(item, other) for other in found)]
    return tuple(sorted(found, key=lambda item: item.start))


class Redacted(NamedTuple):
    """A text without what was found in it, and which kinds that was."""

    text: str
    found: frozenset[Kind]


def redact(text: str) -> Redacted:
    """The same text with each finding replaced by its kind in square brackets: ``[email]``."""
    findings = find_personal_data(text)
    parts, last = [], 0
    for finding in findings:
        parts += [text[last : finding.start], f"[{finding.kind}]"]
        last = finding.end
    return Redacted("".join([*parts, text[last:]]), frozenset(finding.kind for finding in findings))


def _overlap(one: Finding, other: Finding) -> bool:
    return one.start < other.end and other.start < one.end


# E-mail: the usual form, not all that RFC 5322 allows. The last part has letters only, so "x@1.2.3" is none.

_EMAIL = re.compile(r"(?<![\w.+%-])\w(?:[\w.+%-]{0,62}\w)?@(?:\w(?:[\w-]{0,61}\w)?\.){1,5}[^\W\d_]{2,24}(?![\w@])")


def _emails(text: str) -> Iterator[Finding]:
    for match in _EMAIL.finditer(text):
        yield Finding(Kind.EMAIL, match.start(), match.end())


# Phone: nine digits after the trunk 0, or after +33 or 0033. A longer run of pairs is a list of numbers.

_SPACE = r"[ \u00a0\u202f]"
_TRUNK = rf"(?:(?:\+|00){_SPACE}?33{_SPACE}?[.-]?(?:\(0\){_SPACE}?)?|0)"
_PHONE = re.compile(
    rf"(?<![\w+])(?<!\d[.,/-])(?<!\b\d\d{_SPACE})"
    rf"{_TRUNK}[1-9](?:(?:{_SPACE}|[./-])?\d\d){{4}}"
    rf"(?!\w)(?![.,/-]\d)(?!{_SPACE}\d\d\b)"
)


def _phones(text: str) -> Iterator[Finding]:
    for match in _PHONE.finditer(text):
        yield Finding(Kind.PHONE_FR, match.start(), match.end())


# NIR: sex, year, month, department and commune, order; then a key, 97 minus the rest of a division by 97.
# Layout and key: INSEE, "Numéro de sécurité sociale". Months above 12 stand for an unknown birth.

_GAP = r"[ \u00a0\u202f.\-]?"
_NIR_BODY = _GAP.join([r"(?P<sex>[1-478])", r"\d\d", r"(?P<month>\d\d)", r"(?:\d\d|2[ABab])", r"\d{3}", r"\d{3}"])
_NIR_KEYED = re.compile(rf"(?<!\w)(?P<body>{_NIR_BODY}){_GAP}[/(]?{_GAP}(?P<key>\d\d)(?!\w)")
_NIR_BARE = re.compile(rf"(?<!\w)(?<!\d[.,])(?P<body>{_NIR_BODY})(?!\w)(?!{_GAP}\d)")
_NIR_NAMED = re.compile(r"(?i:s[ée]cu\b|s[ée]curit[ée] sociale|\bnir\b|\binsee\b|social security)[^\n]{0,30}$")


def _nirs(text: str) -> Iterator[Finding]:
    for match in _NIR_KEYED.finditer(text):
        if _has_nir_key(match["body"], int(match["key"])):
            yield Finding(Kind.NIR, match.start(), match.end())
    for match in _NIR_BARE.finditer(text):
        if _is_bare_nir(match, text[: match.start()]):
            yield Finding(Kind.NIR, match.start(), match.end())


def _has_nir_key(body: str, key: int) -> bool:
    """Corsica's letters count as 19 for 2A and 18 for 2B."""
    digits = re.sub(r"[^0-9A-Z]", "", body.upper()).replace("2A", "19").replace("2B", "18")
    month = int(digits[3:5])
    return (1 <= month <= 12 or 20 <= month <= 42 or month >= 50) and 97 - int(digits) % 97 == key


def _is_bare_nir(match: re.Match[str], before: str) -> bool:
    """Thirteen digits have no key: they need the usual spacing, or words that say what they are."""
    is_spaced = re.search(rf"^.{_GAP[:-1]}\d\d{_GAP[:-1]}\d\d", match["body"]) is not None
    is_plausible = match["sex"] in "12" and 1 <= int(match["month"]) <= 12
    return is_plausible and (is_spaced or _NIR_NAMED.search(before[-60:]) is not None)


# IBAN: the length is fixed by country. Source: SWIFT, IBAN registry (ISO 13616).

_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}
_IBAN_START = re.compile(r"(?<![^\W_])[A-Za-z]{2}[ \u00a0\u202f]?\d\d(?=[ \u00a0\u202f-]?[A-Za-z0-9])")
_IBAN_REST = {
    length: re.compile(rf"(?:[ \u00a0\u202f-]?[A-Za-z0-9]){{{length - 4}}}(?![A-Za-z0-9])")
    for length in set(_IBAN_LENGTHS.values())
}


def _ibans(text: str) -> Iterator[Finding]:
    for start in _IBAN_START.finditer(text):
        length = _IBAN_LENGTHS.get(start[0][:2].upper())
        rest = _IBAN_REST[length].match(text, start.end()) if length else None
        if rest and _has_iban_key(start[0] + rest[0]):
            yield Finding(Kind.IBAN, start.start(), rest.end())


def _has_iban_key(written: str) -> bool:
    """ISO 7064 mod 97-10: the first four characters go last, letters count from A = 10, 1 remains."""
    compact = re.sub(r"[^0-9A-Z]", "", written.upper())
    return int("".join(str(int(char, 36)) for char in compact[4:] + compact[:4])) % 97 == 1
