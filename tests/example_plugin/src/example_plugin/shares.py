"""The function `per_hundred` of the language of rules."""

from __future__ import annotations

from trigpoint import NUMERIC, Function, Parameter


def per_hundred(part: float | None, whole: float | None) -> float | None:
    """The same in Python, by which the template is tested."""
    return None if part is None or not whole else 100 * part / whole


PER_HUNDRED = Function(
    "per_hundred",
    (Parameter("part", NUMERIC), Parameter("whole", NUMERIC)),
    "number",
    "How many of each hundred: per_hundred(3, 12) is 25. No data where the whole is 0.",
    templates={"*": "100 * part / whole"},
    oracle=per_hundred,
)
