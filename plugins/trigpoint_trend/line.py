"""A straight line through numbers a week apart, by least squares, for all subjects at once.

The slope, and the two-sided p-value of Student's t-test of "the slope is 0" with n - 2 degrees of freedom, are those of
`scipy.stats.linregress` (the tests compare them). It takes 220 microseconds for each subject and 0.95 s to import; the
closed form below takes less than 1 and, with `scipy.special` alone, 0.3 s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

NEEDED = 'trend needs numpy and scipy, which are not installed: pip install "trigpoint[trend]"'


@frozen
class Line:
    """The slope for each week, its p-value, and the mean week."""

    slope: float
    p_value: float
    mean: float


def lines(series: Sequence[Sequence[float]]) -> Iterator[Line]:
    """The line through each series; all have the same length, of at least 3.

    Where all weeks are the same the slope is 0 and the p-value 1 (that of `linregress` is nan). ImportError says how to get the libraries.
    """
    try:
        import numpy as np
        from scipy.special import stdtr  # type: ignore[import-untyped]  # ships no types
    except ImportError as missing:
        raise ImportError(NEEDED) from missing
    if not series:
        return
    given = np.array(series, dtype=float)
    # As a share of the power of two above the largest: the same line to the last bit, and no square is too large.
    _, powers = np.frexp(abs(given).max(axis=1))
    y = np.ldexp(given, -powers[:, None])
    n = y.shape[1]
    x = np.arange(n) - (n - 1) / 2
    mean = y.mean(axis=1)
    off = y - mean[:, None]
    slope = (off * x).sum(axis=1) / (x * x).sum()
    unexplained = ((off - slope[:, None] * x) ** 2).sum(axis=1)
    error = np.sqrt(unexplained / (n - 2) / (x * x).sum())
    flat = (y == y[:, :1]).all(axis=1)  # no rounding may make a trend of it
    t = np.divide(slope, error, out=np.full(len(y), np.inf), where=error > 0)
    p_value = np.where(flat, 1.0, 2 * stdtr(n - 2, -abs(t)))
    slope, mean = np.ldexp(np.where(flat, 0.0, slope), powers), np.ldexp(mean, powers)
    yield from map(Line, slope.tolist(), p_value.tolist(), mean.tolist())
