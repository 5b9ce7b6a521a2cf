"""Reading a catalogue: a wrong file is refused with its line, a right one can be used."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from arena.domain.budget import Price
from arena.domain.catalogue import Endpoint, EndpointKind, Model, Openness, Reasoning
from arena.domain.quantity import Range
from arena.errors import CatalogueError
from arena.services.catalogues import (
    available_models,
    default_catalogue_path,
    load_catalogue,
    merged,
    with_endpoint_url,
    without_demo,
)

ZONES = frozenset({"FRA", "SWE", "USA", "WOR"})
SHIPPED = Path(__file__).parents[2] / "models.yaml"

VALID = """\
endpoints:
  - id: host
    name: A host
    base_url: https://host.example/v1/
    key_env: HOST_KEY
    zone: FRA
    pue: [1.1, 1.3]
    wue_l_per_kwh: 0.2
    source: its report, 2025
    limits: {max_parallel: 3}
  - id: demo
    name: Scripts
    kind: demo
    base_url: http://127.0.0.1:0/v1
    pue: 1.1
    wue_l_per_kwh: 0
    source: nominal
local:
  - id: here
    name: A workstation
    base_url: http://192.168.1.20:8000/v1
models:
  - id: host/small
    wire_name: small-latest
    endpoint: host
    display_name: Small
    maker: Maker
    openness: open-weights
    licence: MIT
    released: 2025-12
    total_params_b: 30
    active_params_b: [3, 4]
    params_source: its card
    quantization_bits: 8
    reasoning: no
    context_tokens: 32_000
    tokens_per_s: 80
    first_token_s: 0.4
    is_measured: true
    aliases: [Smally]
    price_eur_per_mtok: {input: 0.1, output: 1, source: its page, date: 2025-10}
    description: {fr: Un modèle., en: A model.}
  - id: host/closed
    wire_name: closed
    endpoint: host
    display_name: Closed
    maker: Maker
    openness: closed
    reasoning: hybrid
    description: {fr: Fermé., en: Closed.}
  - id: demo/script
    wire_name: demo/script
    endpoint: demo
    display_name: Script
    maker: Maker
    openness: fully-open
    total_params_b: 3
    active_params_b: 3
    params_source: nominal
    description: {fr: Un script., en: A script.}
