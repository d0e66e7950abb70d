"""The suite that every metric must pass."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from trigpoint.errors import RulesError
from trigpoint.model.offer import FunctionMetric, MetricRows
from trigpoint.testing.clock_watch import clock_reads
from trigpoint.testing.cost import MOST
from trigpoint.testing.declaration import gaps, misfits
from trigpoint.testing.direct import Values, part_of, values_of
from trigpoint.testing.elsewhere import computed_elsewhere
from trigpoint.testing.metric_case import MetricCase, as_mapping, difference, shown
from trigpoint.testing.small_warehouse import Row
from trigpoint.testing.stated import look_over, metric_faults, plugin_name, registry_for
from trigpoint.testing.trials import (
    all_values,
    close_to,
    computed,
    consumed,
    costs,
    fail,
    given_to,
    pair_of,
    query_costs,
)
from trigpoint.testing.warehouses import WAREHOUSES
from trigpoint.workers.values import NoNumberError, UnfitError, kept

NOTHING: Mapping[str, Any] = {}
ALONE = 8  # subjects that are computed by themselves


class MetricContract:
    """Subclass it in a test module and say what the metric is given and what comes of it; pytest runs the suite.

        class TestMood(MetricContract):
            plugin = "acme"
            metric = "mood"
            table = {"account_id": "text", "day": "date", "stars": "integer"}
            rows = [("A-1", dt.date(2026, 3, 1), 4), ("A-1", dt.date(2026, 3, 9), 2)]
            settings = {"stars": "stars"}
            as_of = dt.date(2026, 3, 31)
            expect = {"A-1": 3.0}

    `plugin` is the name of an installed plugin, or the `Path` of a local one, from the folder in which pytest runs. Cells are typed:
    dates are `date`, and no texts. `table` are the columns of the table that is
    given, `rows` its rows: mappings, or cells in the order of the columns. `owner` is the column with the key of the
    subject, `time` the one that says when (None: the table has none), `known` one that says since when a row is known.
    `settings`, `window` and `where` are those of the rule. `expect` has the value of each subject, None for no data;
    who is not in it must have none. `foreseen` are columns whose dates may lie ahead, such as the end of a contract.
    `refused` are settings that must not be taken; a wrong type is tried for each of them anyway.
    """

    plugin: ClassVar[str | Path]
    metric: ClassVar[str]
    table: ClassVar[Mapping[str, str]]
    rows: ClassVar[Sequence[Row]]
    as_of: ClassVar[dt.date]
    expect: ClassVar[Mapping[str, Any]]
    settings: ClassVar[Mapping[str, object]] = NOTHING
    window: ClassVar[str | None] = None
    where: ClassVar[str | None] = None
    subject: ClassVar[str] = "account"
    owner: ClassVar[str] = "account_id"
    time: ClassVar[str | None] = "day"
    known: ClassVar[str | None] = None
    foreseen: ClassVar[Sequence[str]] = ()
    refused: ClassVar[Sequence[Mapping[str, object]]] = ()

    @pytest.mark.parametrize("warehouse", WAREHOUSES)
    def test_values_are_as_expected(self, warehouse: str) -> None:
        """The values are the expected ones, on every warehouse there is."""
        case = self._case()
        kind = case.offer()[0].type
        expected = {key: kept(value, kind) for key, value in self.expect.items() if value is not None}
        found = computed(case, warehouse=warehouse, in_worker=True)
        for key in sorted(expected.keys() | found.keys()):
            if not close_to(expected.get(key), found.get(key)):
                fail(case, f"gives {shown(found)}, and expected is {shown(expected)}")

    def test_is_declared_in_full(self) -> None:
        """Meaning, inputs and settings are explained, in words that a person who writes rules reads."""
        case = self._case()
        if found := gaps(case.offer()[0]):
            fail(case, f"{'; '.join(found)}")

    def test_gives_its_declared_type(self) -> None:
        """Each value is of the declared type; nan and infinity are no values."""
        case, metric = self._function()
        for given in given_to(case, metric):
            for pair in metric.compute(given.rows, given.request):
                key, value = pair_of(case, pair)
                try:
                    kept(value, metric.type)
                except UnfitError as error:
                    fail(case, f"gave {error} (for '{key}')")
                except NoNumberError:
                    fail(case, f"gave {value!r} for '{key}': leave the key out, or give None, where there is no data")

    def test_gives_the_same_twice(self) -> None:
        """The same facts give the same values, whatever was computed before, and in whatever order they were loaded."""
        case = self._case()
        first, again = computed(case), computed(case, list(reversed(case.rows)))
        if found := difference(first, again):
            fail(case, f"gives other values when the same rows are loaded again, in another order ({found})")
        if metric := case.function():
            for given in given_to(case, metric):
                once, twice = (values_of(metric, given.rows, given.request) for _ in range(2))
                if found := difference(once, twice):
                    fail(case, f"gives other values when it is computed again ({found})")

    def test_gives_the_same_in_other_processes(self) -> None:
        """Another hash seed, another time zone and an empty environment change nothing; nor does the process of a worker."""
        case, metric = self._function()
        given = given_to(case, metric)
        here = all_values(metric, given)
        if found := difference(here, computed(case, in_worker=True)):
            fail(case, f"gives other values in the process of its plugin ({found})")
        keys = [key for each in given for key in each.rows.keys]
        for there in computed_elsewhere(case.offer()[1], metric.name, given):
            if there.failure:
                fail(case, f"fails in another process: {there.failure}")
            cells = [cell for batch in there.cells for cell in batch]
            values = {key: cell for key, cell in zip(keys, cells, strict=True) if cell is not None}
            if found := difference(here, values):
                fail(case, f"gives other values in a process with other hashes, time zone and environment ({found})")

    def test_does_not_read_the_clock(self) -> None:
        """The day is `request.as_of`: a value must be the same tomorrow."""
        case, metric = self._function()
        plugin = case.offer()[1]
        for given in given_to(case, metric):
            if found := clock_reads(lambda each=given: consumed(metric, each), plugin):  # type: ignore[misc]
                fail(case, f"reads the clock: {found[0]}; the day is `request.as_of`")

    def test_honours_as_of(self) -> None:
        """What happens after the date, or is known only after it, changes nothing."""
        case = self._case()
        now = computed(case)
        for rows, what in (
            (case.later(), "rows after the date are there"),
            (case.known_later(), "rows that are known only after the date are there"),
            (
                case.ahead(),
                "a blank date turns out to be one after the date; if such dates are foreseen, say so in `foreseen`",
            ),
        ):
            if found := difference(now, computed(case, rows)):
                fail(case, f"gives other values as of {case.as_of} when {what} ({found})")

    def test_gives_nothing_for_nothing(self) -> None:
        """Without rows there are no values; without subjects no pairs."""
        case = self._case()
        if found := computed(case, []):
            fail(case, f"gives values without any row: {shown(found)}")
        if metric := case.function():
            request = given_to(case, metric)[0].request
            pairs = list(metric.compute(MetricRows([], [], {each.name: [] for each in metric.inputs}), request))
            if pairs:
                fail(case, f"gives {len(pairs)} pairs for a batch without subjects")

    def test_takes_blank_cells(self) -> None:
        """A cell without data is no error: there always is one, some night."""
        case = self._case()
        told = {case.owner, case.time, case.known}
        blank = [{name: cell if name in told else None for name, cell in row.items()} for row in case.rows]
        computed(case, blank, "fails where the cells of its rows are blank")

    def test_does_not_depend_on_other_subjects(self) -> None:
        """A subject's value is the same whoever else is in the batch."""
        case = self._case()
        everybody = computed(case)
        owners = list(dict.fromkeys(str(row[case.owner]) for row in case.rows if row.get(case.owner) is not None))
        for key in owners[:ALONE]:
            alone = self._alone(case, key)
            if found := difference({name: each for name, each in everybody.items() if name == key}, alone):
                fail(case, f"gives another value where a subject is alone in its batch ({found})")

    def test_writes_nothing(self) -> None:
        """No file, no database, no process, no network, no change of the environment: whatever it tries is told with its line."""
        case, metric = self._function()
        (there,) = computed_elsewhere(case.offer()[1], metric.name, given_to(case, metric), processes=1)
        if there.forbidden:
            fail(case, f"does what no metric may: {there.forbidden[0]}")
        if there.changed:
            fail(case, f"changes the environment: {', '.join(there.changed)}")

    def test_cost_is_linear(self) -> None:
        """Twice the rows of each subject, or twice the subjects, take about twice the steps; counted, not timed."""
        case = self._case()
        metric = case.function()
        for what, once, twice in costs(case, metric) if metric else query_costs(case):
            if twice > MOST * once:
                fail(
                    case,
                    f"takes {twice / once:.1f} times the steps for {what} ({once:,}, then {twice:,}; at most {MOST})",
                )

    def test_refuses_settings_that_do_not_fit(self) -> None:
        """A setting of another type, or one that does not exist, is refused when the rules are read."""
        case = self._case()
        own = dict(self.settings)
        case.check_settings(own)
        tried = [({**own, **wrong}, shown(wrong)) for wrong in (*misfits(case.offer()[0]), *self.refused)]
        for settings, wrong in tried:
            try:
                case.check_settings(settings)
            except RulesError:
                continue
            fail(case, f"takes the settings {wrong}: its JSON Schema must refuse them")

    def _case(self) -> MetricCase:
        """What the class says."""
        look_over(self, MetricContract, metric_faults)
        given = self.plugin
        registry_for(given)
        name = plugin_name(given)
        case = MetricCase(
            plugin=name,
            given=given,
            metric=self.metric,
            subject=self.subject,
            columns=self.table,
            owner=self.owner,
            rows=tuple(as_mapping(row, self.table) for row in self.rows),
            as_of=self.as_of,
            time=self.time,
            known=self.known,
            foreseen=tuple(self.foreseen),
            subjects=tuple(self.expect),
            rule={
                "plugin": f"{name}.{self.metric}",
                "from": "facts",
                "settings": dict(self.settings),
                **{key: each for key, each in (("window", self.window), ("where", self.where)) if each is not None},
            },
        )
        try:
            case.offer()
            case.check_settings(dict(self.settings))
        except KeyError as error:
            fail(case, f"is not there: {error.args[0]}")
        except RulesError as error:
            fail(case, f"cannot be asked for by these rules: {error}")
        return case

    def _function(self) -> tuple[MetricCase, FunctionMetric]:
        """The case of a metric that a function computes. A query can neither write nor read the clock."""
        case = self._case()
        metric = case.function()
        if metric is None:
            pytest.skip("a query has no process, reads no clock, and writes nothing")
        return case, metric

    @staticmethod
    def _alone(case: MetricCase, key: str) -> Values:
        metric = case.function()
        if metric is None:
            return computed(case, [row for row in case.rows if row.get(case.owner) == key])
        found: Values = {}
        for given in given_to(case, metric):
            found |= values_of(metric, part_of(given.rows, {key}), given.request)
        return found
