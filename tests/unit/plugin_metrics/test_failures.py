"""Plugins that fail, each in its way: the run survives, says who, and stores nothing wrong."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from trigpoint import TrigpointError, load_project
from trigpoint.explain import explain
from trigpoint.report.explanations import explanation_lines
from trigpoint.store import open_store, run_of

if TYPE_CHECKING:
    from .conftest import Folder

BODY = "{}\n@hookimpl\ndef trigpoint_metrics():\n    return [metric(broken{})]\n"
AT_LOAD = {
    "import error": "import nothing_of_that_name",
    "syntax error": "def (",
    "SystemExit on import": "raise SystemExit(0)",
    "a hook that raises": "@hookimpl\ndef trigpoint_metrics():\n    raise ValueError('no licence')",
    "a hook of another signature": "@hookimpl\ndef trigpoint_metrics(project):\n    return []",
    "a name twice": "@hookimpl\ndef trigpoint_metrics():\n    return [metric(mean), metric(mean)]",
    "an offer that is none": "@hookimpl\ndef trigpoint_metrics():\n    return [3]",
    "a function of another signature": "def broken(rows):\n    return []\n" + BODY.format("", ""),
}
AT_WORK = {
    "an exception midway": "    yield from list(mean(rows, request))[:1]\n    raise ValueError('no more')",
    "SystemExit": "    raise SystemExit(0)",
    "a crash": "    import os\n    os._exit(9)",
    "another type": "    return [(key, 'much') for key in rows.keys]",
    "a truth value for a number": "    return [(key, True) for key in rows.keys]",
    "a key twice": "    return [(rows.keys[0], 1.0), (rows.keys[0], 2.0)]",
    "a key that nobody asked for": "    return [('A-99', 1.0)]",
    "no pairs": "    return [1, 2, 3]",
    "nothing": "    return None",
    "ten times too many": "    return [(f'A-{n}', 1.0) for n in range(30)]",
    "without an end": "    while True:\n        yield rows.keys[0], 1.0",
    "a loop without an end": "    while True:\n        pass",
    "too much memory": "    kept = [bytearray(2_000_000_000)]\n    return mean(rows, request)",
    "a write to the facts": "    import sqlite3\n    sqlite3.connect('{root}/data.db').execute('delete from visits')",
    "a write to a file": "    open('{root}/stray.txt', 'w').write('x')\n    return mean(rows, request)",
    "recursion": "    return broken(rows, request)",
}


@pytest.mark.parametrize("code", AT_LOAD.values(), ids=AT_LOAD.keys())
def test_what_cannot_be_loaded(folder: Folder, code: str) -> None:
    """The scorecard that needs it is an error for everybody, the other one is scored, and the exit code is 3."""
    report = folder.plugin(code).run()
    assert report.exit_code == 3
    told = [each for each in report.findings if each.kind == "plugin failed"]
    assert [each.where for each in told] == ["length"]
    assert "plugin 'ours'" in told[0].text
    assert {outcome for outcome, _ in folder.outcomes("care").values()} == {"error"}
    assert folder.outcomes("plain")["A-1"] == ("scored", 50.0)


@pytest.mark.parametrize("code", AT_WORK.values(), ids=AT_WORK.keys())
def test_what_fails_at_work(folder: Folder, code: str) -> None:
    """None of its values is kept, the finding names plugin, metric and file, and facts and folder are as they were."""
    folder.write(
        "trigpoint.toml", folder.root.joinpath("trigpoint.toml").read_text().replace("seconds = 10", "seconds = 2")
    )
    folder.plugin(BODY.format("def broken(rows, request):\n" + code.replace("{root}", str(folder.root)), ""))
    before = {path.name for path in folder.root.iterdir()}
    report = folder.run()
    (told,) = [each for each in report.findings if each.kind == "plugin failed"]
    assert (report.exit_code, told.where, told.severity) == (3, "length", "error")
    assert "plugin 'ours'" in told.text
    assert "ours.py" in told.text
    assert folder.values("length") == {"A-1": None, "A-2": None, "A-3": None}
    assert folder.values("visits") == {"A-1": 2.0, "A-2": 2.0, "A-3": 0.0}
    assert {outcome for outcome, _ in folder.outcomes("care").values()} == {"error"}
    assert folder.outcomes("plain")["A-1"] == ("scored", 50.0)
    made = {path.name for path in folder.root.iterdir()} - before
    assert made <= {
        "data.db",
        "trigpoint.db",
        "trigpoint.db.lock",
        ".trigpoint",
        "trigpoint.db-wal",
        "trigpoint.db-shm",
    }


def test_what_is_not_a_number_is_no_data(folder: Folder) -> None:
    """nan and infinite values are no data, and the run says how many there were."""
    folder.plugin(
        BODY.format(
            "def broken(rows, request):\n    return [(key, float('nan') if key == 'A-1' else 2) for key in rows.keys]",
            "",
        )
    )
    report = folder.run()
    (told,) = report.findings
    assert (report.exit_code, told.kind, told.where, told.count) == (0, "plugin values", "length", 1)
    assert folder.values("length") == {"A-1": None, "A-2": 2.0, "A-3": None}


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("@hookimpl\ndef trigpoint_metric():\n    return []", "trigpoint_metric"),
        ("TRIGPOINT_API = 99", "99"),
    ],
    ids=["a misspelt hook", "another version of the hooks"],
)
def test_what_is_refused(folder: Folder, code: str, says: str) -> None:
    """What cannot be meant stops the run before anything is loaded."""
    with pytest.raises(TrigpointError, match=says) as refused:
        folder.plugin(code).run()
    assert refused.value.exit_code == 78


def test_what_is_judged_by_a_failed_metric_is_an_error(folder: Folder) -> None:
    """Guards, gates, `when`, rollups and scores that look at the metric make an error too; what does not need it stays."""
    folder.write(
        "rules.toml",
        folder.root.joinpath("rules.toml").read_text()
        + """
