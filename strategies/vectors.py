"""The one array type of the forecasts, and how arrays are taken over a restart: as plain lists."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float64]

KEPT_DIGITS = 6


def plain(values: Vector) -> list[float]:
    """For JSON; what lies beyond a few digits is not knowledge."""
    return [float(f"{value:.{KEPT_DIGITS}g}") for value in values.tolist()]


def vector(values: Any, length: int) -> Vector:
    """A list that was kept. Raises ValueError where it is not one of so many figures that make sense."""
    read = np.array(values, dtype=np.float64)
    if read.shape != (length,) or not np.isfinite(read).all() or (read < 0.0).any():
        raise ValueError(f"{length} figures from zero up were wanted")
    return read
