"""The functions: what each means, how it is written in the language of rules or an engine's own, and the same in Python.

A template for "*" needs nothing but the language; one for an engine is shorter and quicker there.
"""

from __future__ import annotations

import math

from trigpoint import NUMERIC, Function, Parameter

_X = Parameter("x", NUMERIC)
# `round` goes away from zero at halves, and past the neighbour where doubles have no halves left: both ways are mended.
_FLOOR = "case when round(x) > x then round(x) - 1 when round(x) + 1 <= x then round(x) + 1 else round(x) end"
_CEIL = "case when round(x) < x then round(x) + 1 when round(x) - 1 >= x then round(x) - 1 else round(x) end"


def clamp(x: float | None, low: float | None, high: float | None) -> float | None:
    """`x` between `low` and `high`; None where these are the wrong way round."""
    if x is None or low is None or high is None or low > high:
        return None
    return min(max(x, low), high)


def sign(x: float | None) -> float | None:
    """-1, 0 or 1."""
    return None if x is None else math.copysign(1.0, x) if x else 0.0


def floor(x: float | None) -> float | None:
    """The next whole number downwards."""
    return None if x is None or math.isinf(x) else float(math.floor(x))


def ceil(x: float | None) -> float | None:
    """The next whole number upwards."""
    return None if x is None or math.isinf(x) else float(math.ceil(x))


def exp(x: float | None) -> float | None:
    """e to the power of `x`; None where it overflows."""
    try:
        return None if x is None else math.exp(x)
    except OverflowError:
        return None


def mod(a: float | None, b: float | None) -> float | None:
    """The remainder with the sign of `b`; None for `b` = 0."""
    if a is None or b is None or b == 0 or math.isinf(a):
        return None
    rest = math.fmod(a, b)
    return rest + b if rest and (rest < 0) != (b < 0) else rest


FUNCTIONS = (
    Function(
        "clamp",
        (_X, Parameter("low", NUMERIC), Parameter("high", NUMERIC)),
        "common",
        "x, but no less than low and no more than high. No data if low lies above high.",
        templates={"*": "case when low <= high then least(greatest(x, low), high) end"},
        oracle=clamp,
    ),
    Function(
        "sign",
        (_X,),
        "integer",
        "-1 for a negative number, 0 for 0, 1 for a positive one.",
        templates={"sqlite": "sign(x)", "*": "case when x > 0 then 1 when x < 0 then -1 else 0 end"},
        oracle=sign,
    ),
    Function(
        "floor",
        (_X,),
        "first",
        "The largest whole number that is not above x: floor(2.7) is 2, floor(-2.7) is -3.",
        templates={"sqlite": "floor(x)", "*": _FLOOR},
        oracle=floor,
    ),
    Function(
        "ceil",
        (_X,),
        "first",
        "The smallest whole number that is not below x: ceil(2.1) is 3, ceil(-2.1) is -2.",
        templates={"sqlite": "ceil(x)", "*": _CEIL},
        oracle=ceil,
    ),
    Function(
        "exp",
        (_X,),
        "number",
        "e (2.718...) to the power of x; no data where that overflows, from about x = 710.",
        templates={"sqlite": "exp(x)", "*": "power(2.718281828459045, x)"},
        oracle=exp,
    ),
    Function(
        "mod",
        (Parameter("a", NUMERIC), Parameter("b", NUMERIC)),
        "number",
        "What is left of a divided by b, with the sign of b: mod(7, 3) is 1, mod(-7, 3) is 2, mod(5.5, 2) is 1.5. No data for b = 0.",
        templates={"sqlite": "mod(a, b)"},
        oracle=mod,
    ),
)
