"""The one array type of the forecasts, and how figures and arrays are taken over a restart: as plain numbers and lists.

What is read again is checked here: one figure that is none, and every risk would be none from then on.
"""

from collections.abc import Iterable
from math import inf
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float64]

KEPT_DIGITS = 6
LARGEST_KEPT = 1e12
"""Beyond it no figure was ever learned; its square is still one."""


def plain(values: Vector) -> list[float]:
    """For JSON; what lies beyond a few digits is not knowledge."""
    return [float(f"{value:.{KEPT_DIGITS}g}") for value in values.tolist()]


def vector(values: Any, length: int) -> Vector:
    """A list that was kept. Raises ValueError where it is not one of so many figures that make sense."""
    read = np.array(values, dtype=np.float64)
    if read.shape != (length,) or not ((read >= 0.0) & (read <= LARGEST_KEPT)).all():
        raise ValueError(f"{length} figures from zero up were wanted")
    return read


def scalar(value: Any, least: float = -inf) -> float:
    """A figure that was kept. Raises TypeError or ValueError where it is none that makes sense, or below `least`."""
    read = float(value)
    if not max(least, -LARGEST_KEPT) <= read <= LARGEST_KEPT:
        raise ValueError(f"{value!r} is no figure that was learned")
    return read


def scalars(values: Iterable[Any], least: float = -inf) -> list[float]:
    """Each of these, as `scalar`."""
    return [scalar(value, least) for value in values]
