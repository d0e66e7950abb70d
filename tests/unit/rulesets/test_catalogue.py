"""The files of the catalogue: sound alone and together, explained, and listed as they are."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from support.catalogue import FOLDER, TOPICS, World, project, ruleset
from support.command_line import CommandLine
from trigpoint.draft import catalogue_topics
from trigpoint.plugins import open_plugins
from trigpoint.rules import check

ALTERNATIVES = ("arr_snapshots", "closed_accounts")  # other ways in which revenue is known
CURRENCIES = tuple(topic for topic in TOPICS if topic.startswith("currencies"))  # they rename the columns of amounts
HAND_OVER = tuple(topic for topic in TOPICS if topic.startswith("assignments"))
WHOLE = tuple(topic for topic in TOPICS if topic not in (*ALTERNATIVES, *CURRENCIES, *HAND_OVER))
ON_TOP = (
    *((each,) for each in ALTERNATIVES),
    HAND_OVER,
    (*CURRENCIES[:-1], "closed_accounts", *HAND_OVER),
    CURRENCIES[-1:],
)
METRICS = [each for topic in catalogue_topics() for each in topic.metrics]

# domain.md: the definitions, each in the topic where it belongs.
DEFINED = {
    "retention": "gross_revenue_retention net_revenue_retention logo_retention net_churn gross_loss hidden_loss expansion_rate "
    "arr_new arr_reactivated arr_expansion arr_contraction arr_churned churn_by_customer churn_by_revenue churn_by_event",
    "closed_accounts": "churn_by_flag",
    "renewals": "dollar_renewal_rate net_renewal_rate logo_renewal_rate",
    "expansion": "expansion_sold expansion_sourced expansion_won expansion_share_of_revenue",
    "adoption": "seat_utilisation stickiness adoption_breadth",
    "onboarding": "live_within_12_weeks value_within_6_weeks onboardings_open",
    "survival": "time_to_first_value onboarding_weeks",
    "relationships": "executive_depth roles_covered review_coverage",
    "advocacy": "reference_rate referral_pipeline",
    "surveys": "csat nps ces",
    "guidance": "response_on_time hours_to_guidance guidance_effect guidance_cost",
    "reporting": "scorecard_timeliness scorecard_completeness",
    "cost": "cost_to_renew cost_to_expand cs_margin",
}


def problems(root, *topics):
    """What `trigpoint check` says of a project that takes these topics."""
    return [str(problem) for problem in check(project(root, *topics), open_plugins)]


@pytest.mark.parametrize("topic", TOPICS)
def test_each_file_is_sound_alone(tmp_path, topic):
    """Each file can be the only entry of a project's rules, without a warning, and without a plugin that is enabled."""
    assert problems(tmp_path, topic) == []


@pytest.mark.parametrize("last", ON_TOP, ids="+".join)
@pytest.mark.parametrize("turn", [1, -1])
def test_all_files_are_sound_together(tmp_path, turn, last):
    """All topics fit together in any order, with the layers that change them on top."""
    assert problems(tmp_path, *WHOLE[::turn], *last) == []


def test_every_amount_has_its_currency(tmp_path):
    """Each table with money has a layer that converts it, except what persons cost and owe: that is in the firm's own."""
    own = {"csms": {"annual_cost", "renewal_target"}, "targets": {"amount"}, "team_targets": {"amount"}}
    plain = {**ruleset(tmp_path, *WHOLE, "arr_snapshots").tables, **ruleset(tmp_path, *WHOLE).tables}
    *others, snapshots = CURRENCIES
    converted = {**ruleset(tmp_path, *WHOLE, snapshots).tables, **ruleset(tmp_path, *WHOLE, *others).tables}
    money = {"amount", "arr", "due", "quoted", "renewed", "pipeline", "cost", "annual_cost", "renewal_target"}
    for name, table in plain.items():
        for column in (money & table.columns.keys()) - own.get(name, set()):
            assert column in converted[name].derived, (name, column)
            assert {"currency", f"{column}_local"} <= converted[name].columns.keys()


