"""What the catalogue says of its models."""

import pytest

from arena.domain.catalogue import Catalogue, Endpoint, Model, Openness, names_to_mask, weights_of


def model(model_id: str, **fields: object) -> Model:
    values: dict[str, object] = {
        "id": model_id,
        "wire_name": f"maker/{model_id}-instruct",
        "endpoint_id": "host",
        "display_name": model_id.title(),
        "maker": "Maker",
        "openness": Openness.OPEN_WEIGHTS,
    }
    return Model(**{**values, **fields})  # type: ignore[arg-type]


def catalogue(*models: Model) -> Catalogue:
    endpoint = Endpoint(id="host", name="Host", base_url="https://host.example/v1")
    return Catalogue({"host": endpoint}, {entry.id: entry for entry in models})


def test_the_endpoint_of_a_model_is_found_by_the_model_id() -> None:
    assert catalogue(model("alpha")).endpoint_of("alpha").name == "Host"
    with pytest.raises(KeyError):
        catalogue().endpoint_of("alpha")


def test_every_name_of_a_model_is_masked_once() -> None:
    names = names_to_mask(catalogue(model("alpha", aliases=("Alfie",)), model("beta", aliases=("Alfie",))))

    assert names == {
        "Alpha",
        "Beta",
        "Maker",
        "maker/alpha-instruct",
        "maker/beta-instruct",
        "alpha-instruct",
        "beta-instruct",
        "Alfie",
        "Host",
    }


def test_names_too_short_to_be_names_are_not_masked() -> None:
    names = names_to_mask(catalogue(model("o1", aliases=("R1", " ", " GLM "), maker="Z")))

    assert names == {"maker/o1-instruct", "o1-instruct", "GLM", "Host"}


def test_two_hosts_of_the_same_weights_are_recognised_by_maker_and_display_name() -> None:
    here, there = model("a", display_name="Llama 3.3 70B"), model("b", display_name="LLAMA 3.3 70b")

    assert weights_of(here) == weights_of(there)
    assert weights_of(here) != weights_of(model("c", display_name="Llama 3.3 70B", maker="Another"))
