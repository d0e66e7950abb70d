"""What holds for durations of any rows."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from support.offered import ask
from trigpoint_survival import DURATION, SHARE_DONE

AS_OF = dt.date(2026, 3, 31)
Row = tuple[dt.date, dt.date | None]


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Rows that began within 60 days before the date; some are over."""
    found: list[Row] = []
    for _ in range(draw(st.integers(1, 25))):
        start = AS_OF - dt.timedelta(draw(st.integers(0, 60)))
        end = start + dt.timedelta(draw(st.integers(0, 70)))
        found.append((start, end if draw(st.booleans()) else None))
    return found


QUANTILES = st.sampled_from([0.1, 0.25, 1 / 3, 0.5, 0.75, 0.9])


def median(found: list[Row], **settings: object) -> object:
    return ask(DURATION, {"A": found}, AS_OF, **settings).get("A")


def observed(found: list[Row]) -> tuple[np.ndarray, np.ndarray]:
    """Days and whether it was over, written in another way than in the plugin."""
    ends = [AS_OF if end is None or end > AS_OF else end for _, end in found]
    over = [end is not None and end <= AS_OF for _, end in found]
    return np.array([(end - start).days for (start, _), end in zip(found, ends, strict=True)]), np.array(
        over, dtype=int
    )


@given(rows(), QUANTILES)
def test_equals_the_library(found: list[Row], quantile: float) -> None:
    """The answer is the first time at which the library's curve, before rounding, is at most 1 - quantile."""
    curve = SurvfuncRight(*observed(found))
    below = [
        time for time, share in zip(curve.surv_times, curve.surv_prob, strict=True) if share <= 1 - quantile + 1e-9
    ]
    assert median(found, quantile=quantile) == (below[0] if below else None)


@given(rows(), QUANTILES)
def test_the_library_goes_to_the_end_of_a_flat_stretch(found: list[Row], quantile: float) -> None:
    """The library's own quantile is the same wherever the curve is nowhere flat at that share."""
    curve = SurvfuncRight(*observed(found))
    if not np.isclose(curve.surv_prob, 1 - quantile).any():
        ours, theirs = median(found, quantile=quantile), curve.quantile(quantile)
        assert ours == theirs or (ours is None and np.isnan(theirs))


@given(rows(), st.randoms())
def test_order_does_not_matter(found: list[Row], chance) -> None:
    """Rows in another order give the same, to the last bit."""
    turned = list(found)
    chance.shuffle(turned)
    for metric, settings in ((DURATION, {}), (SHARE_DONE, {"within": 30})):
        assert ask(metric, {"A": turned}, AS_OF, **settings) == ask(metric, {"A": found}, AS_OF, **settings)


@given(st.lists(rows(), min_size=2, max_size=5))
def test_the_batch_does_not_matter(subjects: list[list[Row]]) -> None:
    """A subject's value is the same alone and among others, to the last bit."""
    named = {f"A-{number}": each for number, each in enumerate(subjects)}
    for metric, settings in ((DURATION, {}), (SHARE_DONE, {"within": 30})):
        together = ask(metric, named, AS_OF, **settings)
        alone = [ask(metric, {key: each}, AS_OF, **settings) for key, each in named.items()]
        assert together == {key: value for each in alone for key, value in each.items()}


@given(rows(), rows(), st.integers(1, 30))
def test_facts_after_the_date_change_nothing(found: list[Row], others: list[Row], days: int) -> None:
    """Rows that begin later, and ends that are later, are as if they were not there."""
    later = [(AS_OF + dt.timedelta(1 + (AS_OF - start).days), end) for start, end in others]
    known = [(start, None if end is not None and end > AS_OF else end) for start, end in found]
    unknown = [(start, end or AS_OF + dt.timedelta(days)) for start, end in found]
    assert median([*found, *later]) == median(known) == median(unknown)


@given(rows(), st.integers(1, 20))
def test_watching_for_longer_never_shortens(found: list[Row], days: int) -> None:
    """If those that go on had begun earlier, and still go on, it takes no less time; a known median may only become unknown."""
    known = [(start, end if end is not None and end <= AS_OF else None) for start, end in found]
    longer = [(start if end else start - dt.timedelta(days), end) for start, end in known]
    before, after = median(known), median(longer)
    assert after is None or (before is not None and after >= before)


@given(rows(), QUANTILES)
def test_twice_as_long(found: list[Row], quantile: float) -> None:
    """If everything takes twice as long, so does the quantile; in weeks it is a seventh of what it is in days."""
    known = [(start, end if end is not None and end <= AS_OF else None) for start, end in found]
    twice = [(AS_OF - 2 * (AS_OF - start), AS_OF - 2 * (AS_OF - end) if end else None) for start, end in known]
    once = median(known, quantile=quantile)
    assert median(twice, quantile=quantile) == (None if once is None else 2 * once)
    assert median(known, quantile=quantile, unit="weeks") == (None if once is None else pytest.approx(once / 7))


@given(rows(), QUANTILES)
def test_done_by_then(found: list[Row], quantile: float) -> None:
    """Within the quantile at least that share is done, and not a day before."""
    took = median(found, quantile=quantile)
    if took is not None:
        assert ask(SHARE_DONE, {"A": found}, AS_OF, within=took or 1e-6)["A"] >= quantile - 1e-9
        if took >= 1:
            assert ask(SHARE_DONE, {"A": found}, AS_OF, within=took - 0.5)["A"] < quantile


@given(rows(), st.integers(1, 60), st.integers(0, 60))
def test_the_share_never_falls_with_time(found: list[Row], within: int, more: int) -> None:
    """Within a longer time no smaller share is done."""
    shares = [ask(SHARE_DONE, {"A": found}, AS_OF, within=days).get("A") for days in (within, within + more)]
    assert shares[1] is None or shares[0] <= shares[1]


@given(st.lists(st.integers(0, 60), min_size=1, max_size=40))
def test_without_any_that_go_on_it_is_a_plain_share(days: list[int]) -> None:
    """Where all are over, the share within some days is that of the rows."""
    found = [(AS_OF - dt.timedelta(each), AS_OF) for each in days]
    share = sum(each <= 20 for each in days) / len(days)
    assert ask(SHARE_DONE, {"A": found}, AS_OF, within=20)["A"] == pytest.approx(share)
