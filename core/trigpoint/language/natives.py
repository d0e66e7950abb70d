"""Functions of the engines' own that the templates of plugins may call: an allow-list each, with their types.

They are no part of the language: a rule cannot call them. What they mean is what the engine makes of them, so a function
that is built from them needs its oracle. compile/engines prints them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from trigpoint.model.expression import NUMERIC, ValueType
from trigpoint.model.function import TEXTS, Function, Parameter

_X = Parameter("x", NUMERIC)
_TEXT = Parameter("text", TEXTS)


def _native(
    name: str, parameters: tuple[Parameter, ...], result: ValueType | Literal["first"], meaning: str
) -> Function:
    return Function(name, parameters, result, meaning)


_SQLITE = (
    _native("sign", (_X,), "integer", "-1, 0 or 1."),
    _native("floor", (_X,), "first", "The largest whole number that is not above x."),
    _native("ceil", (_X,), "first", "The smallest whole number that is not below x."),
    _native("exp", (_X,), "number", "e to the power of x; no data where it overflows."),
    _native("mod", (Parameter("a", NUMERIC), Parameter("b", NUMERIC)), "number", "The exact remainder of a / b with the sign of b; no data for b = 0."),
    _native("substr", (_TEXT, Parameter("start", NUMERIC), Parameter("length", NUMERIC)), "text", "The characters from number `start` (the first is 1)."),
    _native("replace", (_TEXT, Parameter("part", TEXTS), Parameter("by", TEXTS)), "text", "The text with each `part` replaced; the text itself if `part` is ''."),
    _native("instr", (_TEXT, Parameter("part", TEXTS)), "integer", "The number of the character at which `part` begins first; 0 if it does not occur."),
)  # fmt: skip  # one line each, to be read as a table

NATIVES: Mapping[str, Mapping[str, Function]] = MappingProxyType(
    {"sqlite": MappingProxyType({function.name: function for function in _SQLITE})}
)
ENGINES = tuple(NATIVES)