@pytest.mark.parametrize("turn", [1, -1])
def test_the_topics_fit_b2b_saas(tmp_path, turn):
    """A project on b2b-saas can take topics on top, or below."""
    layers = ("trigpoint:b2b-saas", *WHOLE)[::turn]
    assert problems(tmp_path, *layers) == []


def test_order_of_topics_changes_nothing(tmp_path):
    """A project with all topics computes the same metrics whichever it names first."""
    first, second = ruleset(tmp_path, *WHOLE), ruleset(tmp_path, *WHOLE[::-1])
    assert dict(first.metrics) == dict(second.metrics)


def test_every_definition_is_there():
    """Each metric of the field's list stands in its topic."""
    there = {topic.name: {each.name for each in topic.metrics} for topic in catalogue_topics()}
    for topic, names in DEFINED.items():
        assert set(names.split()) <= there[topic], topic


@pytest.mark.parametrize("metric", METRICS, ids=lambda each: f"{each.topic}-{each.name}")
def test_every_metric_is_explained(metric):
    """Title and why, where it is computed; a unit and a direction unless it is a word, a day or a yes and no."""
    assert metric.title
    assert metric.why
    assert metric.at
    worded = ("arr_movement", "reference_status", "first_revenue_on", "guided", "pulse")
    assert metric.name in worded or (metric.unit and metric.better in ("higher", "lower", "none"))


def test_b2b_saas_means_the_same(tmp_path):
    """A metric or column that the ruleset b2b-saas has too is the same thing there."""
    ready_made = ruleset(tmp_path, "trigpoint:b2b-saas")
    ours = ruleset(tmp_path, *WHOLE)
    shared = [name for name in ours.metrics if name in ready_made.metrics]
    assert len(shared) > 25
    for name in shared:
        here, there = ours.metrics[name], ready_made.metrics[name]
        for key in ("table", "value", "where", "window", "at", "empty", "better"):
            assert getattr(here, key, None) == getattr(there, key, None), (name, key)
        assert here.text.unit == there.text.unit, name
    for name, table in ready_made.tables.items():
        if name in ours.tables:
            assert table.columns.items() <= ours.tables[name].columns.items(), name


def test_titles_of_files_say_what_they_are():
    """The first line of each file is its title, and the schema helps in an editor."""
    for path in sorted(FOLDER.glob("*.toml")):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0] == "#:schema ../../schemas/rules.schema.json", path.name
        assert re.match(r"# Catalogue, [^:]+: .+", lines[1]), path.name


def test_every_file_stands_on_the_subjects(tmp_path):
    """Whatever topic is named, accounts, people and their groups are known."""
    for topic in TOPICS:
        known = ruleset(tmp_path, topic).subjects
        assert {"account", "csm", "team", "segment", "region", "company"} <= known.keys(), topic


def test_net_is_never_shown_without_gross(tmp_path):
    """Wherever a net figure is computed, gross, by customer and the loss behind it are too."""
    rules = ruleset(tmp_path, "retention", "renewals")
    for net, *beside in (
        ("net_revenue_retention", "gross_revenue_retention", "logo_retention", "gross_loss", "hidden_loss"),
        ("net_renewal_rate", "dollar_renewal_rate"),
    ):
        for name in beside:
            assert set(rules.metrics[net].subjects) <= set(rules.metrics[name].subjects), name


