"""Every function of the language, with its one meaning. The docs print this table; the conformance table proves it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from trigpoint.model.expression import NUMERIC, ValueType
from trigpoint.model.function import ANY, CONDITIONS, ORDERED, TEXTS, TIMES, Function, Parameter

_X = Parameter("x", NUMERIC)
_TEXT = Parameter("text", TEXTS)
_DAY = Parameter("d", TIMES, into="date")
_DAYS = (Parameter("a", TIMES, into="date"), Parameter("b", TIMES, into="date"))
_MOMENTS = (Parameter("a", TIMES, into="timestamp"), Parameter("b", TIMES, into="timestamp"))
_VALUE = Parameter("x", ANY)
_METRIC = Parameter("metric")  # its bare name
Result = ValueType | Literal["first", "common", "column"]


def _several(types: frozenset[ValueType]) -> tuple[Parameter, ...]:
    return Parameter("a", types), Parameter("b", types), Parameter("more", types, repeated=True)


def _scalar(name: str, parameters: tuple[Parameter, ...], result: Result, meaning: str) -> Function:
    return Function(name, parameters, result, meaning)


def _aggregate(name: str, parameters: tuple[Parameter, ...], result: Result, meaning: str) -> Function:
    return Function(name, parameters, result, meaning, aggregate=True)


_ALL = (
    # missing data and choice
    _scalar("coalesce", _several(ANY), "common", "The first argument that has data; no data if none has. A date beside timestamps counts as its midnight."),
    _scalar("nullif", (Parameter("a"), Parameter("b")), "common", "No data if a equals b, else a. If b is no data: a. Texts are compared case-sensitively."),
    _scalar("least", _several(ORDERED), "common", "The smallest argument; no data if any argument is no data (write coalesce where you mean otherwise). Texts go by code point, so 'Z' comes before 'a'."),
    _scalar("greatest", _several(ORDERED), "common", "The largest argument; no data if any argument is no data. Texts go by code point."),
    # numbers
    _scalar("abs", (_X,), "first", "The number without its sign; abs(0) is 0."),
    _scalar("round", (_X, Parameter("n", NUMERIC, literal=True, optional=True)), "first", "Rounded to n decimals (a written whole number from 0 to 9; 0 if left out), halves away from zero: round(2.5) is 3, round(-2.5) is -3. It works on doubles: 1.005 is a little less than it looks, so round(1.005, 2) is 1. Numbers of 2^53 / 10^n and more stay as they are."),
    _scalar("ln", (_X,), "number", "Natural logarithm; no data for 0 and below."),
    _scalar("sqrt", (_X,), "number", "Square root; no data below 0; sqrt(0) is 0."),
    _scalar("power", (Parameter("x", NUMERIC), Parameter("y", NUMERIC)), "number", "x to the power of y; power(0, 0) is 1. No data for 0 to a negative power, for a negative x with a broken y, and where the result overflows."),
    # texts
    _scalar("lower", (_TEXT,), "text", "In lower case, all of Unicode: lower('ÄRGER') is 'ärger'."),
    _scalar("upper", (_TEXT,), "text", "In upper case, all of Unicode, where one letter may become two: upper('straße') is 'STRASSE'."),
    _scalar("trim", (_TEXT,), "text", "Without the spaces at both ends (the plain space only, not tabs or line ends). What is left may be the empty text '', which is a text and not no data."),
    _scalar("length", (_TEXT,), "integer", "The number of characters (Unicode code points, not bytes): length('naïve') is 5, length('') is 0."),
    _scalar("concat", _several(TEXTS), "text", "The texts one after the other; no data if any is no data."),
    _scalar("contains", (_TEXT, Parameter("part", TEXTS)), "boolean", "Whether part occurs in text, case-sensitively; every text contains ''."),
    _scalar("starts_with", (_TEXT, Parameter("start", TEXTS)), "boolean", "Whether text begins with start, case-sensitively; every text begins with ''."),
    # time
    _scalar("days_since", (_DAY,), "integer", "Calendar days from d to as_of, negative if d lies after it. A timestamp counts as its day in the project's zone."),
    _scalar("days_until", (_DAY,), "integer", "Calendar days from as_of to d, negative if d lies before it."),
    _scalar("days_between", _DAYS, "integer", "Calendar days from a to b, that is b - a: negative if b is earlier, 0 on the same day. Timestamps count as their days in the project's zone."),
    _scalar("hours_between", _MOMENTS, "number", "Hours from a to b with fractions, as they pass (a day of a clock change has 23 or 25); negative if b is earlier. A date counts as its midnight in the project's zone."),
    _scalar("months_between", _DAYS, "integer", "Whole months completed from a to b: the largest n with a + n months <= b, where a month's step lands on the last day of a shorter month (31 January to 28 February is 1, 29 February 2024 to 28 February 2025 is 12). If b is earlier: -months_between(b, a)."),
    _scalar("period", (_DAY, Parameter("unit", TEXTS, literal=True)), "text", "The 'month', 'quarter' or 'year' (written out) that d lies in: '2026-03', '2026-Q1', '2026'. Quarters and years are those of the fiscal year, which is named after the calendar year in which it ends; months are calendar months. Texts in the order of time."),
    _scalar("period_start", (_DAY, Parameter("unit", TEXTS, literal=True)), "date", "The first day of the 'month', 'quarter' or 'year' (written out) that d lies in: period_start(date '2026-05-17', 'quarter') is 2026-04-01. Quarters and years are those of the fiscal year."),
    _scalar("period_end", (_DAY, Parameter("unit", TEXTS, literal=True)), "date", "The last day of the 'month', 'quarter' or 'year' (written out) that d lies in: period_end(date '2026-05-17', 'quarter') is 2026-06-30. Quarters and years are those of the fiscal year."),
    _scalar("weekday", (_DAY,), "integer", "1 for Monday to 7 for Sunday."),
    _scalar("lookup", (Parameter("name"), Parameter("key", TEXTS), Parameter("more", TEXTS, repeated=True)), "column", "The value that the lookup of that name holds for a key, as of the date its `at` says: of the rows with that key the newest one. No data if a key is no data, if there is no such row, and if its value is blank."),
    _scalar("in_force", (), "boolean", "Whether the row holds on as_of, by the `in_force` of its table: from <= as_of, and as_of <= to ('last day') or as_of < to ('first day without'). A blank edge is open, so it is never no data."),
    # metrics at other times
    _scalar("previous", (_METRIC,), "first", "The metric over the stretch just before its window: (as_of - 2n, as_of - n]; for `to date` the same stretch of the period before. Table metrics with a window that looks back only."),
    _scalar("ago", (_METRIC, Parameter("length", TEXTS, literal=True)), "first", "The metric as of an earlier date: as_of less a length ('12 months', to the last day of a shorter month), or the opening edge of a window ('quarter to date' is the day before the quarter began). Everything the metric looks at moves. No data where it reaches before `since`."),
    # aggregates
    _aggregate("count", (_VALUE,), "integer", "count(*): the rows that pass. count(x): those in which x has data. count(distinct x): the different values of x, case-sensitively. If rows pass and x has data in none of them: no data."),
    _aggregate("sum", (_X,), "first", "The sum over the rows in which x has data; no data if there are none, or if it overflows."),
    _aggregate("avg", (_X,), "number", "The mean over the rows in which x has data; no data if there are none."),
    _aggregate("min", (Parameter("x", ORDERED),), "first", "The smallest x that has data; texts by code point; no data if there is none."),
    _aggregate("max", (Parameter("x", ORDERED),), "first", "The largest x that has data; texts by code point; no data if there is none."),
    _aggregate("median", (_X,), "number", "percentile(x, 0.5): of an even number of values the mean of the two in the middle."),
    _aggregate("percentile", (_X, Parameter("p", NUMERIC, literal=True)), "number", "The value below which the share p (written out, 0 to 1) of the values lies, straight between neighbours: at position p * (count - 1) of the sorted values. No data if none has data."),
    _aggregate("stddev", (_X,), "number", "Standard deviation of a sample (divided by count - 1) over the rows in which x has data; 0 if all are equal; no data for fewer than two."),
    _aggregate("latest", (_VALUE,), "first", "x of the row with the greatest `time` among those in which both have data; of several the greatest `key`. The table needs `time` and `key`."),
    _aggregate("earliest", (_VALUE,), "first", "x of the row with the least `time` among those in which both have data; of several the least `key`. The table needs `time` and `key`."),
    _aggregate("share", (Parameter("condition", CONDITIONS),), "number", "The rows in which the condition is true, divided by all rows that pass; a condition without data is not true."),
)  # fmt: skip  # one line each, to be read as a table

FUNCTIONS: Mapping[str, Function] = MappingProxyType({function.name: function for function in _ALL})
