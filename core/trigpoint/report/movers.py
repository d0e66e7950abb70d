"""What moved a score from one run to the next: a sum in words that comes out at the change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from trigpoint.history import Change, Moment
from trigpoint.report.values import points, words

Titles = Mapping[str, str]  # measure -> title
NO_TITLES: Titles = MappingProxyType({})
MOST_MOVERS = 3
SMALLEST = 0.05  # what is less is shown as 0.0


def movers_in_words(before: Moment, after: Moment, titles: Titles = NO_TITLES) -> str:
    """'Seats in use -4.2 (40.0 → 33.0), guard p1 on -12.0, smaller ones +0.3': together they are the change."""
    change = after.change
    if change is None:
        return ""
    parts = [
        f"{titles.get(mover.measure) or words(mover.measure)} {signed(mover.effect)} "
        f"({points(mover.before)} → {points(mover.after)})"
        for mover in change.movers[:MOST_MOVERS]
    ]
    if change.score is None:
        parts += _more(change)
        return ", ".join([*parts, *_switched(change)])
    return ", ".join([*parts, *_closing(before, after, change)])


def signed(value: float) -> str:
    """'+4.2', '-0.3', '0.0'."""
    return f"{value:+.1f}".replace("-0.0", "0.0").replace("+0.0", "0.0")


def _closing(before: Moment, after: Moment, change: Change) -> Iterator[str]:
    """What the movers shown leave open: guards, those not shown, and all that is not one measure's."""
    shown = sum(mover.effect for mover in change.movers[:MOST_MOVERS])
    small = sum(mover.effect for mover in change.movers[MOST_MOVERS:])
    rest = (change.score or 0.0) - shown
    if before.judged.score_before_guards is None or after.judged.score_before_guards is None:
        yield from _guards(after, change, rest)  # one of the scores was set
        return
    guards = _by_guards(after) - _by_guards(before)
    yield from _guards(after, change, guards)
    rest -= guards
    if before.judged.scorecard != after.judged.scorecard:
        yield from _part(f"another scorecard ({words(after.judged.scorecard)})", rest)
    elif "rules" in change.cause:
        yield from _part("smaller ones", small)
        yield from _part("weights and other rules", rest - small)
    elif abs(small) >= SMALLEST and abs(rest - small) < abs(small):
        yield from _part("smaller ones", rest)
    else:
        yield from _part("smaller ones", small)
        yield from _part("gates and weights shared out", rest - small)


def _guards(after: Moment, change: Change, effect: float) -> Iterator[str]:
    """Those that came and went, with what they did to the score; else those that held it."""
    switched = list(_switched(change))
    if abs(effect) < SMALLEST:
        yield from switched
    elif switched:
        yield f"{', '.join(switched)} {signed(effect)}"
    else:
        names = " and ".join(words(name) for name in after.judged.guards)
        yield f"held by guard {names} {signed(effect)}" if names else f"guards {signed(effect)}"


def _by_guards(moment: Moment) -> float:
    """What guards made of the score."""
    judged = moment.judged
    if judged.score is None or judged.score_before_guards is None:
        return 0.0
    return judged.score - judged.score_before_guards


def _part(name: str, effect: float) -> Iterator[str]:
    if abs(effect) >= SMALLEST:
        yield f"{name} {signed(effect)}"


def _more(change: Change) -> Iterator[str]:
    if len(change.movers) > MOST_MOVERS:
        yield f"{len(change.movers) - MOST_MOVERS} more"


def _switched(change: Change) -> Iterator[str]:
    yield from (f"guard {words(name)} on" for name in change.guards_new)
    yield from (f"guard {words(name)} off" for name in change.guards_gone)
