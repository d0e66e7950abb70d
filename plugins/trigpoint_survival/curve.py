"""The share that is still going on, as time passes: the estimator of Kaplan and Meier, computed by statsmodels.

E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations", JASA 53 (1958), 457-481.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from attrs import frozen

EXACT = 1e-9  # the library multiplies by adding logarithms: what is one half may be 0.5000000000000001
NEEDED = 'survival needs statsmodels, which is not installed: pip install "trigpoint[survival]"'


@frozen
class Curve:
    """S(t), a falling staircase: from each of `times` on `shares` are still going on; nothing is known after `longest`."""

    times: Sequence[float]
    shares: Sequence[float]
    longest: float

    def falls_to(self, share: float) -> float | None:
        """The first time at which no more than this share is still going on; None where it is always more."""
        step = bisect_left(self.shares, -(share + EXACT), key=lambda each: -each)
        return self.times[step] if step < len(self.times) else None

    def share_open(self, time: float) -> float | None:
        """What is still going on after this time; None where nobody was watched for as long and some were not done."""
        step = bisect_right(self.times, time)
        share = self.shares[step - 1] if step else 1.0
        return share if time <= self.longest or share == 0 else None


def kaplan_meier() -> Callable[[list[float], list[bool]], Curve]:
    """The estimator: gives the curve of at least one stretch, of its length, and of whether it is over.

    ImportError says how to get the library.
    """
    try:
        from statsmodels.duration.survfunc import SurvfuncRight  # type: ignore[import-untyped]  # ships no types
    except ImportError as error:
        raise ImportError(NEEDED) from error

    def estimate(times: list[float], ended: list[bool]) -> Curve:
        found = SurvfuncRight(times, [float(each) for each in ended])
        return Curve(found.surv_times.tolist(), found.surv_prob.tolist(), max(times))

    return estimate
