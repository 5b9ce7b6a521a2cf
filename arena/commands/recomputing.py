"""A recomputation for a terminal: a table of models, and what was written."""

from collections.abc import Iterator

from arena.domain.figures import format_range
from arena.domain.provenance import Band
from arena.services.recompute import ModelChange, Recomputation

COLUMNS = ("answers", "median before", "median after", "change", "regraded", "won", "lost")


def recomputation_lines(done: Recomputation) -> Iterator[str]:
    """The change of each model, energies as medians of central values, then what was done."""
    rows = [("model", *COLUMNS), *map(_cells, done.models)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *numbers in rows:
        cells = [f"{cell:>{width}}" for cell, width in zip(numbers, widths[1:], strict=True)]
        yield "  ".join([f"{name:{widths[0]}}", *cells])
    counts = f"answers {done.answers}, with its row before {done.already_there}, rows written {done.written}"
    yield f"{done.method}: {counts}."


def faults_of(done: Recomputation) -> Iterator[str]:
    """What should not be, for standard error."""
    if done.refused:
        yield f"{done.refused} answers are left out, their stored inputs are impossible; the first: {done.why_refused}"
    if done.unlike:
        yield (
            f"{done.unlike} rows of {done.method} or of a measure say something else than the method says now. "
            "Nothing was written: what makes other figures needs another name."
        )


def _cells(model: ModelChange) -> tuple[str, ...]:
    ratio = model.ratio
    counts = map(str, (model.regraded, model.figures_won, model.figures_lost))
    change = "-" if ratio is None else f"×{ratio:.3g}"
    name = f"{model.model_id} (measured)" if model.is_measured else model.model_id
    return (name, str(model.answers), _energy(model.before_wh), _energy(model.after_wh), change, *counts)


def _energy(energy_wh: float | None) -> str:
    if energy_wh is None:
        return "-"
    return format_range(Band(energy_wh, energy_wh, energy_wh), "energy_wh", "en").text
