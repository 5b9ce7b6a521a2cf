"""The method in words, beside the numbers that it names: read from the estimator and the data files, never typed."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from arena.domain.footprint import CHARACTERS_PER_TOKEN, Bands
from arena.domain.method import FILE, Method
from arena.errors import CatalogueError
from arena.services.estimator import constants
from arena.services.footprint_data import load_method
from arena.services.footprints import FootprintService

_OF_BANDS: Mapping[str, Callable[[Bands], float]] = {
    "large_from_b": lambda bands: bands.large_from_total_b,
    "calibrated_up_to_b": lambda bands: bands.calibrated_up_to_total_b,
    "lowest_pe": lambda bands: bands.lowest_pe_mj_per_kwh,
    "same_order_below": lambda bands: bands.same_order_below,
    "bits": lambda bands: bands.generic_host.quantization_bits,
    "batch_size": lambda bands: bands.generic_host.batch_size,
    "characters_per_token": lambda _bands: CHARACTERS_PER_TOKEN,
}
_OF_ZONES = ("world_pe",)
ZONE_NAMES = ("harmonised_zone",)  # filled in by the page, in its language


def open_method() -> Method:
    """The shipped method. Raises CatalogueError when it names a number or a constant that does not exist."""
    return checked(load_method())


def checked(method: Method) -> Method:
    """The same method, once every name in it is known to mean something."""
    known = {*constants(), *method.numbers, *_OF_BANDS, *_OF_ZONES, *ZONE_NAMES}
    missing = sorted(method.names_used() - known)
    if missing:
        raise CatalogueError(f"no such number: {', '.join(missing)}", file=FILE, field="numbers")
    strangers = [constant.name for constant in method.constants if constant.name not in constants()]
    if strangers:
        raise CatalogueError(f"EcoLogits has no {', '.join(strangers)}", file=FILE, field="constants")
    return method


def numbers_of(method: Method, service: FootprintService) -> dict[str, Decimal]:
    """Every number that a text of the method may name, as it is now."""
    bands = service.bands
    return {
        **{name: exact(value) for name, value in constants().items()},
        **{name: exact(read(bands)) for name, read in _OF_BANDS.items()},
        "world_pe": exact(service.mix_of(bands.generic_host.zone).pe_mj_per_kwh),
        **method.numbers,
    }


def exact(value: float) -> Decimal:
    """The number as it was written: 0.1 is 0.1."""
    return Decimal(repr(value))
