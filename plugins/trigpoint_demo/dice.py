"""Seeded chance that gives the same draws on every version of Python.

Only `Random.random()` is used: its sequence for a given seed is promised; that of `choice` or `shuffle` is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


class Dice:
    """The draws of one account in one table: made from the seed and names, independent of all others."""

    __slots__ = ("roll",)

    def __init__(self, *names: str | int) -> None:
        seed = ":".join(str(name) for name in names)
        self.roll = Random(seed).random  # noqa: S311 - a made-up company needs no secrets, it needs the same draws again

    def chance(self, share: float) -> bool:
        """True in `share` (0 to 1) of the cases."""
        return self.roll() < share

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends in."""
        return low + int(self.roll() * (high - low + 1))

    def between(self, low: float, high: float) -> float:
        """A number from `low` up to, not including, `high`."""
        return low + self.roll() * (high - low)

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items, each as likely."""
        return items[int(self.roll() * len(items))]
