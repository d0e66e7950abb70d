"""The one rounding of constants, by the formula that the engines use."""

from __future__ import annotations

import math


def round9(value: float) -> float:
    """The one rounding of constants, by the formula that the engines use: half away from zero to 9 decimals."""
    scaled = value * 1e9
    whole = scaled if abs(scaled) >= 2**52 else math.trunc(scaled + math.copysign(0.5, scaled))
    return whole / 1e9
