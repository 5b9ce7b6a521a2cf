"""The codebook says something of every column of every file, in both languages, and of nothing else."""

import csv
import io
from copy import deepcopy
from enum import StrEnum
from importlib.resources import files
from typing import Any

import pytest
import yaml

from arena.domain.ballot import Source
from arena.domain.battle import AnswerStatus, TokenSource
from arena.domain.catalogue import EndpointKind, Openness
from arena.domain.codebook import parse_codebook
from arena.domain.data_node import LOCALES
from arena.domain.dataset import SCHEMAS, Dataset
from arena.domain.footprint import Grade
from arena.domain.pairing import PairingMode
from arena.domain.reflection import Need
from arena.domain.rematch import RematchKind
from arena.domain.round import Step
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.errors import CatalogueError
from arena.services.codebook import codebook_files, codebook_markdown, load_codebook

VOCABULARIES: dict[str, type[StrEnum]] = {
    "outcome": Outcome, "side": Side, "mode": PairingMode, "status": AnswerStatus, "rematch": RematchKind,
    "source": Source, "step": Step,
    "need": Need, "token_source": TokenSource, "openness": Openness, "endpoint_kind": EndpointKind, "grade": Grade,
}  # fmt: skip


@pytest.fixture
def content() -> Any:
    return deepcopy(yaml.safe_load((files("arena.data") / "codebook.yaml").read_text(encoding="utf-8")))


@pytest.mark.parametrize("locale", LOCALES)
def test_the_codebook_has_the_columns_of_every_dataset_in_their_order(locale: str) -> None:
    table = codebook_files(load_codebook())[f"codebook.{locale}.csv"].decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table), delimiter=";"))
    for dataset in Dataset:
        said = [(row["name"], row["type"]) for row in rows if row["dataset"] == dataset]
        assert said == [(column.name, column.type) for column in SCHEMAS[dataset]]
    assert all(row["meaning"] and row["since"] for row in rows)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_codebook_to_read_names_every_column(locale: str) -> None:
    sections = codebook_markdown(load_codebook(), locale).split("\n## ")[1:]
    assert [section.splitlines()[0] for section in sections] == list(Dataset)
    for section, dataset in zip(sections, Dataset, strict=True):
        rows = [line for line in section.splitlines() if line.startswith("| `")]
        assert [row.split("`")[1] for row in rows] == [column.name for column in SCHEMAS[dataset]]
        assert {row.replace("\\|", "").count("|") for row in rows} == {7}


def test_every_number_with_a_unit_in_its_name_has_it_in_the_codebook() -> None:
    units = {"_wh": "Wh", "_s": {"s", "1/s"}, "_g": "g CO2e", "_ml": "mL", "_kj": "kJ", "_ug": "µg Sbe", "_w": "W"}
    for name, entry in load_codebook().entries.items():
        stem = name
        for end in ("_raw_low", "_raw_high", "_low", "_high", "_central"):
            stem = stem.removesuffix(end)
        for suffix, unit in units.items():
            if stem.endswith(suffix):
                assert entry.unit in unit, name


@pytest.mark.parametrize("name", VOCABULARIES)
def test_a_vocabulary_of_the_codebook_is_that_of_the_code(name: str) -> None:
    assert list(load_codebook().vocabularies[name]) == [member.value for member in VOCABULARIES[name]]


def test_a_column_without_an_entry_is_refused(content: Any) -> None:
    del content["columns"]["second_choice"]
    with pytest.raises(CatalogueError, match="nothing is said of second_choice"):
        parse_codebook(content)


def test_an_entry_without_a_column_is_refused(content: Any) -> None:
    content["columns"]["shoe_size"] = {"since": "1", "fr": "Pointure.", "en": "Shoe size."}
    with pytest.raises(CatalogueError, match="no dataset has shoe_size"):
        parse_codebook(content)


@pytest.mark.parametrize("lacking", [*LOCALES, "since"])
def test_an_entry_needs_both_languages_and_a_version(content: Any, lacking: str) -> None:
    del content["columns"]["battle_id"][lacking]
    with pytest.raises(CatalogueError, match=f"battle_id.{lacking}: missing"):
        parse_codebook(content)
