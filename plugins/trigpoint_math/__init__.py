"""Functions of numbers for the language of rules: clamp, sign, floor, ceil, exp, mod."""

from __future__ import annotations

from trigpoint import Function, hookimpl
from trigpoint_math.functions import FUNCTIONS


@hookimpl
def trigpoint_functions() -> tuple[Function, ...]:
    """Offer the functions."""
    return FUNCTIONS
