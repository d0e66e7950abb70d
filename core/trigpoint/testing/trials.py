"""What the checks of a contract try with a metric: a failure is told in words, and ends the test."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from trigpoint.errors import TrigpointError
from trigpoint.model.offer import FunctionMetric
from trigpoint.model.source import Cell
from trigpoint.testing.cost import ENOUGH, enough_rows, more_rows, more_subjects, steps_of_python
from trigpoint.testing.direct import Direct, Given, Values, answered, part_of, values_of
from trigpoint.testing.metric_case import MetricCase
from trigpoint.testing.stated import fail as tell

CLOSE = 1e-9  # how far a number may be from the expected one, relatively


def fail(case: MetricCase, text: str) -> NoReturn:
    """End the test: what the metric does."""
    tell(f"metric '{case.name}' {text}")


def computed(
    case: MetricCase,
    rows: Sequence[Mapping[str, Cell]] | None = None,
    how: str = "cannot be computed",
    *,
    warehouse: str = "sqlite",
    in_worker: bool = False,
) -> Values:
    """The values over some rows; a function is called in this process, unless it is to run as it does every night."""
    metric = None if in_worker else case.function()
    try:
        return case.values(rows, warehouse=warehouse, direct=Direct(metric) if metric else None)
    except TrigpointError as error:
        fail(case, f"{how}: {error}")
    except (Exception, SystemExit) as error:  # noqa: BLE001  # a stranger's code may raise anything
        fail(case, f"{how}: {type(error).__name__}: {error}")


def given_to(case: MetricCase, metric: FunctionMetric) -> list[Given]:
    """What the function is given for the rows of the case."""
    given = case.given_to(metric)
    if not given:
        fail(case, f"is given nothing: none of the {len(case.rows)} rows exists on {case.as_of}, or `where` takes none")
    return given


def all_values(metric: FunctionMetric, given: Sequence[Given]) -> Values:
    """The values for all batches, computed in this process."""
    found: Values = {}
    for each in given:
        found |= values_of(metric, each.rows, each.request)
    return found


def consumed(metric: FunctionMetric, given: Given) -> None:
    """Call the function and take all it gives."""
    answered(metric, given.rows, given.request)


def pair_of(case: MetricCase, pair: object) -> tuple[Any, Any]:
    """Key and value, if they are a pair."""
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        fail(case, f"gave a {type(pair).__name__} that is no pair of key and value")
    return pair[0], pair[1]


def costs(case: MetricCase, metric: FunctionMetric) -> list[tuple[str, int, int]]:
    """For each way to have more rows: what it is, and the steps of the function for some rows and for twice as many."""
    given = given_to(case, metric)[0]
    rows = enough_rows(given.rows.counts)
    subjects = max(1, -(-ENOUGH // len(given.rows.keys)))
    several = part_of(given.rows, set(given.rows.keys[:4]))
    found = []
    for what, base, twice in (
        ("twice the rows", more_rows(several, rows), more_rows(several, 2 * rows)),
        ("twice the subjects", more_subjects(given.rows, subjects), more_subjects(given.rows, 2 * subjects)),
    ):
        answered(metric, base, given.request)  # what is done once, such as imports, is not counted
        first, second = (
            steps_of_python(lambda each=each: answered(metric, each, given.request))  # type: ignore[misc]
            for each in (base, twice)
        )
        found.append((what, first, second))
    return found


def query_costs(case: MetricCase) -> list[tuple[str, int, int]]:
    """The same for a query."""
    copies = enough_rows([sum(1 for row in case.rows if row.get(case.owner) is not None)])
    base = [row for row in case.rows for _ in range(copies)]
    return [("twice the rows", case.steps(base), case.steps([*base, *base]))]


def close_to(expected: Any, found: Any) -> bool:
    """Whether two values are the same, numbers but for the last bits."""
    if isinstance(expected, float) and isinstance(found, float):
        return math.isclose(expected, found, rel_tol=CLOSE, abs_tol=CLOSE)
    return bool(expected == found)