"""

Load = Callable[[str], CatalogueError]


def write(folder: Path, text: str) -> Path:
    path = folder / "models.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def refusal(tmp_path: Path) -> Load:
    """Load a text that must be refused and return the error."""

    def load(text: str) -> CatalogueError:
        with pytest.raises(CatalogueError) as caught:
            load_catalogue(write(tmp_path, text), ZONES)
        return caught.value

    return load


@pytest.fixture
def valid(tmp_path: Path) -> Path:
    return write(tmp_path, VALID)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


# Reading


def test_every_field_reaches_the_catalogue(valid: Path) -> None:
    catalogue = load_catalogue(valid, ZONES)

    assert catalogue.endpoints["host"] == Endpoint(
        id="host",
        name="A host",
        base_url="https://host.example/v1",
        key_env="HOST_KEY",
        zone="FRA",
        pue=Range(1.1, 1.3),
        wue_l_per_kwh=Range.exactly(0.2),
        source="its report, 2025",
        max_parallel=3,
    )
    assert catalogue.models["host/small"] == Model(
        id="host/small",
        wire_name="small-latest",
        endpoint_id="host",
        display_name="Small",
        maker="Maker",
        openness=Openness.OPEN_WEIGHTS,
        licence="MIT",
        released="2025-12",
        total_params_b=Range.exactly(30),
        active_params_b=Range(3, 4),
        params_source="its card",
        quantization_bits=8,
        reasoning=Reasoning.NO,
        context_tokens=32_000,
        tokens_per_s=Range.exactly(80),
        first_token_s=Range.exactly(0.4),
        is_measured=True,
        aliases=("Smally",),
        price=Price(0.1, 1.0, "its page", "2025-10"),
        description={"fr": "Un modèle.", "en": "A model."},
    )


def test_a_closed_model_may_have_no_size(valid: Path) -> None:
    closed = load_catalogue(valid, ZONES).models["host/closed"]

    assert (closed.total_params_b, closed.price) == (None, None)
    assert closed.quantization_bits == 16
    assert closed.reasoning is Reasoning.HYBRID


def test_a_declared_local_server_is_local(valid: Path) -> None:
    local = load_catalogue(valid, ZONES).endpoints["here"]

    assert local.kind is EndpointKind.LOCAL
    assert local.pue is None


def test_the_version_follows_the_content(tmp_path: Path) -> None:
    first = load_catalogue(write(tmp_path, VALID), ZONES).version
    second = load_catalogue(write(tmp_path, VALID + "# a remark\n"), ZONES).version

    assert re.fullmatch(r"[0-9a-f]{12}", first)
    assert first != second


# Refusing

WRONG = [
    ("licence: MIT", "licens: MIT", "licens", r"unknown field \(did you mean licence\?\)"),
    ("    wire_name: closed\n", "", "wire_name", "missing"),
    ("display_name: Closed", "display_name: [1]", "display_name", "expected text"),
    ("wire_name: closed", "wire_name: ''", "wire_name", "expected some text"),
    ("active_params_b: [3, 4]", "active_params_b: 31", "active_params_b", "more active parameters"),
    ("active_params_b: [3, 4]", "active_params_b: 0", "active_params_b", "above 0"),
    ("active_params_b: [3, 4]", "active_params_b: [4, 3]", "active_params_b", "exceeds"),
    ("active_params_b: [3, 4]", "active_params_b: [1, 2, 3]", "active_params_b", r"\[low, high\]"),
    ("active_params_b: [3, 4]", "active_params_b: .nan", "active_params_b", "finite"),
    ("active_params_b: [3, 4]", "active_params_b: 3 B", "active_params_b", "expected a whole number"),
    ("    total_params_b: 30\n", "", "total_params_b", "missing"),
    ("    params_source: its card\n", "", "params_source", "missing"),
    (
        "endpoint: host\n    display_name: Small",
        "endpoint: hots\n    display_name: Small",
        "endpoint",
        "no endpoint",
    ),
    ("released: 2025-12", "released: 2025-13", "released", "a month such as"),
    ("released: 2025-12", "released: 2025-12-01", "released", "expected text"),
    ("openness: closed", "openness: secret", "openness", "open-weights, fully-open, closed"),
    ("reasoning: no", "reasoning: maybe", "reasoning", "no, yes, hybrid"),
    ("quantization_bits: 8", "quantization_bits: 7", "quantization_bits", "2, 3, 4, 5, 6, 8, 16, 32"),
    ("context_tokens: 32_000", "context_tokens: -1", "context_tokens", "positive whole number"),
    ("context_tokens: 32_000", "context_tokens: 0x_", "context_tokens", "positive whole number"),
    ("is_measured: true", "is_measured: 1", "is_measured", "true or false"),
    ("aliases: [Smally]", "aliases: [1]", "aliases", "a list of texts"),
    ("output: 1,", "output: -1,", "price_eur_per_mtok: output", "at least 0"),
    ("output: 1,", "output: [1, 2],", "price_eur_per_mtok: output", "expected one number"),
    ("date: 2025-10", "date: autumn", "price_eur_per_mtok: date", "a month such as"),
    ("{fr: Fermé., en: Closed.}", "{fr: Fermé.}", "description: en", "missing"),
    ("{fr: Fermé., en: Closed.}", "Fermé.", "description", "a map"),
    ("zone: FRA", "zone: fra", "zone", "unknown zone"),
    ("pue: [1.1, 1.3]", "pue: 0.9", "pue", "at least 1"),
    ("pue: [1.1, 1.3]", "pue: 13", "pue", "at most 3"),
    ("wue_l_per_kwh: 0.2", "wue_l_per_kwh: -0.1", "wue_l_per_kwh", "at least 0"),
    ("    source: its report, 2025\n", "", "source", "missing"),
    ("https://host.example/v1/", "host.example/v1", "base_url", "an address such as"),
    ("https://host.example/v1/", "https://host.example:99999/v1", "base_url", "an address such as"),
    ("https://host.example/v1/", "http://host.example/v1", "base_url", "needs https"),
    ("max_parallel: 3", "max_parallel: 0", "limits: max_parallel", "positive whole number"),
    ("max_parallel: 3", "per_minute: 3", "limits: per_minute", "unknown field"),
    ("kind: demo", "kind: toy", "kind", "hosted, local, demo"),
]


@pytest.mark.parametrize(("before", "after", "field", "reason"), WRONG)
def test_a_wrong_field_is_refused_with_its_line(
    refusal: Load, before: str, after: str, field: str, reason: str
) -> None:
    assert VALID.count(before) == 1
    text = VALID.replace(before, after)

    error = refusal(text)

    assert error.field.endswith(f": {field}")
    assert re.search(reason, error.reason), error.reason
    if error.reason != "missing":  # a missing field has no line of its own
        assert error.line == line_of(VALID, before)


def test_an_error_names_file_line_entry_and_field(refusal: Load) -> None:
    text = VALID.replace("quantization_bits: 8", "quantization_bits: 9")

    error = refusal(text)

    line = line_of(text, "quantization_bits: 9")
    assert str(error).startswith(f"models.yaml:{line}: models[0] host/small: quantization_bits: expected")


def test_a_missing_field_points_at_its_entry(refusal: Load) -> None:
    error = refusal(VALID.replace("    wire_name: closed\n", ""))

    assert error.line == line_of(VALID, "    wire_name: closed\n") - 1
    assert error.field == "models[1] host/closed: wire_name"


def test_an_id_used_twice_is_refused(refusal: Load) -> None:
    text = VALID.replace("id: host/closed", "id: host/small")

    error = refusal(text)

    assert (error.field, error.reason) == ("models[1] host/small: id", "used twice")
    assert error.line == line_of(text, "wire_name: closed") - 1


def test_a_local_server_cannot_take_the_id_of_a_host(refusal: Load) -> None:
    error = refusal(VALID.replace("id: here", "id: host"))

    assert (error.field, error.reason) == ("local[0] host: id", "used twice")


def test_a_field_written_twice_is_refused(refusal: Load) -> None:
    text = VALID.replace("    zone: FRA\n", "    zone: FRA\n    zone: SWE\n")

    error = refusal(text)

    assert error.reason == "written twice"
    assert error.line == line_of(text, "zone: SWE")


@pytest.mark.parametrize("field", ["key_env", "api_key", "base_url"])
def test_a_key_in_the_file_is_refused_and_never_repeated(refusal: Load, field: str) -> None:
    secret = "sk-abc123DEF456" if field != "base_url" else "https://me:sk-abc123DEF456@host.example/v1"
    text = VALID.replace("key_env: HOST_KEY", f"{field}: {secret}", 1)

    error = refusal(text)

    assert field in str(error)
    assert "abc123" not in str(error) + repr(error)
    assert error.__cause__ is None


def test_broken_yaml_is_refused_without_quoting_the_file(refusal: Load) -> None:
    error = refusal("endpoints:\n  - id: [sk-abc123\nmodels: {")

    assert error.line > 0
    assert "not valid YAML" in error.reason
    assert "abc123" not in str(error)


@pytest.mark.parametrize("text", ["", "# nothing\n", "just a sentence", "- a\n- list\n", "\x00"])
def test_a_file_that_is_no_catalogue_is_refused(refusal: Load, text: str) -> None:
    assert str(refusal(text))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        load_catalogue(tmp_path / "models.yaml", ZONES)


def test_all_problems_are_listed_up_to_ten(refusal: Load) -> None:
    text = VALID + "".join(f"  - id: bad/{index}\n" for index in range(3))

    error = refusal(text.replace("pue: 1.1", "pue: 0.5"))

    assert error.field == "endpoints[1] demo: pue"
    assert len(error.others) == 18
    assert len(str(error).splitlines()) == 11
    assert str(error).endswith("… and 9 more")


# Using


def test_a_host_is_available_with_its_key_and_a_local_server_when_it_answers(valid: Path) -> None:
    catalogue = load_catalogue(valid, ZONES)

    def ids(environment: dict[str, str], answering: set[str]) -> list[str]:
        return [model.id for model in available_models(catalogue, environment, answering)]

    assert ids({}, set()) == []
    assert ids({"HOST_KEY": " "}, set()) == []
    assert ids({"HOST_KEY": "k"}, set()) == ["host/small", "host/closed"]
    assert ids({}, {"demo", "host"}) == ["demo/script"]


def test_an_endpoint_takes_the_address_found_at_start(valid: Path) -> None:
    catalogue = load_catalogue(valid, ZONES)

    moved = with_endpoint_url(catalogue, "demo", "http://127.0.0.1:4321/v1/")

    assert moved.endpoints["demo"].base_url == "http://127.0.0.1:4321/v1"
    assert catalogue.endpoints["demo"].base_url == "http://127.0.0.1:0/v1"
    with pytest.raises(KeyError):
        with_endpoint_url(catalogue, "nowhere", "http://127.0.0.1:1/v1")


def found(model_id: str, wire_name: str, endpoint_id: str) -> Model:
    return Model(
        id=model_id,
        wire_name=wire_name,
        endpoint_id=endpoint_id,
        display_name=wire_name,
        maker="?",
        openness=Openness.CLOSED,
    )


def test_local_finds_are_added_without_duplicates(valid: Path) -> None:
    catalogue = load_catalogue(valid, ZONES)
    ollama = Endpoint("ollama", "Ollama", "http://127.0.0.1:11434/v1", EndpointKind.LOCAL)
    finds = [
        found("ollama/a", "a", "ollama"),
        found("ollama/a-again", "a", "ollama"),
        found("host/small", "other", "host"),
        found("here/b", "b", "here"),
    ]

    result = merged(catalogue, [ollama, Endpoint("host", "Impostor", "https://x.example")], finds)

    assert [key for key in result.models if key not in catalogue.models] == ["ollama/a", "here/b"]
    assert result.endpoints["host"].name == "A host"
    assert result.version == catalogue.version


def test_a_find_without_its_endpoint_is_refused(valid: Path) -> None:
    with pytest.raises(CatalogueError, match="no endpoint"):
        merged(load_catalogue(valid, ZONES), [], [found("x", "x", "nowhere")])


def test_the_demonstration_can_be_left_out(valid: Path) -> None:
    catalogue = without_demo(load_catalogue(valid, ZONES))

    assert set(catalogue.endpoints) == {"host", "here"}
    assert set(catalogue.models) == {"host/small", "host/closed"}


def test_the_catalogue_of_the_current_folder_comes_first(
    valid: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(valid.parent)
    assert default_catalogue_path().resolve() == valid

    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert default_catalogue_path().read_bytes() == SHIPPED.read_bytes()