[metrics.long_ones]
over = "account"
value = "share(length > 20)"
[metrics.worry]
subject = "account"
value = "100 - care.score"
[scorecards.guarded]
subject = "account"
missing = "skip"
guards = { long = { when = "length > 100", cap = 10 } }
measures = { visits = { metric = "visits", linear = [0, 4] } }
[scorecards.worried]
subject = "account"
missing = "skip"
measures = { worry = { metric = "worry", linear = [100, 0] } }
[scorecards.people]
subject = "csm"
missing = "skip"
measures = { long = { metric = "long_ones", linear = [0, 1] } }
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
[scorecards.others]
subject = "csm"
missing = "skip"
measures = { visits = { metric = "visits", linear = [0, 9] } }
""",
    )
    report = folder.plugin("raise ImportError('no snow')").run()
    failed = {name: {"error"} for name in ("care", "guarded", "worried", "people", "busy", "calm")}
    outcomes = {name: {outcome for outcome, _ in folder.outcomes(name).values()} for name in report.counts}
    assert outcomes == failed | {"plain": {"scored"}, "others": {"scored"}}
    assert not [each for each in report.findings if each.kind == "tie"]


def test_a_metric_of_another_type_that_failed_fits_all_the_same(folder: Folder) -> None:
    """Where nobody knows the type of a metric, the one that its users need is taken."""
    rules = (
        folder.root.joinpath("rules.toml").read_text().replace("linear = [0, 60]", "choices = { much = 100, else = 0 }")
    )
    folder.write("rules.toml", rules)
    assert folder.plugin("import nothing_of_that_name").run().exit_code == 3
    assert {outcome for outcome, _ in folder.outcomes("care").values()} == {"error"}


def test_explain_says_who_failed(folder: Folder) -> None:
    """`explain` of a scorecard that could not be scored names the metric, the plugin and what happened."""
    folder.plugin(BODY.format("def broken(rows, request):\n    raise ValueError('no more')", "")).run()
    with open_store(load_project(folder.root).store_path) as store:
        told = "\n".join(str(each) for each in explanation_lines(explain(store, run_of(store), "care", "A-1")))
    assert "length" in told
    assert "plugin 'ours'" in told
    assert "no more" in told


def test_a_metric_that_nobody_scores_degrades_the_run(folder: Folder) -> None:
    """A plugin that fails is told, whether or not a scorecard needs it."""
    folder.plugin("raise ImportError('no snow')")
    rules = folder.root.joinpath("rules.toml").read_text()
    folder.write(
        "rules.toml",
        rules.replace(
            '{ metric = "length", linear = [0, 60] }', '{ metric = "mean_minutes", linear = [0, 60] }'
        ).replace(
            '[metrics.length]\nplugin = "ours.mean"\nfrom = "visits"\nsettings = { x = "minutes" }\nunit = "minutes"\n',
            "",
        ),
    )
    report = folder.run()
    assert report.exit_code == 3
    assert [(each.kind, each.where) for each in report.findings] == [("plugin failed", "plugin ours")]
    assert folder.outcomes("care")["A-1"][0] == "scored"


def test_nothing_is_made_of_what_failed(folder: Folder) -> None:
    """A formula, a rollup or an assert that would turn no data into a number has none while the metric is an error."""
    more = """
