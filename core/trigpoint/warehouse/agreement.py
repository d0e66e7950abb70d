"""Whether a function of a plugin gives on an engine what its oracle gives in Python: for arguments that are made for it."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import random
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing

from attrs import evolve, frozen

from trigpoint.compile.engines.sqlite import SQLITE
from trigpoint.compile.expressions import Emitter
from trigpoint.language import FUNCTIONS, Scope, bind, unparse
from trigpoint.language.offered import type_combinations
from trigpoint.model.expression import Column, Literal, Node, ValueType
from trigpoint.model.function import Function
from trigpoint.warehouse.functions import register
from trigpoint.warehouse.sqlite import Session

Value = float | str | bool | dt.date | dt.datetime | None
ROWS = 500  # of arguments for each combination of types
RELATIVE = 1e-9  # how far numbers may lie apart
_SECONDS = 60
_NUMBERS = (0.0, 1.0, -1.0, 0.5, -0.5, 2.5, -2.5, 7.0, -7.0, 0.1, 1e-9, -1e-300, 709.0, 710.0, -746.0, 123456.789, 2.0**52 + 1, -(2.0**52) - 1, 2.0**53, 1e15, -1e300, 1.7e308)  # fmt: skip
_TEXTS = ("", "a", "A", " b ", "it's", "straße", "ÄRGER", "日本", "\U0001f600 x", "no data", "0", "%_\\", "long " * 60)
_DAYS = tuple(map(dt.date.fromisoformat, "0001-01-01 1970-01-01 2024-02-29 2026-03-31 2026-12-31 9999-12-31".split()))
_TIMES = ((0, 0, 0), (12, 30, 15), (23, 59, 59))


@frozen
class Difference:
    """Arguments for which the two do not agree. `expected` is the oracle's answer, or what it raised."""

    function: str
    arguments: tuple[Value, ...]
    expected: object
    found: object

    def __str__(self) -> str:
        shown = ", ".join("no data" if each is None else repr(each) for each in self.arguments)
        return f"{self.function}({shown}): the engine gives {_shown(self.found)}, the oracle {_shown(self.expected)}"


def compare_with_oracle(function: Function, engine: str = "sqlite", rows: int = ROWS) -> tuple[Difference, ...]:
    """Where the function's template on an engine and its oracle disagree; nothing, for one that is right.

    For each combination of the types that the parameters take, `rows` rows of arguments are tried: no data, zero, negative,
    huge and broken numbers, texts beyond ASCII, dates at the edges of the calendar; the same ones each time. Numbers agree
    to a relative 1e-9; inf and nan are no data on both sides. Raises RulesError where a template cannot be used.
    """
    if engine != "sqlite":
        raise ValueError(f"no warehouse of '{engine}' is at hand")
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        register(connection, "UTC")
        found = [
            each
            for types in type_combinations(function)
            for literals in _literals(function, types)
            for each in _compared(connection, function, types, literals, rows)
        ]
    return tuple(found)


def _literals(function: Function, types: Mapping[str, ValueType]) -> Iterator[dict[str, Value]]:
    """What is written out for the literal parameters: a few values of each."""
    names = [each.name for each in function.parameters if each.literal]
    few = [[each for each in _values(types[name]) if each is not None][:4] for name in names]
    for values in itertools.product(*few):
        yield dict(zip(names, values, strict=True))


def _compared(
    connection: sqlite3.Connection,
    function: Function,
    types: Mapping[str, ValueType],
    literals: Mapping[str, Value],
    count: int,
) -> Iterator[Difference]:
    names = [each.name for each in function.parameters]
    arguments = [
        tuple(literals.get(name, value) for name, value in zip(names, row, strict=True))
        for row in _rows([types[name] for name in names], count)
    ]
    kind, answers = _answers(connection, function, types, literals, arguments)
    for row, answer in zip(arguments, answers, strict=True):
        expected, found = _asked(function, row), _read(answer, kind)
        if not _same(expected, found):
            yield Difference(function.name, row, expected, found)


