"""Energy counters of this machine: that of NVIDIA's cards, and RAPL for processors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from arena.domain.metering import SECONDS_PER_HOUR, step_of
from arena.errors import MeterError

try:
    import pynvml
except ImportError:  # the extra `measure` was not installed: NVIDIA's cards cannot be read
    pynvml = None

POWERCAP = Path("/sys/class/powercap")
_MILLIJOULES_PER_WH = SECONDS_PER_HOUR * 1e3
_MICROJOULES_PER_WH = SECONDS_PER_HOUR * 1e6


class Meter(Protocol):
    """A counter of energy. ``name`` says what it counts: ``nvml`` (graphics cards) or ``rapl`` (processors)."""

    @property
    def name(self) -> str: ...

    def energy_wh(self) -> float:
        """Everything counted since some beginning of its own. Blocks, for milliseconds. Raises MeterError."""
        ...


class NvmlMeter:
    """All NVIDIA cards together, by the counter of their driver (mJ since it was loaded; Volta and later)."""

    name = "nvml"

    def __init__(self, library: Any = pynvml) -> None:
        """Find the cards. ``library`` has the functions of nvidia-ml-py. Raises MeterError."""
        if library is None:
            raise MeterError("NVIDIA: nvidia-ml-py is not installed (extra: measure)")
        self._library = library
        with _in_our_words(library, "NVIDIA"):
            library.nvmlInit()
            count = library.nvmlDeviceGetCount()
            self._cards = [library.nvmlDeviceGetHandleByIndex(index) for index in range(count)]
        if not self._cards:
            raise MeterError("NVIDIA: no card")
        self.energy_wh()  # a card without a counter is refused now: a sum without it would be too low

    def energy_wh(self) -> float:
        return sum(map(self._millijoules, range(len(self._cards)))) / _MILLIJOULES_PER_WH

    def _millijoules(self, index: int) -> int:
        with _in_our_words(self._library, f"NVIDIA card {index}"):
            return int(self._library.nvmlDeviceGetTotalEnergyConsumption(self._cards[index]))


@contextmanager
def _in_our_words(library: Any, what: str) -> Iterator[None]:
    try:
        yield
    except library.NVMLError as error:
        raise MeterError(f"{what}: {error}") from error


@dataclass(slots=True)
class _Package:
    """The counter of one processor: microjoules, from 0 again at ``span``."""

    folder: Path
    span: int
    last: int
    counted: int = 0

    def advance(self) -> int:
        """Read it; what was counted since the first reading."""
        now = _whole_number(self.folder / "energy_uj")
        self.counted += step_of(self.last, now, self.span)
        self.last = now
        return self.counted


class RaplMeter:
    """All processor packages together, by RAPL as Linux shows it; memory and the rest of the machine are not counted.

    Their parts (cores, memory) and ``psys`` have folders of the same pattern and are left out.
    """

    name = "rapl"

    def __init__(self, root: Path = POWERCAP) -> None:
        """Find the packages. Raises MeterError when there are none or one cannot be read."""
        folders = [
            folder for folder in sorted(root.glob("intel-rapl:*")) if _text(folder / "name").startswith("package")
        ]
        if not folders:
            raise MeterError(f"RAPL: no processor counter in {root}")
        self._packages = [
            _Package(folder, _whole_number(folder / "max_energy_range_uj"), _whole_number(folder / "energy_uj"))
            for folder in folders
        ]

    def energy_wh(self) -> float:
        return sum(package.advance() for package in self._packages) / _MICROJOULES_PER_WH


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a text"
        raise MeterError(f"RAPL: {file} cannot be read ({reason})") from error


def _whole_number(file: Path) -> int:
    text = _text(file)
    if not text.isdecimal():
        raise MeterError(f"RAPL: {file} holds no number")
    return int(text)


def find_meter(*, library: Any = pynvml, root: Path = POWERCAP) -> Meter:
    """The counter of this machine: its graphics cards where there are any, since a model server works on them.

    Raises MeterError, with the reason of each, when none can be read.
    """
    kinds: tuple[Callable[[], Meter], ...] = (lambda: NvmlMeter(library), lambda: RaplMeter(root))
    reasons = []
    for open_meter in kinds:
        try:
            return open_meter()
        except MeterError as error:
            reasons.append(str(error))
    raise MeterError("; ".join(reasons))