[metrics.filled]
value = "coalesce(length, 0)"
[metrics.twice]
value = "filled * 2"
[metrics.long_ones]
over = "account"
value = "sum(case when length is null then 1 else 0 end)"
[asserts.short]
subject = "account"
that = "coalesce(length, 0) > 5"
"""
    folder.write("rules.toml", folder.root.joinpath("rules.toml").read_text() + more)
    failed = folder.plugin(BODY.format("def broken(rows, request):\n    raise ValueError('no more')", "")).run()
    assert set(folder.values("filled").values()) | set(folder.values("twice").values()) == {None}
    assert folder.values("long_ones", "company") == {"company": None}
    assert [each.kind for each in failed.findings] == ["plugin failed", "assert not judged"]
    with pytest.raises(TrigpointError, match="short"):
        folder.plugin(BODY.format("broken = mean", "")).run()


def test_a_function_whose_plugin_failed_takes_along_what_calls_it(folder: Folder) -> None:
    """Whatever calls a function that is not there tonight is an error, also through derived columns; the rest is scored."""
    more = """
[tables.visits.derived]
long = "snowy(minutes) > 3"
[metrics.called]
value = "coalesce(snowy(visits, 'deep'), 1)"
[metrics.long_visits]
from = "visits"
value = "count(*)"
where = "long"
empty = 0
[scorecards.caller]
subject = "account"
missing = "skip"
measures = { called = { metric = "called", linear = [0, 4] } }
[scorecards.longs]
subject = "account"
missing = "skip"
measures = { long = { metric = "long_visits", linear = [0, 4] } }
[scorecards.worded]
subject = "account"
missing = "skip"
measures = { word = { value = "lower(windy(visits))", choices = { a = 1 } } }
"""
    folder.write("rules.toml", folder.root.joinpath("rules.toml").read_text() + more)
    report = folder.plugin("raise ImportError('no snow')").run()
    assert report.exit_code == 3
    assert {each.where for each in report.findings} == {"length", "snowy()", "windy()"}
    assert set(folder.values("called").values()) | set(folder.values("long_visits").values()) == {None}
    outcomes = {name: {outcome for outcome, _ in folder.outcomes(name).values()} for name in report.counts}
    assert outcomes == {"plain": {"scored"}} | {name: {"error"} for name in ("care", "caller", "longs", "worded")}


def test_a_mistyped_function_is_told_while_no_plugin_fails(folder: Folder) -> None:
    """Only where a plugin is missing can an unknown function be its own."""
    rules = folder.root.joinpath("rules.toml").read_text()
    folder.write("rules.toml", rules + '[metrics.called]\nvalue = "coalesc(visits, 1)"\n')
    with pytest.raises(TrigpointError, match="coalesce"):
        folder.run()


def test_a_metric_that_fails_somewhere_failed_everywhere(folder: Folder) -> None:
    """What a plugin gave for accounts is not used when it fails for CSMs afterwards, or as of another date."""
    rules = folder.root.joinpath("rules.toml").read_text()
    folder.write("rules.toml", rules.replace('unit = "minutes"', 'subject = ["account", "csm"]'))
    code = "def broken(rows, request):\n    assert request.subject == 'account'\n    return mean(rows, request)"
    report = folder.plugin(BODY.format(code, "")).run()
    assert report.exit_code == 3
    assert set(folder.values("length").values()) == {None}
    assert {outcome for outcome, _ in folder.outcomes("care").values()} == {"error"}


@pytest.mark.parametrize(
    "left",
    [
        "import atexit, os\natexit.register(os._exit, 0)",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()",
    ],
    ids=["something to be called at the end", "a thread"],
)
def test_what_a_plugin_left_behind_has_no_say(folder: Folder, left: str) -> None:
    """The process ends when the command has ended, with its exit code, whatever a plugin left running or registered."""
    folder.plugin(BODY.format(f"{left}\ndef broken(rows, request):\n    raise ValueError('no more')", ""))
    done = subprocess.run(
        [sys.executable, "-m", "trigpoint", "run"],
        cwd=folder.root,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 3
    assert "3 error" in done.stdout