def test_much_of_one_thing_makes_no_full_score(tmp_path):
    """Public bug: counts times weights, clamped at 100. One habit in excess does not make up for all the others."""
    world = World(
        tmp_path,
        "adoption",
        layer="""
            [scorecards.health]
            subject = "account"
            missing = "skip"
            bands = { good = 70, poor = 0 }
            [scorecards.health.measures]
            seats = { metric = "seat_utilisation", linear = [0, 1] }
            breadth = { metric = "adoption_breadth", linear = [0, 1] }
        """,
        accounts="account_id, signed_up\nA, 2020-01-01\nB, 2020-01-01",
        contracts="contract_id, account_id, start_date, arr, seats, features_included\n"
        "1, A, 2025-01-01, 100, 4, 10\n2, B, 2025-01-01, 100, 4, 10",
        usage="\n".join(
            [
                "account_id, user_id, day, feature, events",
                *(f"A, u{n}, 2026-03-31, f0, 999" for n in range(40)),
                *(f"B, u{n}, 2026-03-31, f{n}, 1" for n in range(4)),
            ]
        ),
    )
    scores = world.scores("2026-03-31")["health"]
    assert [scores[key]["score"] for key in "AB"] == [55, 70]


def test_the_catalogue_is_listed_anywhere(tmp_path, capsys, monkeypatch):
    """`metrics --catalogue` needs no project: lines for people, JSON and CSV for machines."""
    monkeypatch.chdir(tmp_path)
    run = CommandLine(capsys)
    lines = run("metrics", "--catalogue").out.splitlines()
    assert "catalogue/renewals: what was due, and what became of it. Always by the day on which it was due." in lines
    assert "  arr  Annual recurring revenue" in lines
    assert "      sum(arr) from contracts where in_force()" in lines
    found = json.loads(run("metrics", "--catalogue", "--format", "json").out)
    assert found["format"] == 1
    assert [topic["topic"] for topic in found["topics"]] == list(TOPICS)
    by_name = {each["metric"]: each for topic in found["topics"] for each in topic["metrics"]}
    assert by_name["gross_revenue_retention"] | {"why": ""} == {
        "metric": "gross_revenue_retention",
        "title": "Gross revenue retention",
        "unit": "ratio",
        "better": "higher",
        "at": ["above account"],
        "formula": "sum(least(arr, arr_a_year_ago)) / sum(arr_a_year_ago) over account where arr_a_year_ago > 0",
        "why": "",
    }
    rows = list(csv.DictReader(io.StringIO(run("metrics", "--catalogue", "--format", "csv").out)))
    assert [(row["topic"], row["metric"]) for row in rows] == [(each.topic, each.name) for each in METRICS]


def test_a_layer_lists_what_it_makes_of_a_metric():
    """A layer that changes one key of a metric shows the whole of it."""
    listed = {(each.topic, each.name): each for each in METRICS}
    closed = "in_force() and (account.closed_on is null or account.closed_on > as_of)"
    assert listed["closed_accounts", "arr"].formula == f"sum(arr) from contracts where {closed}"
    assert listed["closed_accounts", "arr"].unit == "USD"
    assert (
        listed["arr_snapshots", "arr"].formula == "sum(arr) from arr_snapshots where day = lookup(last_snapshot, 'arr')"
    )
    assert listed["survival", "onboarding_weeks"].formula.startswith("plugin survival.duration (start = booked_on")


def test_the_listing_says_where_metrics_are_computed(tmp_path):
    """What the catalogue says of the subjects of a metric is what the rules make of it."""
    for topic in catalogue_topics():
        rules = ruleset(tmp_path, topic.name)
        for each in topic.metrics:
            places = rules.metrics[each.name].subjects
            if each.at[0].startswith("above "):
                assert "company" in places, each.name
            else:
                assert places == each.at, each.name


@pytest.mark.parametrize(
    ("arguments", "code"),
    [((), "TP373"), (("account", "--catalogue"), "TP374"), (("--catalogue", "--as-of", "today"), "TP374")],
)
def test_half_a_question_is_refused(tmp_path, capsys, monkeypatch, arguments, code):
    """Neither a subject nor the catalogue, or both: exit 2 with what to write instead."""
    monkeypatch.chdir(tmp_path)
    asked = CommandLine(capsys)("metrics", *arguments)
    assert (asked.code, asked.codes) == (2, [code])
