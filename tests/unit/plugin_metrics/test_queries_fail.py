"""Queries of plugins that the warehouse cannot evaluate, and the paths on which a failure might turn into a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Folder

QUERY = """
from trigpoint import QueryMetric, rows

@hookimpl
def trigpoint_metrics():
    return [QueryMetric("mean", {query}, (Input("x", NUMERIC), Input("t", frozenset({{"text"}}), default="who")), meaning="M", no_data="N")]
"""
HUGE = "rows()" + '.group_by(t="max(concat(t, t, t, t, t, t, t, t))")' * 12 + '.value("max(length(t))")'
SLOW = "rows()" + "".join(f'.ranked("place_{n}", "x")' for n in range(12)) + '.value("max(place_11)")'
FUNCTION = """
from trigpoint import Function, Parameter, hookimpl

{fault}
@hookimpl
def trigpoint_functions():
    parameters = (Parameter("d", frozenset({{"date"}})),)
    number = (Parameter("x", frozenset({{"number", "integer"}})),)
    return [
        Function("same_day", parameters, "date", "The day.", templates={{"*": "coalesce(d, date '2000-01-01')"}}, oracle=lambda d: d),
        Function("twice", number, "number", "Twice x.", templates={{"*": "x * 2"}}, oracle=lambda x: None if x is None else 2.0 * x),
    ]
"""


def test_a_query_that_the_warehouse_refuses_is_the_plugins_fault(folder: Folder) -> None:
    """A query whose texts grow beyond all bounds fails by itself: named, an error, and the others are scored."""
    report = folder.plugin(QUERY.format(query=HUGE)).run()
    (told,) = [each for each in report.findings if each.kind == "plugin failed"]
    assert (report.exit_code, told.where) == (3, "length")
    assert "plugin 'ours'" in told.text
    assert "too big" in told.text
    assert set(folder.values("length").values()) == set(folder.values("length__n").values()) == {None}
    assert {outcome for outcome, _ in folder.outcomes("care").values()} == {"error"}
    assert folder.outcomes("plain")["A-1"] == ("scored", 50.0)


def test_a_query_has_the_time_of_a_metric(folder: Folder) -> None:
    """A query that takes longer than one metric may is ended, and the run goes on."""
    settings = folder.root.joinpath("trigpoint.toml").read_text(encoding="utf-8")
    folder.write("trigpoint.toml", settings.replace("seconds = 10", "seconds = 0.05"))
    many = "".join(f"v{n},A-1,2026-03-01,{n % 977},,,x,\n" for n in range(60_000))
    folder.write("visits.csv", "visit_id,account_id,day,minutes,at,good,who,times\n" + many)
    report = folder.plugin(QUERY.format(query=SLOW)).run()
    (told,) = [each for each in report.findings if each.kind == "plugin failed"]
    assert "took longer than 0.05 seconds" in told.text
    assert folder.outcomes("plain")["A-1"][0] == "scored"


def with_functions(folder: Folder, fault: str = "") -> None:
    """A second local plugin, of functions; broken by `fault`."""
    settings = folder.root.joinpath("trigpoint.toml").read_text(encoding="utf-8")
    folder.write(
        "trigpoint.toml",
        settings.replace('local = ["plugins/ours.py"]', 'local = ["plugins/ours.py", "plugins/more.py"]'),
    )
    folder.write("plugins/more.py", FUNCTION.format(fault=fault))


@pytest.mark.parametrize("fault", ["", "1 / 0"], ids=["healthy", "broken"])
def test_a_failed_function_is_found_wherever_it_stands(folder: Folder, fault: str) -> None:
    """In the steps of a query, and in the derived column that a window looks at: never a number of what is not there."""
    with_functions(folder, fault)
    folder.plugin(QUERY.format(query='rows().with_columns(y="coalesce(twice(x), 0)").value("sum(y)")'))
    more = """
