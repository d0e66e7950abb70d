"""Queries of plugins: their form among the settings, and their steps bound by the binder of the language itself."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import define, field

from trigpoint.language import RESERVED_NAMES, ExpressionError, Fault, Scope, bind, closest, is_name
from trigpoint.model.bound_query import BoundColumns, BoundGroup, BoundQuery, BoundRank, BoundStep, BoundWhere
from trigpoint.model.expression import Expression, Scalar, ValueType
from trigpoint.model.function import ORDERED, Function
from trigpoint.model.query import GroupBy, Query, Rank, Step, Where, WithColumns

STEPS, COLUMNS = 16, 64  # the most of a query, and of one of its steps
Refuse = Callable[[str, str, str | None], object]  # takes code, text and hint
_LONGEST = 1000  # characters of a text among the settings
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_UNFIT = "a setting that is no finite number, no short text and no truth value"
_NO_ORDER = "the rows of a query lie in no order of time"


def query_settings(query: Query) -> dict[str, object]:
    """A query as lists, tables and texts."""
    found: dict[str, object] = {"steps": [_step_settings(step) for step in query.steps]}
    return found if query.result is None else found | {"value": query.result}


def _step_settings(step: Step) -> dict[str, object]:
    match step:
        case Where(condition):
            return {"where": condition}
        case WithColumns(columns):
            return {"with_columns": dict(columns)}
        case GroupBy(by, columns):
            return {"group_by": list(by), "columns": dict(columns)}
    return {"ranked": step.column, "descending" if step.descending else "ascending": step.by}


def query_of(settings: Mapping[str, Any]) -> Query:
    """The query that `query_settings` wrote down."""
    return Query(tuple(_step(each) for each in settings["steps"]), settings.get("value"))


def _step(found: Mapping[str, Any]) -> Step:
    if "where" in found:
        return Where(found["where"])
    if "with_columns" in found:
        return WithColumns(found["with_columns"])
    if "group_by" in found:
        return GroupBy(tuple(found["group_by"]), found["columns"])
    descending = "descending" in found
    return Rank(found["ranked"], found["descending" if descending else "ascending"], descending)


def bind_query(
    query: Query,
    inputs: Mapping[str, ValueType],
    settings: Mapping[str, object],
    wanted: ValueType,
    functions: Mapping[str, Function],
    *,
    refuse: Refuse,
) -> BoundQuery | None:
    """The query over columns `inputs`, with plain settings as literals; None after each fault was told to `refuse`.

    Settings that are inputs are columns. `functions` are those of plugins. Goes on to the end of the first step that has faults: later ones read its columns.
    """
    binding = _Binding(dict(inputs), settings, functions)
    steps: list[BoundStep] = []
    binding.check_size(query)
    for number, step in enumerate(query.steps, 1):
        if binding.faults:
            break
        binding.where = f"step {number} ({_WORDS[type(step)]})"
        if bound := binding.step(step):
            steps.append(bound)
    value = None if binding.faults else binding.value(query.result, wanted)
    for fault in binding.faults:
        refuse(*fault)
    return None if value is None or binding.faults else BoundQuery(tuple(steps), value)


_WORDS: Mapping[type[Step], str] = {Where: "where", WithColumns: "with_columns", GroupBy: "group_by", Rank: "ranked"}


@define
class _Binding:
    """Goes from step to step; `columns` are those that the rows have by now, `where` is the step at hand."""

    columns: dict[str, ValueType]
    settings: Mapping[str, object]
    functions: Mapping[str, Function]
    where: str = "the query"
    faults: list[tuple[str, str, str | None]] = field(factory=list)

    def step(self, step: Step) -> BoundStep | None:
        """The step, if it is sound; the columns are then those after it."""
        match step:
            case Where(condition):
                found = self.expression("", condition, expect="boolean")
                return BoundWhere(found) if found else None
            case WithColumns(columns):
                return self.with_columns(columns)
            case GroupBy(by, columns):
                return self.group_by(by, columns)
        return self.ranked(step)

    def with_columns(self, columns: Mapping[str, str]) -> BoundColumns | None:
        added = self.named(columns, self.columns, aggregates=False)
        if not columns:
            self.fault("TP179", "it adds no column", "write .with_columns(total='a + b')")
        self.columns |= {name: each.type for name, each in added.items()}
        return None if self.faults else BoundColumns(added)

    def group_by(self, by: tuple[str, ...], columns: Mapping[str, str]) -> BoundGroup | None:
        for position, name in enumerate(by):
            if name in by[:position]:
                self.fault("TP179", f"column '{name}' stands there twice")
            elif name not in self.columns:
                self.fault("TP178", f"unknown column '{name}'", closest(name, self.columns))
        added = self.named(columns, by, aggregates=True)
        if not self.faults:
            self.columns = {name: self.columns[name] for name in by} | {name: each.type for name, each in added.items()}
        return None if self.faults else BoundGroup(by, added)

    def ranked(self, step: Rank) -> BoundRank | None:
        self.check_name(step.column, self.columns)
        by = self.expression(f"column '{step.column}'", step.by)
        if by and by.type not in ORDERED:
            self.fault("TP178", "conditions have no order", "rank by case when ... then 1 else 0 end")
        if by is None or self.faults:
            return None
        self.columns[step.column] = "integer"
        return BoundRank(step.column, by, step.descending)

    def value(self, text: str | None, wanted: ValueType) -> Expression | None:
        """What the query as a whole gives."""
        self.where = "the value"
        if text is None:
            self.fault("TP179", "there is none", "end the query with .value('sum(x)')")
            return None
        found = self.expression("", text, aggregates=True)
        if found and found.type != wanted and not (found.type == "integer" and wanted == "number"):
            self.fault("TP178", f"it is of type {found.type}, and {wanted} is declared", f"declare type='{found.type}'")
        return found

    def named(self, columns: Mapping[str, str], taken: object, *, aggregates: bool) -> dict[str, Expression]:
        """Expressions of new columns, by name; all are bound to the columns that were there before."""
        bound = {}
        for name, text in columns.items():
            self.check_name(name, taken)
            found = self.expression(f"column '{name}'", text, aggregates=aggregates)
            if found is not None:
                bound[name] = found
        return bound

    def expression(self, what: str, text: str, *, aggregates: bool = False, expect: Any = "any") -> Expression | None:
        constants = {name: value for name, value in _constants(self.settings) if name not in self.columns}
        scope = Scope(
            columns=self.columns,
            constants=constants,
            elsewhere={name: _UNFIT for name in self.settings if name not in constants},
            functions=self.functions,
            aggregates=aggregates,
            latest=_NO_ORDER,
        )
        try:
            return bind(text, scope, expect)
        except ExpressionError as error:
            for fault in error.faults:
                told, hint = _told(fault)
                self.fault("TP178", f"{what}: {told}" if what else told, hint)
            return None

    def check_name(self, name: str, taken: object) -> None:
        """A new column has a name of its own, of the letters that all names have."""
        if not is_name(name) or name in RESERVED_NAMES:
            self.fault("TP179", f"'{name}' is no name of a column", "write small letters, digits and single _")
        elif name in taken:  # type: ignore[operator]  # some collection of names
            self.fault("TP179", f"column '{name}' is there already", "choose another name")
        elif name in self.settings:
            self.fault("TP179", f"'{name}' is a setting, and cannot be a column as well", "choose another name")

    def check_size(self, query: Query) -> None:
        """No query is longer, or wider, than somebody could read."""
        if len(query.steps) > STEPS:
            self.fault("TP179", f"it has {len(query.steps)} steps, and {STEPS} are enough")
        for each in query.steps:
            if isinstance(each, WithColumns | GroupBy) and len(each.columns) > COLUMNS:
                self.fault("TP179", f"a step makes {len(each.columns)} columns, and {COLUMNS} are enough")

    def fault(self, code: str, text: str, hint: str | None = None) -> None:
        self.faults.append((code, f"{self.where}: {text}", hint))


def _told(fault: Fault) -> tuple[str, str | None]:
    """Text and hint of a fault; what the language says of the metrics of rules is said of queries."""
    if fault.code == "TP230":
        name = fault.text.partition(" ")[0]
        return f"{name} is an aggregate, which stands in group_by and value, and not inside another one", None
    return fault.text.replace("the value of a table metric needs", "it needs"), fault.hint


def _constants(settings: Mapping[str, object]) -> Iterator[tuple[str, Scalar]]:
    """The settings that an expression may name: numbers, truth values, and texts that could stand in a rule."""
    for name, value in settings.items():
        if isinstance(value, bool) or (
            isinstance(value, str) and len(value) <= _LONGEST and not _UNPRINTABLE.search(value)
        ):
            yield name, value
        elif isinstance(value, int | float) and abs(value) < 1e300 and math.isfinite(value):
            yield name, float(value)
