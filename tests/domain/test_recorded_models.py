"""Models of recordings beside a catalogue: shared where they are the same, kept apart where they are not."""

from dataclasses import replace

from arena.domain.catalogue import Catalogue, Endpoint, names_to_mask
from arena.domain.quantity import Range
from arena.domain.recorded_models import pack, settle
from tests.domain.recorded import HOST, duel, model, recording

REACHABLE = replace(HOST, base_url="https://xylofer.example/v1", key_env="XYLOFER_KEY", max_parallel=2)


def catalogue(*models: str, endpoint: Endpoint = REACHABLE, size_b: float = 8) -> Catalogue:
    known = {name: model(name, active_params_b=Range.exactly(size_b)) for name in models}
    return Catalogue({endpoint.id: endpoint}, known, version="cafe")


def test_models_that_the_catalogue_has_are_those_of_the_catalogue() -> None:
    settled = settle(recording(duel("small", "big")), catalogue("small", "big"))
    assert (settled.endpoints, settled.models, settled.duels) == ((), (), (duel("small", "big"),))


def test_models_that_it_does_not_have_join_with_their_endpoint() -> None:
    settled = settle(recording(duel("small", "big")), Catalogue({}, {}))
    assert settled.endpoints == (HOST,)
    assert [one.id for one in settled.models] == ["small", "big"]
    assert settled.duels == (duel("small", "big"),)


def test_another_model_of_the_same_id_is_kept_apart_and_the_answers_follow() -> None:
    known = catalogue("small", "big", size_b=3)
    settled = settle(recording(duel("small", "big")), known)
    assert [one.active_params_b for one in settled.models] == [Range.exactly(8), Range.exactly(8)]
    ids = [one.id for one in settled.models]
    assert all(key not in known.models and key.startswith(("small:", "big:")) for key in ids)
    assert [one.answer.model_id for one in settled.duels[0].answers] == ids
    assert [one.footprint and one.footprint.inputs.model_id for one in settled.duels[0].answers] == ids
    assert settled.duels[0].id == duel("small", "big").id
    assert settle(recording(duel("small", "big")), known) == settled


def test_a_model_at_another_endpoint_of_the_same_id_is_another_model() -> None:
    moved = replace(REACHABLE, zone="USA")
    settled = settle(recording(duel("small", "big")), catalogue("small", "big", endpoint=moved))
    assert [one.zone for one in settled.endpoints] == ["FRA"]
    assert settled.endpoints[0].id.startswith("host:")
    assert {one.endpoint_id for one in settled.models} == {settled.endpoints[0].id}


def test_strangers_cannot_be_reached_and_their_names_are_masked() -> None:
    settled = settle(recording(duel("small", "big")), Catalogue({}, {}))
    assert all((one.base_url, one.key_env) == ("", None) for one in settled.endpoints)
    joined = Catalogue({one.id: one for one in settled.endpoints}, {one.id: one for one in settled.models})
    assert {"Xylofer small", "Maison Brumaire", "Xylofer Hosting"} <= names_to_mask(joined)


def test_packed_duels_bring_what_they_need_and_nothing_more() -> None:
    packed = pack([duel("small", "big")], catalogue("small", "big", "idle"), code_version="1", catalogue_version="cafe")
    assert packed == replace(recording(duel("small", "big")), code_version="1", catalogue_version="cafe")
