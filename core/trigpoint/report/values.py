"""Values as people write them: thousands apart, no needless decimals, with their unit."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trigpoint.model.explanation import Quantity
    from trigpoint.model.expression import Scalar, ValueType

NO_DATA = "no data"
SHARES = frozenset({"ratio", "share"})  # 0.3 is shown as 30 %


def show(quantity: Quantity) -> str:
    """A value in words: '12 of 40 (30 %)', '120,000 USD', 'no data'."""
    text = show_value(quantity.value, quantity.type, quantity.unit)
    if quantity.parts is None:
        return text
    upper, lower = (plain_number(part) if isinstance(part, float) else str(part) for part in quantity.parts)
    return f"{upper} of {lower} ({text})"


def trace(quantity: Quantity) -> str:
    """A value with how it was computed: '0.867 = 1 - active / seats (active = 16 users, seats = 120)'."""
    if quantity.parts or quantity.formula is None:
        return show(quantity)
    read = ", ".join(f"{name} = {trace(each)}" for name, each in quantity.inputs.items())
    return f"{show(quantity)} = {quantity.formula}{f' ({read})' if read else ''}"


def show_value(value: Scalar | None, kind: ValueType = "number", unit: str | None = None) -> str:
    """One value by its type and unit."""
    if value is None:
        return NO_DATA
    if kind == "boolean":
        return "yes" if value else "no"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return show_day(value) if isinstance(value, dt.date) else str(value)
    if unit in SHARES:
        return f"{plain_number(value * 100, 1)} %"
    if unit in ("percent", "%"):
        return f"{plain_number(value)} %"
    return f"{plain_number(value)} {_unit(unit, value)}" if unit else plain_number(value)


def _unit(unit: str, value: float) -> str:
    """'1 meeting', '2 meetings', '1 point of 10'."""
    noun, space, rest = unit.partition(" ")
    one = value == 1 and noun.endswith("s") and not noun.endswith("ss")
    return f"{noun[:-1]}{space}{rest}" if one else unit


def plain_number(value: float, decimals: int | None = None) -> str:
    """'1,234', '0.25', '41.5': as many decimals as say something, at most `decimals`."""
    size = abs(value)
    places = decimals if decimals is not None else 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 1 else 3
    text = f"{value:,.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def points(value: float | None) -> str:
    """Points and scores: one decimal always, so that columns line up."""
    return "–" if value is None else f"{value:.1f}".replace("-0.0", "0.0")


def percent(share: float | None) -> str:
    """A share of 0 to 1 as a whole percentage."""
    return "–" if share is None else f"{plain_number(share * 100, 0 if share >= 0.1 or share == 0 else 1)} %"


def show_day(day: dt.date) -> str:
    """'31 March 2026'."""
    return f"{day.day} {day:%B %Y}"


def with_article(noun: str) -> str:
    """'an opportunity', 'a risk'."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def words(name: str) -> str:
    """A name of the rules as people say it: 'at_risk' is 'at risk'."""
    return name.replace("_", " ")
