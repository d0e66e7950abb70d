"""Metrics that plugins compute, from the rows of a table to a published score."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

from trigpoint import load_project
from trigpoint.explain import explain
from trigpoint.history import history
from trigpoint.store import open_store, run_of

if TYPE_CHECKING:
    from support.command_line import CommandLine

    from .conftest import Folder


def test_a_function_scores_like_a_metric_of_the_rules(folder: Folder) -> None:
    """The mean that a plugin computes is the mean that SQL computes, and is scored."""
    report = folder.run()
    assert (report.exit_code, report.warnings) == (0, ())
    assert folder.values("length") == {"A-1": 20.0, "A-2": 60.0, "A-3": None}
    assert folder.values("length") == folder.values("mean_minutes")
    assert folder.outcomes("care") == {
        "A-1": ("scored", 33.333333333),
        "A-2": ("scored", 100.0),
        "A-3": ("insufficient_data", None),
    }


def test_rows_after_the_date_are_not_given(folder: Folder) -> None:
    """As of another date a function sees the rows of that date."""
    folder.run(dt.date(2026, 2, 1))
    assert folder.values("length") == {"A-1": 10.0, "A-2": None, "A-3": None}
    folder.run(dt.date(2026, 4, 1))
    assert folder.values("length")["A-2"] == 330.0


def test_rows_are_chosen_like_those_of_a_table_metric(folder: Folder) -> None:
    """`where`, `window` and `subject` choose, and an expression stands where a column may."""
    rules = folder.root.joinpath("rules.toml").read_text(encoding="utf-8")
    more = 'where = "minutes > 5"\nwindow = "31 days"\nsubject = ["account", "csm", "company"]\n'
    folder.write(
        "rules.toml",
        rules.replace('settings = { x = "minutes" }\n', f'{more}settings = {{ x = "minutes * account.seats" }}\n'),
    )
    assert folder.run().exit_code == 0
    assert folder.values("length") == {"A-1": 300.0, "A-2": 1200.0, "A-3": None}
    assert folder.values("length", "csm") == {"ann": 750.0, "bob": None}
    assert folder.values("length", "company") == {"company": 750.0}


def test_shifted_values_are_asked_for_as_of_their_date(folder: Folder) -> None:
    """`previous` and `ago` of a plugin's metric give what it was."""
    rules = folder.root.joinpath("rules.toml").read_text(encoding="utf-8")
    changed = rules.replace('settings = { x = "minutes" }\n', 'window = "60 days"\nsettings = { x = "minutes" }\n')
    shifted = '[metrics.before]\nvalue = "previous(length)"\n[metrics.back_then]\nvalue = "ago(length, \'2 months\')"\n'
    folder.write("rules.toml", changed + shifted)
    assert folder.run().exit_code == 0
    assert folder.values("length")["A-1"] == 30.0
    assert folder.values("before")["A-1"] == 10.0
    assert folder.values("back_then")["A-1"] == 10.0


def test_each_type_reaches_the_function_as_python_knows_it(folder: Folder) -> None:
    """Dates are dates, timestamps are in UTC, conditions are bool, whole numbers int, and no data is None."""
    folder.plugin(
        """
        def told(rows, request):
            for key, columns in rows.subjects():
                yield key, repr([list(columns[name]) for name in ("day", "at", "good", "who", "times")])

        @hookimpl
        def trigpoint_metrics():
            inputs = [Input(name) for name in ("day", "at", "good", "who", "times")]
            return [metric(told, inputs=tuple(inputs), type="text")]
        """
    )
    settings = 'settings = { day = "day", at = "at", good = "good", who = "who", times = "times" }'
    rules = folder.root.joinpath("rules.toml").read_text(encoding="utf-8")
    rules = rules.replace('settings = { x = "minutes" }', settings).replace("linear = [0, 60]", "choices = { a = 1 }")
    folder.write("rules.toml", rules)
    assert folder.run().exit_code == 0
    day, at, good, who, times = eval(str(folder.values("length")["A-1"]), {"datetime": dt})  # noqa: S307  # our own repr
    assert day == [dt.date(2026, 1, 10), dt.date(2026, 3, 1)]
    assert at == [dt.datetime(2026, 1, 10, 22, 30, tzinfo=dt.UTC), dt.datetime(2026, 3, 1, 7, 0, tzinfo=dt.UTC)]
    assert (good, who, times) == ([True, False], ["x", "y"], [1, 2])
    assert "None" in str(folder.values("length")["A-2"])


