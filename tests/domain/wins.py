"""Counts of wins to try a ranking with."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from arena.domain.tally import Floats


@st.composite
def some_wins(draw: st.DrawFn) -> Floats:
    """Up to six models, up to forty wins of each over each; halves, as ties make them."""
    size = draw(st.integers(2, 6))
    halves = draw(arrays(np.int64, (size, size), elements=st.integers(0, 80)))
    return np.where(np.eye(size, dtype=bool), 0.0, halves / 2)