def _answers(
    connection: sqlite3.Connection,
    function: Function,
    types: Mapping[str, ValueType],
    literals: Mapping[str, Value],
    arguments: Sequence[Sequence[Value]],
) -> tuple[ValueType, list[object]]:
    """The type of the call, and what the engine makes of each row of arguments, behind the third wall."""
    columns = [each.name for each in function.parameters]
    connection.execute("DROP TABLE IF EXISTS arguments")
    connection.execute(f"CREATE TABLE arguments ({', '.join(['number', *(f'c_{name}' for name in columns)])})")
    kept = [(number, *map(_kept, row)) for number, row in enumerate(arguments)]
    connection.executemany(f"INSERT INTO arguments VALUES ({', '.join('?' * (len(columns) + 1))})", kept)
    scope = Scope(columns=types, functions={**FUNCTIONS, function.name: function})
    written = ", ".join(_written(literals[name]) if name in literals else name for name in columns)
    expression = bind(f"{function.name}({written})", scope)
    session = Session(connection, time.monotonic() + _SECONDS)
    session.confine(["arguments"])
    try:
        text = _printed(expression.tree, function)
        found = session.run(f"SELECT {text} FROM arguments ORDER BY number", function.name)
    finally:
        connection.set_authorizer(None)
        connection.set_progress_handler(None, 0)
        if connection.in_transaction:
            connection.execute("COMMIT")
    return expression.type, [cell for (cell,) in found]


def _printed(tree: Node, function: Function) -> str:
    engine = evolve(SQLITE, plugged={function.name: function})

    def refer(node: Node) -> str:
        assert isinstance(node, Column)  # noqa: S101  # the scope knows no other names
        return f"c_{node.name}"

    text = Emitter(engine, dt.date(2026, 3, 31), 1, refer).print(tree)
    return engine.finite(text) if tree.type in ("number", "integer") else text


def _written(value: Value) -> str:
    """A value as it is written out in a rule; a moment cannot be."""
    return "" if value is None or isinstance(value, dt.datetime) else unparse(Literal(value))


def _rows(kinds: Sequence[ValueType], count: int) -> Iterable[tuple[Value, ...]]:
    """Every combination of the values that are worth a try where these are few, else a sample; always the same one."""
    values = [_values(kind) for kind in kinds]
    if math.prod(len(each) for each in values) <= count:
        return itertools.product(*values)
    chosen = random.Random(len(kinds))  # noqa: S311  # no secret: a sample
    alike = (tuple(each[place % len(each)] for each in values) for place in range(max(map(len, values))))
    sample = (tuple(_any(chosen, each) for each in values) for _ in range(count))
    return itertools.islice(itertools.chain(alike, sample), count)


def _any(chosen: random.Random, values: Sequence[Value]) -> Value:
    """One of the values, or a number of no special sort."""
    found = chosen.choice(values)
    return (
        round(chosen.uniform(-100, 100), 3)
        if isinstance(found, float) and chosen.random() < 0.3 and 0.1 in values
        else found
    )


def _values(kind: ValueType) -> Sequence[Value]:
    match kind:
        case "text":
            return (None, *_TEXTS)
        case "boolean":
            return (None, True, False)
        case "integer":
            return (None, *(each for each in _NUMBERS if each.is_integer() and abs(each) <= 2**53))
        case "number":
            return (None, *_NUMBERS)
        case "date":
            return (None, *_DAYS)
        case "timestamp":
            moments = [
                dt.datetime.combine(day, dt.time(*time), dt.UTC) for day, time in itertools.product(_DAYS, _TIMES)
            ]
            return (None, *moments)


def _kept(value: Value) -> float | str | None:
    """The value as the warehouse keeps it."""
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0")
    if isinstance(value, dt.date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def _read(cell: object, kind: ValueType) -> object:
    if cell is None:
        return None
    match kind:
        case "boolean":
            return bool(cell)
        case "date":
            return dt.date.fromisoformat(str(cell))
        case "timestamp":
            return dt.datetime.fromisoformat(f"{cell}+00:00")
    return cell


def _asked(function: Function, arguments: Sequence[Value]) -> object:
    """What the oracle says; what it raises is an answer too, and never the right one."""
    assert function.oracle is not None  # noqa: S101  # checked when the plugin was loaded
    try:
        found = function.oracle(*arguments)
    except Exception as error:  # noqa: BLE001  # whatever a stranger's function raises
        return error
    return None if isinstance(found, float) and not math.isfinite(found) else found


def _same(expected: object, found: object) -> bool:
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return math.isclose(expected, found, rel_tol=RELATIVE, abs_tol=1e-300)
    return type(expected) is type(found) and expected == found


def _shown(value: object) -> str:
    if isinstance(value, Exception):
        return f"raises {type(value).__name__}: {value}"
    return "no data" if value is None else repr(value)
