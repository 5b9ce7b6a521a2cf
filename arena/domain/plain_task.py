"""Plain tasks: prompts that a pocket tool or a book answers as well, told by simple rules and no model."""

import re
from enum import StrEnum


class PlainTask(StrEnum):
    """What a prompt plainly asks for."""

    ARITHMETIC = "arithmetic"
    CONVERSION = "conversion"
    TRANSLATION = "translation"
    DEFINITION = "definition"


LONGEST_PLAIN = 200  # characters; a longer prompt asks for more than a look-up

_NUMBER = r"\d[\d\s.,\u202f\u00a0]*"
_UNIT = (
    r"(?:km|kilom[èe]tres?|kilometers?|m[èe]tres?|meters?|cm|mm|miles?|yards?|pieds?|feet|foot|pouces?|inch(?:es)?|"
    r"kg|kilos?|kilogrammes?|grammes?|grams?|livres?|pounds?|lbs?|onces?|ounces?|oz|litres?|liters?|cl|ml|gallons?|"
    r"°\s?[cf]|degr[ée]s?(?: celsius| fahrenheit)?|degrees?(?: celsius| fahrenheit)?|celsius|fahrenheit|kelvins?|"
    r"km/h|mph|m/s|n[œo]e?uds?|knots?|heures?|hours?|minutes?|secondes?|seconds?|hectares?|acres?|m2|m²|euros?|dollars?)"
)
_LANGUAGE = (
    r"(?:anglais|fran[çc]ais|espagnol|allemand|italien|portugais|arabe|chinois|japonais|russe|n[ée]erlandais|breton|"
    r"occitan|latin|english|french|spanish|german|italian|portuguese|arabic|chinese|japanese|russian|dutch)"
)
_OPERATOR = r"(?:[-+*/x×÷^−:]|plus|moins|fois|multipli[ée]e?s? par|divis[ée]e?s? par|sur|times|minus|divided by|over)"

# In this order: "5 km en miles" holds numbers, "traduis « 2 + 2 »" holds an operation.
_RULES: tuple[tuple[PlainTask, re.Pattern[str]], ...] = tuple(
    (task, re.compile(pattern, re.IGNORECASE))
    for task, pattern in (
        (
            PlainTask.TRANSLATION,
            rf"^\W*(?:tradui[a-z]*|translate)\b|\btradui(?:s|re|sez|t)\b.*\ben {_LANGUAGE}\b|"
            rf"\b(?:comment (?:dit|dire|dit-on)|comment on dit|how do (?:you|i) say)\b.*\b(?:en|in) {_LANGUAGE}\b",
        ),
        (
            PlainTask.CONVERSION,
            rf"\b(?:converti[a-z]*|convert)\b.*\d|{_NUMBER}\s?{_UNIT}\s+(?:en|vers|in|into|to)\s+{_UNIT}\b|"
            rf"\b(?:combien (?:de|d['’])|how many)\s?{_UNIT}\s+(?:dans|y a-t-il dans|font|are (?:there )?in|in)\b",
        ),
        (
            PlainTask.ARITHMETIC,
            r"^\W*(?:combien (?:fait|font|vaut)|calcule[rz]?|que (?:vaut|fait)|quel est le r[ée]sultat de|"
            rf"what is|what['’]s|compute|calculate|how much is)?\s*[(]*{_NUMBER}\s*{_OPERATOR}\s*[(]*{_NUMBER}"
            r"[-\d\s.,()+*/x×÷^−:=?!]*$|"
            r"^\W*(?:combien (?:fait|font)|calcule[rz]?|what is|how much is|calculate)?\s*"
            rf"{_NUMBER}\s?%\s?(?:de|of)\s?{_NUMBER}\s*(?:euros?|€|dollars?|\$)?\s*[?=.]*\s*$|"
            rf"^\W*(?:(?:quelle est )?la racine carr[ée]e de|(?:what is )?the square root of)\s*{_NUMBER}\s*\??\s*$",
        ),
        (
            PlainTask.DEFINITION,
            r"^\W*(?:d[ée]finition (?:de|du|d['’]|des)|d[ée]finis(?:sez)?(?: le mot| le terme)?|"
            r"que (?:signifie|veut dire)|(?:quel est le|c['’]est quoi le) sens (?:de|du)|quelle est la d[ée]finition|"
            r"define|definition of|meaning of|what is the (?:meaning|definition) of)\b|^\W*what does\b.*\bmean\b",
        ),
    )
)


def plain_task_of(prompt: str) -> PlainTask | None:
    """What a short prompt of one line plainly asks for, None when it may be more than that."""
    text = prompt.strip()
    if not text or len(text) > LONGEST_PLAIN or "\n" in text:
        return None
    return next((task for task, rule in _RULES if rule.search(text)), None)
