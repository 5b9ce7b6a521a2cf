"""Footprints of answers: what each one rests on, what it gives, how two compare.

The latency policy is that of EcoLogits' own tracers: the measured duration of an answer caps the
estimated generation time (a server cannot have worked on it for longer); tokens per second and the time to
the first token come from the catalogue where it has them, else the speed is EcoLogits' regression. Scripted
answers (demo endpoints) have a duration that means nothing: no cap for them.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from arena import __version__
from arena.domain.battle import Answer
from arena.domain.catalogue import Endpoint, EndpointKind, Model, weights_of
from arena.domain.equivalents import NATURES, Equivalent, EquivalentTable, best_equivalent, fitting_equivalents
from arena.domain.estimate import Estimate, Mix, check_tokens, hidden_quantities
from arena.domain.footprint import (
    Bands,
    Comparison,
    Grade,
    NoFigure,
    Verdict,
    central_of,
    compare_energies,
    count_tokens,
    estimate_tokens,
    facts_of,
    grade_of,
    is_illustration,
    total_of,
    widen,
)
from arena.domain.metering import measured, method_of_reading
from arena.domain.provenance import (
    QUANTITIES,
    Band,
    FootprintInputs,
    FootprintValues,
    MeterReading,
    StoredFootprint,
)
from arena.domain.quantity import Range
from arena.domain.quintile import NoQuintile, Quintile, quintile_of
from arena.domain.side import Side
from arena.errors import FigureFixed, FootprintError
from arena.services.estimator import ECOLOGITS_VERSION, METHOD, data_sha256, impact_of, zone_mixes
from arena.services.footprint_data import load_bands, load_equivalents


class FootprintService:
    """Estimates and compares footprints. Holds only data that never changes, so any thread may use it.

    ``method`` names what it makes of inputs, its bands included: other bands need another name.
    """

    def __init__(
        self, bands: Bands, equivalents: EquivalentTable, *, catalogue_version: str = "", method: str = METHOD
    ) -> None:
        self.method = method
        self.bands = bands
        self.equivalents = equivalents
        self._catalogue_version = catalogue_version
        self._data_sha256 = data_sha256()
        self._mixes = zone_mixes()

    @classmethod
    def load(cls, *, catalogue_version: str = "") -> "FootprintService":
        """The service with the data files shipped with the package."""
        return cls(load_bands(), load_equivalents(), catalogue_version=catalogue_version)

    def known_zones(self) -> frozenset[str]:
        """Zones whose electricity is known; those that EcoLogits gives 0 g are not."""
        return frozenset(self._mixes)

    def mix_of(self, zone: str) -> Mix:
        """The factors of a zone. Raises FootprintError for an unknown one."""
        mix = self._mixes.get(zone)
        if mix is None:
            raise FootprintError("zone", zone, "expected a capital three-letter code with a known electricity mix")
        return mix

    def estimate_tokens(self, text: str) -> int:
        """Tokens of a text whose endpoint reported none."""
        return estimate_tokens(text)

    def inputs_for(self, model: Model, endpoint: Endpoint, answer: Answer, now: datetime) -> FootprintInputs:
        """All that the footprint of an answer rests on, to be stored. Raises FootprintError for the zone.

        What the endpoint does not say is assumed (``generic_host`` of bands.yaml): its zone stays None while
        the mix is the world's. ``first_token_s`` is the catalogue's where it has one, since a measure from
        here holds the network and, for a reasoning model, tokens that are counted already.
        """
        host = self.bands.generic_host
        mix = self.mix_of(endpoint.zone or host.zone)
        total, active = self._sizes(model, endpoint)
        count = count_tokens(answer)
        ttft = model.first_token_s
        return FootprintInputs(
            model_id=model.id,
            total_params_b=total,
            active_params_b=active,
            output_tokens=count.tokens,
            token_source=count.source,
            latency_s=answer.duration_s or None,
            first_token_s=answer.first_token_s if ttft is None else central_of(ttft),
            tokens_per_s=model.tokens_per_s,
            zone=endpoint.zone,
            pue=endpoint.pue or host.pue,
            wue_l_per_kwh=endpoint.wue_l_per_kwh or host.wue_l_per_kwh,
            quantization_bits=model.quantization_bits,
            batch_size=host.batch_size,
            mix_gwp_kg_per_kwh=mix.gwp_kg_per_kwh,
            mix_adpe_kg_per_kwh=mix.adpe_kg_per_kwh,
            mix_pe_mj_per_kwh=mix.pe_mj_per_kwh,
            mix_wue_l_per_kwh=mix.wue_l_per_kwh,
            ecologits_version=ECOLOGITS_VERSION,
            ecologits_data_sha256=self._data_sha256,
            catalogue_version=self._catalogue_version,
            bands_version=self.bands.version,
            equivalents_version=self.equivalents.version,
            code_version=__version__,
            openness=model.openness.value,
            is_measured=model.is_measured,
            endpoint_kind=endpoint.kind.value,
            computed_at=now,
        )

    def _sizes(self, model: Model, endpoint: Endpoint) -> tuple[Range | None, Range | None]:
        total, active = model.total_params_b, model.active_params_b
        if endpoint.kind is EndpointKind.DEMO:
            total = total or self.bands.nominal_params_b
            active = active or total
        return total, active

    def with_zone(self, inputs: FootprintInputs, zone: str) -> FootprintInputs:
        """The same answer as if its servers ran on another zone's electricity. Raises FootprintError."""
        mix = self.mix_of(zone)
        return replace(
            inputs,
            zone=zone,
            mix_gwp_kg_per_kwh=mix.gwp_kg_per_kwh,
            mix_adpe_kg_per_kwh=mix.adpe_kg_per_kwh,
            mix_pe_mj_per_kwh=mix.pe_mj_per_kwh,
            mix_wue_l_per_kwh=mix.wue_l_per_kwh,
            is_measured=inputs.is_measured and inputs.zone is not None,  # supposing a zone earns no better grade
        )

    def in_zone(self, kept: StoredFootprint, zone: str) -> StoredFootprint:
        """A kept footprint computed under another zone's electricity: its energy and its making do not change.

        What has no figure stays without one. Raises FigureFixed for a figure of an earlier method.
        """
        if not self.can_change_zone(kept):
            raise FigureFixed
        if kept.values.no_figure_reason is not None:
            return kept
        inputs = self.with_zone(kept.inputs, zone)
        return StoredFootprint(inputs, self.estimate(inputs))

    def can_change_zone(self, kept: StoredFootprint) -> bool:
        """Whether this version computes as the one that made the figure did."""
        return kept.values.no_figure_reason is not None or kept.values.method == self.method_of(kept.inputs)

    def estimate(self, inputs: FootprintInputs) -> FootprintValues:
        """The footprint that the inputs give: a pure function of them. Raises FootprintError."""
        check_tokens(inputs.output_tokens)
        verdict = self.verdict_of(inputs)
        if verdict.no_figure is not None:
            return FootprintValues(self.method_of(inputs), verdict.grade.value, verdict.no_figure.value, {}, {})
        if inputs.reading is not None:
            return self._measured(inputs, inputs.reading)
        estimate = self.estimate_of(inputs)
        impact = impact_of(estimate)
        hidden = hidden_quantities(inputs.zone, estimate.mix, self.bands)
        raw = {key: impact[key] for key in QUANTITIES if key not in hidden}
        displayed = {
            key: widen(
                value,
                verdict.grade,
                total_params_b=estimate.total_params_b,
                bands=self.bands,
                token_source=inputs.token_source,
            )
            for key, value in raw.items()
        }
        return FootprintValues(self.method, verdict.grade.value, None, raw, displayed)

    def recompute(self, inputs: FootprintInputs, method: str) -> FootprintValues:
        """The footprint by a named method. Raises FootprintError for one that this version does not hold."""
        own = self.method_of(inputs)
        if method != own:
            raise FootprintError("method", method, f"this version computes {own} only")
        return self.estimate(inputs)

    def method_of(self, inputs: FootprintInputs) -> str:
        """The name of the method by which these inputs give a footprint: a measure is one of its own."""
        return self.method if inputs.reading is None else method_of_reading(inputs.reading)

    def as_of_now(self, inputs: FootprintInputs, now: datetime) -> FootprintInputs:
        """The same facts, with the versions by which they are computed again. It comes after what was there."""
        return replace(
            inputs,
            ecologits_version=ECOLOGITS_VERSION,
            ecologits_data_sha256=self._data_sha256,
            bands_version=self.bands.version,
            code_version=__version__,
            computed_at=max(now, inputs.computed_at + timedelta(microseconds=1)),  # whatever a clock said
        )

    def _measured(self, inputs: FootprintInputs, reading: MeterReading) -> FootprintValues:
        """What a counter read. The number of tokens has no part in it, so that it widens nothing."""
        raw = measured(inputs, reading)
        displayed = {key: widen(value, Grade.A, total_params_b=None, bands=self.bands) for key, value in raw.items()}
        return FootprintValues(self.method_of(inputs), Grade.A.value, None, raw, displayed)

    def total(self, values: Sequence[FootprintValues]) -> FootprintValues:
        """The answers of one side together; of none, that nothing was produced."""
        return total_of(values, method=self.method)

    def verdict_of(self, inputs: FootprintInputs) -> Verdict:
        """The grade of stored inputs and, when they give no figure, why."""
        verdict = grade_of(facts_of(inputs), self.bands)
        if verdict.no_figure is None and inputs.reading is None and _mix_in(inputs) is None:
            return Verdict(Grade.E, NoFigure.NO_ZONE)
        return verdict

    def estimate_of(self, inputs: FootprintInputs) -> Estimate:
        """The arguments of an answer that has an estimated figure. Raises FootprintError."""
        total, active, mix = inputs.total_params_b, inputs.active_params_b, _mix_in(inputs)
        if total is None or active is None or mix is None:
            raise FootprintError("total_params_b", total, "an estimate needs sizes and a mix")
        if inputs.zone is not None:
            self.mix_of(inputs.zone)
        host = self.bands.generic_host
        return Estimate(
            active_params_b=active,
            total_params_b=total,
            output_tokens=inputs.output_tokens,
            mix=mix,
            pue=inputs.pue or host.pue,
            wue_l_per_kwh=inputs.wue_l_per_kwh or host.wue_l_per_kwh,
            quantization_bits=inputs.quantization_bits,
            batch_size=inputs.batch_size,
            latency_s=None if is_illustration(inputs) else inputs.latency_s,
            tokens_per_s=inputs.tokens_per_s,
            first_token_s=_first_token(inputs),
        )

    def harmonised_energy_wh(
        self, total_params_b: Range | None, active_params_b: Range | None, output_tokens: int
    ) -> float | None:
        """Central energy under the one scenario in which models are compared; None without sizes or tokens.

        Same zone, generic host, bits and batch for every model, and nothing measured: what is left is the
        size of the model and the length of the answer.
        """
        if total_params_b is None or active_params_b is None or output_tokens == 0:
            return None
        host = self.bands.generic_host
        estimate = Estimate(
            active_params_b=active_params_b,
            total_params_b=total_params_b,
            output_tokens=output_tokens,
            mix=self.mix_of(self.bands.harmonised_zone),
            pue=host.pue,
            wue_l_per_kwh=host.wue_l_per_kwh,
            quantization_bits=host.quantization_bits,
            batch_size=host.batch_size,
        )
        return central_of(impact_of(estimate)["energy_wh"])

    def harmonised(self, inputs: FootprintInputs) -> float | None:
        """Central energy of an answer under the harmonised scenario, in Wh; None without sizes."""
        return self.harmonised_energy_wh(inputs.total_params_b, inputs.active_params_b, inputs.output_tokens)

    def energy_per_token_wh(self, model: Model) -> float | None:
        """Central harmonised energy of one output token, to pair models by; None when sizes are unknown.

        Local models have one too: it says how big they are, and is never shown as their footprint.
        """
        energy_wh = self.harmonised_energy_wh(model.total_params_b, model.active_params_b, 1000)
        return None if energy_wh is None else energy_wh / 1000

    def quintiles(self, models: Iterable[Model]) -> dict[str, Quintile | NoQuintile]:
        """Where each model stands among all of these, by id; the same weights at two hosts count once."""
        energy_wh = {model.id: (weights_of(model), self.energy_per_token_wh(model)) for model in models}
        known = {weights: energy for weights, energy in energy_wh.values() if energy}
        return {model_id: quintile_of(energy, known.values()) for model_id, (_, energy) in energy_wh.items()}

    def compare(self, inputs: Mapping[Side, Sequence[FootprintInputs]]) -> Comparison | None:
        """Compare the sides of a battle, all turns summed; None when one of them has no figure.

        Two measures of the same counter are compared by their energies beyond rest. A measure is never
        compared with an estimate, nor with the measure of another counter: they do not count the same.
        """
        if len({_meter_of(answer) for side in Side for answer in _spoken(inputs[side])}) > 1:
            return None
        energies = {side: self._side_energy_wh(inputs[side]) for side in Side}
        known = {side: energy for side, energy in energies.items() if energy is not None}
        if len(known) < len(Side):
            return None
        return compare_energies(known, same_order_below=self.bands.same_order_below)

    def _side_energy_wh(self, answers: Sequence[FootprintInputs]) -> float | None:
        spoken = _spoken(answers)
        if any(self.verdict_of(answer).no_figure is not None for answer in spoken):
            return None
        return math.fsum(self._compared_wh(answer) for answer in spoken) or None

    def _compared_wh(self, answer: FootprintInputs) -> float:
        return self.harmonised(answer) or 0 if answer.reading is None else answer.reading.net_wh

    def equivalent(self, band: Band, quantity: str) -> Equivalent | None:
        """The everyday thing of the same nature that reads best beside a band; None when none fits."""
        nature = NATURES.get(quantity)
        return None if nature is None else best_equivalent(band, nature, self.equivalents)

    def equivalents_of(self, band: Band, quantity: str) -> tuple[Equivalent, ...]:
        """Every such thing that can be read beside a band, the best first."""
        nature = NATURES.get(quantity)
        return () if nature is None else fitting_equivalents(band, nature, self.equivalents)


def _spoken(answers: Sequence[FootprintInputs]) -> list[FootprintInputs]:
    return [answer for answer in answers if answer.output_tokens != 0]


def _meter_of(answer: FootprintInputs) -> str | None:
    """None for an estimate."""
    return None if answer.reading is None else answer.reading.meter


def _mix_in(inputs: FootprintInputs) -> Mix | None:
    """The mix that was stored with an answer, so that a figure can be made again without today's data."""
    gwp, adpe = inputs.mix_gwp_kg_per_kwh, inputs.mix_adpe_kg_per_kwh
    pe, wue = inputs.mix_pe_mj_per_kwh, inputs.mix_wue_l_per_kwh
    if gwp is None or adpe is None or pe is None or wue is None:
        return None
    return Mix(gwp, adpe, pe, wue)


def _first_token(inputs: FootprintInputs) -> Range | None:
    """Given to EcoLogits only together with tokens per second, as its own registry does."""
    if inputs.tokens_per_s is None or inputs.first_token_s is None:
        return None
    return Range.exactly(inputs.first_token_s)
