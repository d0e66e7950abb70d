"""The table of exchange rates: what a unit of a currency is worth in dollars, week by week."""

from __future__ import annotations

from collections.abc import Iterator

from trigpoint import Cell
from trigpoint_demo.dice import Dice
from trigpoint_demo.story import DAY, Company

Row = tuple[Cell, ...]

RATES = ("currency", "day", "rate")
_FIRST = {"USD": 1.0, "EUR": 1.08, "GBP": 1.27, "BRL": 0.19, "JPY": 0.0067}
A_YEAR = 371 * DAY  # before the history, for comparisons with a year ago


def rates(company: Company) -> Iterator[Row]:
    """Each Monday; the dollar is always worth one."""
    first = company.start - A_YEAR
    for currency, rate in _FIRST.items():
        dice, day, value = Dice(company.seed, "rate", currency), first - first.weekday() * DAY, rate
        while day <= company.until:
            yield (currency, day, round(value, 6))
            moved = dice.between(0.986, 1.0142)
            value, day = value * (1.0 if currency == "USD" else moved), day + 7 * DAY