def test_another_version_of_a_plugin_is_a_change_of_rules(folder: Folder) -> None:
    """The fingerprint holds the plugin's version, and `history` marks where it changed, or where the plugin failed."""
    first = folder.run(dt.date(2026, 3, 29))
    second = folder.plugin("@hookimpl\ndef trigpoint_metrics():\n    return [metric(mean)]\n# mended\n").run(
        dt.date(2026, 3, 30)
    )
    assert first.ruleset != second.ruleset
    assert folder.run(dt.date(2026, 3, 31)).ruleset == second.ruleset
    folder.plugin("raise ImportError('no snow')").run(dt.date(2026, 4, 1))
    with open_store(load_project(folder.root).store_path) as store:
        moments = history(store, "care", "A-1")
    marks = [moment.rules_changed for moment in moments]
    changed = [[each.path for each in moment.change.rules] if moment.change else [] for moment in moments]
    assert marks == [False, True, False, True]
    assert changed[1] == changed[3] == [("plugins", "metrics", "ours.mean")]


def test_a_subject_without_rows_is_not_asked_for(folder: Folder) -> None:
    """Where no row counts the function is not called, neither for an account nor for the company."""
    folder.plugin(
        """
        def counted(rows, request):
            return [(key, count) for key, count in zip(rows.keys, rows.counts)]

        @hookimpl
        def trigpoint_metrics():
            return [metric(counted)]
        """
    )
    rules = folder.root.joinpath("rules.toml").read_text(encoding="utf-8")
    none = 'where = "minutes > 5000"\nsubject = ["account", "company"]\nsettings = { x = "minutes" }'
    folder.write("rules.toml", rules.replace('settings = { x = "minutes" }', none))
    assert folder.run().exit_code == 0
    assert folder.values("length", "company") == {"company": None}
    assert set(folder.values("length").values()) == {None}


def test_answers_are_kept_while_nothing_changes(folder: Folder) -> None:
    """A second run of the date asks for nothing that it knows; another date, other facts or other code are asked for."""
    code = """
        def noted(rows, request):
            import time
            return [(key, time.time()) for key in rows.keys]

        @hookimpl
        def trigpoint_metrics():
            return [metric(noted, pure={pure})]
        """
    folder.plugin(code.format(pure=True)).run()
    first = folder.values("length")
    folder.run()
    assert folder.values("length") == first
    folder.write("visits.csv", folder.root.joinpath("visits.csv").read_text() + "v6,A-1,2026-03-02,5,,,,\n")
    folder.run()
    assert folder.values("length")["A-1"] != first["A-1"]
    folder.plugin(code.format(pure=False)).run()
    second = folder.values("length")
    folder.run()
    assert folder.values("length") != second


def test_a_window_that_reaches_before_the_subject_began_is_no_data(folder: Folder) -> None:
    """`since` of a subject, and of a table, hold for the metrics of plugins too, and `explain` says so."""
    rules = folder.root.joinpath("rules.toml").read_text(encoding="utf-8")
    rules = rules.replace('seats = "number" }', 'seats = "number", began = "date" }')
    rules = rules.replace('key = "account_id"\nparents', 'key = "account_id"\nsince = "began"\nparents')
    folder.write(
        "rules.toml", rules.replace('settings = { x = "minutes" }', 'window = "90 days"\nsettings = { x = "minutes" }')
    )
    folder.write("accounts.csv", "account_id,csm_id,seats,began\nA-1,ann,1,2025-01-01\nA-2,ann,1,2026-02-01\n")
    assert folder.run().exit_code == 0
    assert folder.values("length") == {"A-1": 20.0, "A-2": None}
    with open_store(load_project(folder.root).store_path) as store:
        (measure,) = explain(store, run_of(store), "care", "A-2").measures
    assert measure.cause == "account since 1 Feb 2026; the window begins 1 Jan 2026"


