"""What each function means, on plain Python values; None is no data."""

from __future__ import annotations

import math

from oracle import days


def finite(value):
    """Semantics 11: inf and nan are no data."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def rounded(value):
    """Semantics 10: half away from zero to 9 decimals, by one formula; a double from 2^52 / 1e9 on has no more of them."""
    if not isinstance(value, float):
        return value
    if abs(value * 1e9) >= 2**52:
        return value * 1e9 / 1e9
    return math.trunc(value * 1e9 + (0.5 if value >= 0 else -0.5)) / 1e9


def number(value):
    """A number of a scale, guard, gate or `min_n`: rounded, and no data where that is too large for a double."""
    return finite(rounded(finite(value)))


def rounded_to(value: float, digits: int) -> float:
    """`round(x, n)`: half away from zero (semantics 11); a double beyond 2^53 units has no such decimals."""
    scale = 10.0**digits
    if abs(value) * scale >= 2.0**53:
        return value
    return math.trunc(value * scale + (0.5 if value >= 0 else -0.5)) / scale


def divided(a: float, b: float):
    """No data when dividing by zero."""
    return None if b == 0 else a / b


def power(a: float, b: float):
    """Domain errors and overflow are no data."""
    try:
        return math.pow(a, b)
    except (ValueError, OverflowError):
        return None


def call(name: str, args: list, context):
    """A function of the language other than `coalesce`, `nullif` and `in_force`: no data in, no data out."""
    if any(arg is None for arg in args):
        return None
    return finite(FUNCTIONS[name](context, *args))


FUNCTIONS = {
    "abs": lambda _, x: abs(x),
    "round": lambda _, x, digits=0.0: rounded_to(x, int(digits)),
    "least": lambda _, *xs: min(xs),
    "greatest": lambda _, *xs: max(xs),
    "ln": lambda _, x: math.log(x) if x > 0 else None,
    "sqrt": lambda _, x: math.sqrt(x) if x >= 0 else None,
    "power": lambda _, a, b: power(a, b),
    "lower": lambda _, s: s.lower(),
    "upper": lambda _, s: s.upper(),
    "trim": lambda _, s: s.strip(" "),
    "length": lambda _, s: float(len(s)),
    "concat": lambda _, *parts: "".join(parts),
    "contains": lambda _, s, part: part in s,
    "starts_with": lambda _, s, part: s.startswith(part),
    "days_between": lambda _, a, b: float((b - a).days),
    "hours_between": lambda _, a, b: (b - a).total_seconds() / 3600,
    "months_between": lambda _, a, b: float(days.whole_months(a, b)),
    "period": lambda context, d, unit: days.period(d, unit, context.year_start),
    "period_start": lambda context, d, unit: days.first_of_period(d, unit, context.year_start),
    "period_end": lambda context, d, unit: days.last_of_period(d, unit, context.year_start),
    "weekday": lambda _, d: float(d.isoweekday()),
    "as_moment": lambda context, d: days.moment_of(d, context.zone),
    "as_day": lambda context, d: days.day_of(d, context.zone),
}


def percentile(values: list[float], share: float) -> float:
    """Semantics 11: interpolates linearly between the neighbours in the sorted list."""
    values = sorted(values)
    place = share * (len(values) - 1)
    below = math.floor(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)


def standard_deviation(values: list[float]):
    """Of a sample; of one row it is no data (semantics 11), and 0 if all are equal."""
    if len(values) < 2:
        return None
    if min(values) == max(values):
        return 0.0
    mean = sum(values) / len(values)
    return math.sqrt(sum((x - mean) * (x - mean) for x in values) / (len(values) - 1))


def aggregate(name: str, values: list, parameter: float | None, distinct: bool):
    """An aggregate over the values that are data: at least one (semantics 7)."""
    if name == "count":
        return float(len(set(values)) if distinct else len(values))
    if name in ("min", "max"):
        return min(values) if name == "min" else max(values)
    if name == "sum":
        return sum(values)
    if name == "avg":
        return sum(values) / len(values)
    if name == "percentile":
        return percentile(values, parameter)
    assert name == "stddev", name
    return standard_deviation(values)
