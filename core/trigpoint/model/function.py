"""Functions of the language: one record each, with the one meaning a function has on every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from attrs import field, frozen

from trigpoint.model.expression import ValueType

ANY: frozenset[ValueType] = frozenset({"text", "integer", "number", "boolean", "date", "timestamp"})
ORDERED: frozenset[ValueType] = ANY - {"boolean"}
TEXTS: frozenset[ValueType] = frozenset({"text"})
CONDITIONS: frozenset[ValueType] = frozenset({"boolean"})
TIMES: frozenset[ValueType] = frozenset({"date", "timestamp"})


@frozen
class Parameter:
    """One argument: what types it takes.

    `into` is the type a date or timestamp is turned into; a `literal` must be written out; a `repeated` one may
    follow any number of times.
    """

    name: str
    types: frozenset[ValueType] = ANY
    into: ValueType | None = None
    literal: bool = False
    optional: bool = False
    repeated: bool = False


@frozen
class Function:
    """A function of the language.

    `result` is a type, or "first" (that of the first argument), or "common" (the one type that holds all arguments,
    which are turned into it), or "column" (that of the column which is looked up). `meaning` is what the docs print and the conformance table proves.

    A plugin's function has `templates`: for each engine, or "*" for all, an expression over the parameters' names, in the
    language of rules and with the engine's own functions that are allowed; and an `oracle`, which gives the same in Python
    (None is no data), so that it can be tested. `failed` says why a plugin that may have it is not there: whatever calls it
    is an error then.
    """

    name: str
    parameters: tuple[Parameter, ...]
    result: ValueType | Literal["first", "common", "column"]
    meaning: str = field(eq=False)
    aggregate: bool = False
    templates: Mapping[str, str] = field(factory=dict)
    oracle: Callable[..., object] | None = field(default=None, eq=False)
    failed: str | None = None

    @property
    def signature(self) -> str:
        """How it is written: `round(x [, n])`, `coalesce(a, b, ...)`."""
        text = ""
        for parameter in self.parameters:
            comma = ", " if text else ""
            name = f"{comma}{parameter.name}"
            text += f" [{name}]" if parameter.optional else f"{comma}..." if parameter.repeated else name
        return f"{self.name}({text})"

    @property
    def least(self) -> int:
        """The fewest arguments it takes."""
        return sum(1 for parameter in self.parameters if not parameter.optional and not parameter.repeated)

    @property
    def most(self) -> int | None:
        """The most arguments it takes; None for any number."""
        return None if any(parameter.repeated for parameter in self.parameters) else len(self.parameters)

    def parameter(self, position: int) -> Parameter:
        """The parameter that takes the argument at a position (0 is the first)."""
        return self.parameters[min(position, len(self.parameters) - 1)]