def test_explain_says_in_the_words_of_the_plugin_why_there_is_no_value(folder: Folder) -> None:
    """Rows that give nothing, and no rows at all, are told apart; the inputs stand beside the value."""
    folder.write(
        "visits.csv",
        "visit_id,account_id,day,minutes,at,good,who,times\nv1,A-1,2026-03-01,,,,,\nv2,A-2,2026-03-01,6,,,,\n",
    )
    folder.run()
    with open_store(load_project(folder.root).store_path) as store:
        told = {key: explain(store, run_of(store), "care", key).measures[0] for key in ("A-1", "A-2", "A-3")}
    assert told["A-1"].cause == "ours.mean gave none for 1 row: No visit has minutes"
    assert told["A-2"].quantity.formula == "ours.mean(x = minutes)"
    assert told["A-3"].cause == "no row of visits"


def test_metrics_tells_no_data_from_a_failure(folder: Folder, command_line: CommandLine) -> None:
    """The contract of `metrics --format json` names the metrics that failed, and the others have their values."""
    folder.plugin("raise ImportError('no snow')").run()
    answer = command_line("metrics", "account", "--project", str(folder.root), "--format", "json")
    found = json.loads(answer.out)
    assert list(found["failed"]) == ["length"]
    assert "no snow" in found["failed"]["length"]
    assert found["rows"][0]["values"] == {"visits": 2.0, "mean_minutes": 20.0, "length": None}
    folder.plugin("@hookimpl\ndef trigpoint_metrics():\n    return [metric(mean)]\n").run()
    answer = command_line("metrics", "account", "--project", str(folder.root), "--format", "json")
    assert json.loads(answer.out)["failed"] == {}


def test_layers_change_single_settings(folder: Folder) -> None:
    """A layer above changes one setting, takes out an input by `false`, and moves a secret as a whole, which is never stored."""
    folder.plugin(
        """
        def told(rows, request):
            return [(key, f"{set(rows.columns['y'])} {request.settings}") for key in rows.keys]

        @hookimpl
        def trigpoint_metrics():
            inputs = (Input("x", NUMERIC), Input("y", NUMERIC, optional=True))
            token = {"type": "string", "writeOnly": True}
            properties = {"a": {"type": "integer"}, "b": {"type": "boolean"}, "token": token}
            settings = {"type": "object", "additionalProperties": False, "properties": properties}
            return [metric(told, inputs=inputs, settings=settings, type="text")]
        """
    )
    rules = (
        folder.root.joinpath("rules.toml")
        .read_text(encoding="utf-8")
        .replace("linear = [0, 60]", "choices = { a = 1 }")
    )
    below = 'settings = { x = "minutes", y = "times", a = 1, b = true, token = { env = "NOT_THERE" } }'
    folder.write("rules.toml", rules.replace('settings = { x = "minutes" }', below))
    folder.write(
        "over.toml", '[metrics.length.settings]\ny = false\na = 2\nb = false\ntoken = { file = "token.txt" }\n'
    )
    folder.write("token.txt", "s3cret\n")
    project = folder.root.joinpath("trigpoint.toml").read_text(encoding="utf-8")
    folder.write("trigpoint.toml", project.replace('rules = ["rules.toml"]', 'rules = ["rules.toml", "over.toml"]'))
    assert folder.run().findings[0].kind == "unlisted choice"
    assert folder.values("length")["A-1"] == "{None} {'a': 2, 'b': False, 'token': '***'}"
