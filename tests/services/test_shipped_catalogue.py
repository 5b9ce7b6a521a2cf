"""The models.yaml that ships: enough models, both languages, sober words, a source for every size."""

import re
from pathlib import Path

import pytest

from arena.domain.catalogue import EndpointKind, Model, Openness, Reasoning, names_to_mask
from arena.services.catalogues import load_catalogue, without_demo

ZONES = frozenset({"FRA", "SWE", "USA", "WOR"})
SHIPPED = Path(__file__).parents[2] / "models.yaml"


@pytest.fixture(scope="module")
def shipped() -> list[Model]:
    return list(load_catalogue(SHIPPED, ZONES).models.values())


def test_the_shipped_catalogue_has_enough_models_and_hosts() -> None:
    catalogue = without_demo(load_catalogue(SHIPPED, ZONES))

    assert len(catalogue.models) >= 25
    assert len({model.endpoint_id for model in catalogue.models.values()}) >= 5
    assert {endpoint.id for endpoint in catalogue.endpoints.values() if endpoint.key_env is None} == set()


def test_the_shipped_catalogue_covers_sizes_and_kinds(shipped: list[Model]) -> None:
    sizes = [model.total_params_b.high for model in shipped if model.total_params_b]

    assert {model.openness for model in shipped} == set(Openness)
    assert {model.reasoning for model in shipped} == set(Reasoning)
    assert min(sizes) < 9
    assert any(9 < size < 100 for size in sizes)
    assert max(sizes) > 400
    assert any(model.total_params_b != model.active_params_b for model in shipped)


def test_every_shipped_model_is_described_soberly_in_both_languages(shipped: list[Model]) -> None:
    forbidden = re.compile(r"\b(vert|verte|propre|neutre|zéro impact|green|clean)s?\b", re.IGNORECASE)
    for model in shipped:
        assert set(model.description) == {"fr", "en"}
        for text in model.description.values():
            assert forbidden.search(text) is None, model.id
            assert text.endswith("."), model.id


def test_every_shipped_size_has_a_source_and_every_measure_says_whose(shipped: list[Model]) -> None:
    for model in shipped:
        assert model.total_params_b is not None, model.id
        assert model.params_source, model.id
        assert model.is_measured == ("ML.ENERGY" in model.params_source), model.id
        if model.openness is Openness.CLOSED:
            assert model.params_source.startswith("supposition"), model.id


def test_every_shipped_price_is_one_in_euros_of_a_host_that_asks_for_euros(shipped: list[Model]) -> None:
    priced = [model for model in shipped if model.price]
    assert priced
    for model in priced:
        assert model.price is not None
        assert model.endpoint_id in ("scaleway", "ovhcloud"), "the others publish dollars"
        assert "in euros" in model.price.source, model.id
        assert 0 < model.price.input_eur_per_mtok <= model.price.output_eur_per_mtok, model.id


def test_the_same_weights_are_described_alike_at_two_hosts(shipped: list[Model]) -> None:
    facts: dict[tuple[str, str], tuple[object, ...]] = {}
    for model in shipped:
        own = (
            model.total_params_b,
            model.active_params_b,
            model.quantization_bits,
            model.released,
            model.licence,
        )
        assert facts.setdefault((model.maker, model.display_name), own) == own, model.id


def test_the_five_demonstration_models_say_that_they_are_scripts() -> None:
    catalogue = load_catalogue(SHIPPED, ZONES)
    demo = [model for model in catalogue.models.values() if model.endpoint_id == "demo"]

    assert [model.id for model in demo] == [
        "demo/alpage",
        "demo/brise",
        "demo/cascade",
        "demo/dune",
        "demo/ecluse",
    ]
    assert all(model.wire_name == model.id and "script" in model.maker for model in demo)
    assert all("script" in text for model in demo for text in model.description.values())
    assert catalogue.endpoints["demo"].kind is EndpointKind.DEMO


def test_no_everyday_word_is_hidden_as_the_name_of_a_model() -> None:
    hidden = {name.casefold() for name in names_to_mask(without_demo(load_catalogue(SHIPPED, ZONES)))}

    assert hidden.isdisjoint({"haiku", "sonnet", "nemo", "albert", "bard", "large", "small", "medium", "flash"})
