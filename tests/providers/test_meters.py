"""The counters of this machine: read as they are, and refused with the reason."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from arena.errors import MeterError
from arena.providers.meters import NvmlMeter, RaplMeter, find_meter

SPAN = 262_143_328_850  # microjoules, as on real machines


def zone(root: Path, folder: str, name: str, energy_uj: int, span: int = SPAN) -> Path:
    """One folder of Linux' power capping interface."""
    made = root / folder
    made.mkdir()
    for file, value in (("name", name), ("energy_uj", energy_uj), ("max_energy_range_uj", span)):
        (made / file).write_text(f"{value}\n", encoding="ascii")
    return made


def set_to(folder: Path, energy_uj: int) -> None:
    (folder / "energy_uj").write_text(f"{energy_uj}\n", encoding="ascii")


def test_rapl_sums_the_packages_and_leaves_out_their_parts_and_psys(tmp_path: Path) -> None:
    first = zone(tmp_path, "intel-rapl:0", "package-0", 1_000_000)
    part = zone(tmp_path, "intel-rapl:0:0", "core", 500)
    second = zone(tmp_path, "intel-rapl:1", "package-1", 7)
    whole = zone(tmp_path, "intel-rapl:2", "psys", 9)
    (tmp_path / "intel-rapl").mkdir()  # the control type itself, beside its zones
    meter = RaplMeter(tmp_path)
    assert (meter.name, meter.energy_wh()) == ("rapl", 0)
    for folder, joules in ((first, 3600), (part, 9), (second, 1800), (whole, 99)):
        set_to(folder, joules * 1_000_000)
    assert meter.energy_wh() == pytest.approx((3600 - 1 + 1800) / 3600, abs=1e-6)


def test_rapl_goes_on_when_a_counter_starts_again(tmp_path: Path) -> None:
    folder = zone(tmp_path, "intel-rapl:0", "package-0", SPAN - 1_800_000_000)
    meter = RaplMeter(tmp_path)
    set_to(folder, 1_800_000_000)
    assert meter.energy_wh() == pytest.approx(1.0)
    set_to(folder, 5_400_000_000)
    assert meter.energy_wh() == pytest.approx(2.0)


def test_rapl_without_a_known_end_never_goes_backwards(tmp_path: Path) -> None:
    folder = zone(tmp_path, "intel-rapl:0", "package-0", 1000, span=0)
    meter = RaplMeter(tmp_path)
    set_to(folder, 999)
    with pytest.raises(MeterError, match="backwards"):
        meter.energy_wh()


@contextmanager
def nobody() -> Iterator[None]:
    """Without the rights of root for as long as the block lasts."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        if me == 0:
            os.seteuid(0)


def test_rapl_that_may_not_be_read_says_so() -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to others
        root = Path(name)
        root.chmod(0o755)
        (zone(root, "intel-rapl:0", "package-0", 5) / "energy_uj").chmod(0)
        with nobody(), pytest.raises(MeterError, match=r"energy_uj cannot be read \(Permission denied\)"):
            RaplMeter(root)


def test_rapl_that_disappears_says_so(tmp_path: Path) -> None:
    folder = zone(tmp_path, "intel-rapl:0", "package-0", 5)
    meter = RaplMeter(tmp_path)
    (folder / "energy_uj").unlink()
    with pytest.raises(MeterError, match="No such file"):
        meter.energy_wh()


@pytest.mark.parametrize("content", ["", "-5", "12.5", "plenty"])
def test_rapl_that_shows_no_number_says_so(tmp_path: Path, content: str) -> None:
    folder = zone(tmp_path, "intel-rapl:0", "package-0", 5)
    (folder / "energy_uj").write_text(content, encoding="ascii")
    with pytest.raises(MeterError, match="holds no number"):
        RaplMeter(tmp_path)


def test_a_machine_without_rapl_says_so(tmp_path: Path) -> None:
    zone(tmp_path, "intel-rapl:0", "psys", 5)
    for root in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(MeterError, match="no processor counter"):
            RaplMeter(root)


class Refused(Exception):
    """What the recorded driver raises, as nvidia-ml-py does."""


@dataclass
class RecordedDriver:
    """The functions of nvidia-ml-py over counters in millijoules; None is a card without a counter."""

    counters: list[int | None]
    is_loaded: bool = True
    calls: list[str] = field(default_factory=list)
    NVMLError: type[Exception] = Refused

    def nvmlInit(self) -> None:
        if not self.is_loaded:
            raise Refused("NVML Shared Library Not Found")

    def nvmlDeviceGetCount(self) -> int:
        return len(self.counters)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> str:
        return f"card {index}"

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: str) -> int:
        counter = self.counters[int(handle.removeprefix("card "))]
        if counter is None:
            raise Refused("Not Supported")
        return counter


def test_nvidia_cards_are_summed() -> None:
    driver = RecordedDriver([3_600_000, 7_200_000])
    meter = NvmlMeter(driver)
    assert meter.name == "nvml"
    assert meter.energy_wh() == pytest.approx(3.0)
    driver.counters[1] = 10_800_000
    assert meter.energy_wh() == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("library", "reason"),
    [
        (None, "nvidia-ml-py is not installed"),
        (RecordedDriver([], is_loaded=False), "Library Not Found"),
        (RecordedDriver([]), "no card"),
        (RecordedDriver([5, None]), "card 1: Not Supported"),
    ],
)
def test_why_nvidia_cannot_be_read_is_said(library: RecordedDriver | None, reason: str) -> None:
    with pytest.raises(MeterError, match=reason):
        NvmlMeter(library)


def test_a_card_that_is_lost_says_so() -> None:
    driver = RecordedDriver([5])
    meter = NvmlMeter(driver)
    driver.counters[0] = None
    with pytest.raises(MeterError, match="card 0"):
        meter.energy_wh()


def test_the_real_driver_gives_a_number_or_a_reason() -> None:
    outcome = number_or_reason()
    assert outcome >= 0 if isinstance(outcome, float) else outcome.startswith("NVIDIA")


def number_or_reason() -> float | str:
    try:
        return NvmlMeter().energy_wh()
    except MeterError as error:
        return str(error)


def test_cards_come_before_processors(tmp_path: Path) -> None:
    zone(tmp_path, "intel-rapl:0", "package-0", 5)
    assert find_meter(library=RecordedDriver([5]), root=tmp_path).name == "nvml"
    assert find_meter(library=RecordedDriver([None]), root=tmp_path).name == "rapl"


def test_with_no_counter_at_all_every_reason_is_said(tmp_path: Path) -> None:
    with pytest.raises(MeterError, match=r"nvidia-ml-py is not installed.*; RAPL: no processor counter"):
        find_meter(library=None, root=tmp_path)
