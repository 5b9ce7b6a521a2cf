"""One structure says what is kept, and follows settings and catalogue."""

from dataclasses import replace

import pytest

from arena.domain.catalogue import Catalogue, Endpoint, EndpointKind, Model
from arena.services.line_up import LineUp
from arena.services.privacy import EEA_ZONES, Practice, Statement, Topic, privacy_of
from tests.services.house import model

PRACTICE = Practice(30)


def line_up(*hosts: Endpoint, unused: tuple[Endpoint, ...] = ()) -> LineUp:
    """One model at each host; the unused ones are in the catalogue only."""
    models: tuple[Model, ...] = tuple(model(f"at-{host.id}", 8, host.id) for host in hosts)
    catalogue = Catalogue({host.id: host for host in (*hosts, *unused)}, {one.id: one for one in models})
    return LineUp(catalogue, models, frozenset(), {}, {})


def host(host_id: str, zone: str | None = "FRA", kind: EndpointKind = EndpointKind.HOSTED) -> Endpoint:
    return Endpoint(host_id, host_id.capitalize(), "https://example.org/v1", kind=kind, zone=zone)


NEAR, FAR, SOMEWHERE = host("near"), host("far", "USA"), host("somewhere", None)
DEMO, LOCAL = host("demo", kind=EndpointKind.DEMO), host("attic", None, EndpointKind.LOCAL)


def test_every_topic_has_something_to_say() -> None:
    privacy = privacy_of(PRACTICE, line_up(NEAR))
    assert set(privacy) == set(Topic)
    assert all(privacy[topic] for topic in Topic)


def test_hosts_in_use_are_named_once_with_their_country_and_no_other_is() -> None:
    privacy = privacy_of(PRACTICE, line_up(SOMEWHERE, NEAR, FAR, unused=(host("unused"),)))
    assert privacy[Topic.PROCESSORS] == (
        Statement("privacy.host.zone", {"host": "Far", "zone": "USA"}),
        Statement("privacy.host.zone", {"host": "Near", "zone": "FRA"}),
        Statement("privacy.host.unknown_zone", {"host": "Somewhere"}),
        Statement("privacy.hosts.receive"),
    )


def test_a_host_beyond_the_area_or_of_an_unknown_place_is_a_transfer() -> None:
    privacy = privacy_of(PRACTICE, line_up(NEAR, FAR, SOMEWHERE, LOCAL, DEMO))
    assert [statement.values["host"] for statement in privacy[Topic.TRANSFERS]] == ["Far", "Somewhere"]
    assert privacy_of(PRACTICE, line_up(NEAR, LOCAL))[Topic.TRANSFERS] == (Statement("privacy.transfers.none"),)
    assert len(EEA_ZONES) == 30


@pytest.mark.parametrize(("own", "key"), [(DEMO, "privacy.host.demo"), (LOCAL, "privacy.host.local")])
def test_what_stays_here_is_said_to_stay_here(own: Endpoint, key: str) -> None:
    privacy = privacy_of(PRACTICE, line_up(own))
    assert privacy[Topic.PROCESSORS] == (Statement(key, {"host": own.name}),)


def test_without_any_model_nothing_is_sent_anywhere() -> None:
    assert privacy_of(PRACTICE, line_up())[Topic.PROCESSORS] == ()


def test_the_delay_and_the_contact_are_those_of_the_settings() -> None:
    privacy = privacy_of(replace(PRACTICE, retention_days=12, contact=" Anne\n <dpo@exemple.fr> "), line_up(NEAR))
    assert privacy[Topic.DURATIONS][0] == Statement("privacy.durations.outside", {"days": 12})
    assert privacy[Topic.CONTACT] == (Statement("privacy.contact.given", {"contact": "Anne <dpo@exemple.fr>"}),)
    assert privacy_of(PRACTICE, line_up(NEAR))[Topic.CONTACT] == (Statement("privacy.contact.organiser"),)
