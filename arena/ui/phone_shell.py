"""What stays on a participant's page in a room while its parts come and go."""

from markupsafe import Markup

from arena.domain.event import Event, Moderation
from arena.ui.reading import PRIVACY, SUMMARY
from arena.ui.text import Text

LEAVE = "/room/leave"

_SHELL = Markup(
    '<a class="skip" href="#main">{skip}</a>'
    '<header class="top"><p class="meeting"><strong>{title}</strong> <span class="code">{code}</span></p>'
    '<div class="tools"><div class="sizes" role="group" aria-label="{size}">'
    '<button type="button" data-resize="-1" aria-label="{smaller}">A−</button>'
    '<button type="button" data-resize="1" aria-label="{larger}">A+</button></div>'
    '<a class="language" href="/room/{other}/{code}" lang="{other}" hreflang="{other}">{language}</a></div></header>'
    '<p id="said" class="unseen" role="status" aria-live="polite"></p>'
    '<main id="main"><h1 id="step" tabindex="-1" data-part="title">{loading}</h1><p class="lead" data-part="lead"></p>'
    '<div data-part="debate"></div><div data-part="own"></div><div data-part="names"></div>'
    '<div data-part="comparison"></div><div data-part="figures"></div><div data-part="basis"></div>'
    '<div data-part="result"></div>'
    '<details class="texts" id="texts"><summary>{again}</summary><div data-part="prompt"></div>'
    '<div class="pair"><div data-part="first"></div><div data-part="second"></div></div></details>'
    '<div data-part="ask"></div><p id="fate" class="fate" role="status" data-sending="{sending}"'
    ' data-counted="{counted}" data-waiting="{waiting}"></p><div data-part="proposal"></div></main>'
    '<noscript><p class="lost">{no_script}</p></noscript>'
    '<footer class="foot"><p id="agreed">{consent}</p><ul><li><a href="/{locale}/{privacy}">{privacy_words}</a></li>'
    '<li><a href="/{locale}/{summary}">{summary_words}</a></li>'
    '<li><form id="leave" method="post" action="{leave}">{fields}<button type="submit">{leave_words}</button></form>'
    '</li></ul></footer><div class="dock">'
    '<p id="lost" class="lost" role="status" data-plain="{lost}" data-kept="{kept}" data-gone="{gone}"></p>'
    '<nav class="jumps" data-part="jumps" aria-label="{bar}"></nav></div>'
)
_FIELDS = Markup('<input type="hidden" name="form_key" value="{}"><input type="hidden" name="locale" value="{}">')


def phone_shell(text: Text, event: Event, form_key: str) -> Markup:
    """The body of the page; ``form_key`` is what the form to leave must bring back."""
    other = "en" if text.locale == "fr" else "fr"
    is_school = event.settings.moderation is Moderation.SCHOOL
    return _SHELL.format(
        skip=text("reading.skip"),
        title=event.settings.title,
        code=event.code,
        size=text("phone.size"),
        smaller=text("phone.size.smaller"),
        larger=text("phone.size.larger"),
        other=other,
        language=text("page.other_language"),
        lost=text("phone.lost"),
        kept=text("room.lost"),
        gone=text("phone.gone"),
        loading=text("phone.loading"),
        again=text("phone.again"),
        sending=text("phone.sending"),
        counted=text("phone.counted"),
        waiting=text("phone.kept"),
        no_script=text("phone.no_script"),
        consent=text("phone.consent.school") if is_school else text("phone.consent"),
        locale=text.locale,
        privacy=PRIVACY,
        privacy_words=text("reading.privacy"),
        summary=SUMMARY,
        summary_words=text("reading.summary"),
        leave=LEAVE,
        fields=_FIELDS.format(form_key, text.locale),
        leave_words=text("event.leave"),
        bar=text("phone.bar"),
    )