[tables.visits.derived]
day2 = "same_day(day)"
[metrics.by_day]
from = "visits"
value = "count(*)"
at = "day2"
window = "90 days"
empty = 0
[metrics.days]
over = "account"
value = "sum(by_day)"
[metrics.filled]
value = "coalesce(previous(by_day), 7)"
[scorecards.daily]
subject = "account"
missing = "skip"
measures = { day = { metric = "by_day", linear = [0, 4] } }
"""
    folder.write("rules.toml", folder.root.joinpath("rules.toml").read_text(encoding="utf-8") + more)
    report = folder.run()
    names = ("length", "by_day", "filled")
    found = {name: folder.values(name)["A-1"] for name in names} | {"days": folder.values("days", "company")["company"]}
    healthy = {"length": 80.0, "by_day": 2.0, "filled": 0.0, "days": 4.0}
    assert found == (dict.fromkeys(healthy) if fault else healthy)
    assert report.exit_code == (3 if fault else 0)
    for card in ("care", "daily"):
        assert {outcome for outcome, _ in folder.outcomes(card).values()} <= (
            {"error"} if fault else {"scored", "insufficient_data"}
        )


def test_one_scorecard_of_a_family_is_as_lost_as_the_family(folder: Folder) -> None:
    """Who looks at a fallback, whose turn depends on a condition that failed, looks at nothing."""
    more = """
[metrics.of_calm]
subject = "account"
value = "coalesce(calm.score, 0)"
[metrics.calm_ones]
over = "account"
value = "sum(case when calm.outcome = 'scored' then 1 else 0 end)"
[asserts.none_failed]
subject = "account"
that = "calm.outcome <> 'error'"
[scorecards.busy]
subject = "account"
family = "two"
priority = 1
when = "length > 1000"
missing = "skip"
measures = { visits = { metric = "visits", linear = [0, 4] } }
[scorecards.calm]
subject = "account"
family = "two"
priority = 2
missing = "skip"
measures = { visits = { metric = "visits", linear = [0, 4] } }
[scorecards.guarded]
subject = "account"
missing = "skip"
measures = { visits = { metric = "visits", linear = [0, 4] } }
guards = { low = { when = "calm.outcome = 'scored'", cap = 10 } }
"""
    folder.write("rules.toml", folder.root.joinpath("rules.toml").read_text(encoding="utf-8") + more)
    report = folder.plugin("raise ImportError('no snow')").run()
    assert set(folder.values("of_calm").values()) == {None}
    assert folder.values("calm_ones", "company") == {"company": None}
    assert {outcome for outcome, _ in folder.outcomes("guarded").values()} == {"error"}
    assert [each.kind for each in report.findings] == ["plugin failed", "assert not judged"]


def test_a_list_is_a_setting_like_any_other(folder: Folder) -> None:
    """A plugin may ask for a list, and another list is another ruleset."""
    folder.plugin(
        """
        def among(rows, request):
            return [(key, float(len(request.settings["kinds"]))) for key in rows.keys]

        @hookimpl
        def trigpoint_metrics():
            kinds = {"type": "array", "items": {"type": "string"}, "default": ["x"]}
            return [metric(among, settings={"type": "object", "additionalProperties": False, "properties": {"kinds": kinds}})]
        """
    )
    first = folder.run()
    assert folder.values("length")["A-1"] == 1.0
    rules = folder.root.joinpath("rules.toml").read_text(encoding="utf-8")
    folder.write("rules.toml", rules.replace('x = "minutes" }', 'x = "minutes", kinds = ["a", "b"] }'))
    second = folder.run()
    assert folder.values("length")["A-1"] == 2.0
    assert first.ruleset != second.ruleset


def test_what_a_failure_says_is_no_part_of_the_rules(folder: Folder) -> None:
    """A plugin that fails with another text each night is the same ruleset each night."""
    code = "import time\nraise ValueError(time.time_ns())"
    first, second = folder.plugin(code).run(), folder.run()
    assert first.ruleset == second.ruleset
    assert first.findings != second.findings
