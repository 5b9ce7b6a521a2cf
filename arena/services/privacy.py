"""What is kept of people, why, how long and who receives it: one structure for the public page and the register."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from arena.domain.catalogue import Endpoint, EndpointKind
from arena.services.line_up import LineUp

# European Economic Area, ISO 3166 alpha-3: within it the GDPR applies (EEA Joint Committee decision 154/2018).
_EEA = (
    "AUT BEL BGR HRV CYP CZE DNK EST FIN FRA DEU GRC HUN ISL IRL ITA LVA LIE LTU LUX MLT NLD NOR POL PRT ROU SVK"
    " SVN ESP SWE"
)
EEA_ZONES = frozenset(_EEA.split())


class Topic(StrEnum):
    """What a person or an inspector may ask; each document has its own order and headings for them."""

    PURPOSES = "purposes"
    PEOPLE = "people"
    DATA = "data"
    RECIPIENTS = "recipients"
    PROCESSORS = "processors"
    TRANSFERS = "transfers"
    DURATIONS = "durations"
    COOKIE = "cookie"
    SECURITY = "security"
    RIGHTS = "rights"
    ERASURE = "erasure"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Practice:
    """What the organiser decides: days before texts outside of events go, and whom to write to (or nobody)."""

    retention_days: int
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence: a text key and its values. ``zone`` among them is a code, to be named by the reader's language."""

    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)


Privacy = Mapping[Topic, tuple[Statement, ...]]


def privacy_of(practice: Practice, line_up: LineUp) -> Privacy:
    """Everything there is to say, with the hosts of the models that can be drawn now and of no battle."""
    hosts = _hosts_of(line_up)
    return {
        **{topic: tuple(map(Statement, keys)) for topic, keys in _SAID.items()},
        Topic.PROCESSORS: tuple(map(_processor, hosts)) + (Statement("privacy.hosts.receive"),) * _sends(hosts),
        Topic.TRANSFERS: _transfers(hosts),
        Topic.DURATIONS: (
            Statement("privacy.durations.outside", {"days": practice.retention_days}),
            *map(Statement, _DURATIONS),
        ),
        Topic.CONTACT: (_contact(practice),),
    }


# The same whatever the settings; what depends on them is computed above.
_SAID: Mapping[Topic, tuple[str, ...]] = {
    Topic.PURPOSES: ("privacy.purposes.compare", "privacy.purposes.footprint", "privacy.purposes.debate"),
    Topic.PEOPLE: ("privacy.people.participants", "privacy.people.organisers"),
    Topic.DATA: (
        "privacy.data.texts",
        "privacy.data.opinions",
        "privacy.data.circumstances",
        "privacy.data.identifier",
        "privacy.data.never",
    ),
    Topic.RECIPIENTS: ("privacy.recipients.organiser", "privacy.recipients.hosts", "privacy.recipients.nobody"),
    Topic.COOKIE: ("privacy.cookie.visitor", "privacy.cookie.organiser", "privacy.cookie.third"),
    Topic.SECURITY: (
        "privacy.security.identifier",
        "privacy.security.check",
        "privacy.security.logs",
        "privacy.security.erased",
        "privacy.security.small",
        "privacy.security.around",
    ),
    Topic.RIGHTS: ("privacy.rights.which", "privacy.rights.anonymous", "privacy.rights.cnil"),
    Topic.ERASURE: ("privacy.erasure.summary", "privacy.erasure.event", "privacy.erasure.hosts"),
}
_DURATIONS = (
    "privacy.durations.events",
    "privacy.durations.kept",
    "privacy.durations.cookie",
    "privacy.durations.copies",
)
_BY_KIND = {EndpointKind.LOCAL: "privacy.host.local", EndpointKind.DEMO: "privacy.host.demo"}


def _hosts_of(line_up: LineUp) -> tuple[Endpoint, ...]:
    """The servers of the models in use, each once, by name."""
    hosts = {endpoint.id: endpoint for endpoint in (line_up.catalogue.endpoint_of(m.id) for m in line_up.models)}
    return tuple(sorted(hosts.values(), key=lambda host: host.name.casefold()))


def _processor(host: Endpoint) -> Statement:
    if host.kind in _BY_KIND:
        return Statement(_BY_KIND[host.kind], {"host": host.name})
    if host.zone is None:
        return Statement("privacy.host.unknown_zone", {"host": host.name})
    return Statement("privacy.host.zone", {"host": host.name, "zone": host.zone})


def _sends(hosts: Iterable[Endpoint]) -> bool:
    """Whether anything leaves for somebody else's server."""
    return any(host.kind is EndpointKind.HOSTED for host in hosts)


def _transfers(hosts: Iterable[Endpoint]) -> tuple[Statement, ...]:
    """Hosts outside of the EEA, or that do not say where they are; a word when there is none."""
    far = tuple(host for host in hosts if host.kind is EndpointKind.HOSTED and host.zone not in EEA_ZONES)
    return tuple(map(_processor, far)) or (Statement("privacy.transfers.none"),)


def _contact(practice: Practice) -> Statement:
    if practice.contact.strip():
        return Statement("privacy.contact.given", {"contact": " ".join(practice.contact.split())})
    return Statement("privacy.contact.organiser")
