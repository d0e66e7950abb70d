"""The bundled ruleset `b2b-saas`: sound, explained, documented, and sane on the made-up company."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from support.health_project import write_health_project
from trigpoint import load_project, load_ruleset
from trigpoint.model.scorecard import Measure
from trigpoint.rules import check

DOCS = Path(__file__).parents[3] / "docs" / "rulesets"


def demo_project(root: Path, layer: str | None = None) -> Path:
    """A small made-up company, with a layer of its own or without."""
    return write_health_project(root, 50, layer)


@pytest.fixture(scope="module")
def ruleset(tmp_path_factory):
    """The rules of a fresh demo project."""
    return load_ruleset(load_project(demo_project(tmp_path_factory.mktemp("demo"))))


@pytest.fixture(scope="module")
def health(ruleset):
    """The scorecard of accounts."""
    return ruleset.scorecards["health"]


def test_no_warnings(ruleset):
    """The ruleset passes every check without a warning."""
    assert [str(warning) for warning in ruleset.warnings] == []


def test_every_metric_is_explained(ruleset):
    """Each metric has a title, and numbers a unit and a direction."""
    for metric in ruleset.metrics.values():
        assert metric.text.title, metric.name
        assert metric.type == "text" or (metric.text.unit and metric.better), metric.name


def test_every_threshold_has_its_why(health):
    """Each measure says why its numbers are what they are, what is wrong and what to do; each group why its weight."""
    for measure in health.measures:
        assert measure.text.why, measure.name
        assert measure.text.advice, measure.name
        assert measure.reason, measure.name
    assert all(group.text.why and group.text.title for group in health.groups)
    assert all(guard.reason for guard in health.guards)


def test_a_survey_alone_decides_nothing(health):
    """One survey never carries more than a quarter of the score."""
    assert share(health, "nps") < 0.25
    assert abs(sum(share(health, measure.name) for measure in health.measures) - 1) < 1e-9


def share(card, name):
    """The effective weight of a measure."""
    measure = next(each for each in card.measures if each.name == name)
    group = next(each for each in card.groups if each.name == measure.group)
    return (
        measure.weight
        / sum(each.weight for each in card.members(group.name))
        * group.weight
        / sum(each.weight for each in card.members(None))
    )


def test_the_docs_show_all_weights(health):
    """The page of the ruleset lists the groups, measures and guards with the weights they have."""
    page = (DOCS / "b2b-saas.md").read_text(encoding="utf-8")
    group = None
    for row in re.findall(r"^\| (\w*) \| ?(\d*) ?\| `(\w+)` \| (\d+) \|", page, re.MULTILINE):
        group = row[0] or group
        measure = next(each for each in health.measures if each.name == row[2])
        assert (measure.group, measure.weight) == (group, float(row[3]))
        if row[1]:
            assert next(each.weight for each in health.groups if each.name == group) == float(row[1])
    shown = re.findall(r"\| `(\w+)` \|", page)
    assert shown == [each.name for each in (*by_group(health), *health.guards)]


def by_group(card) -> list[Measure]:
    """The measures in the order of their groups."""
    return [each for group in card.groups for each in card.measures if each.group == group.name]


def test_bands_are_worst_last(health):
    """Bands are in order and start at 0."""
    assert [(band.name, band.edge) for band in health.bands] == [("at_risk", 0), ("watch", 55), ("healthy", 75)]
    assert all(low.edge < high.edge for low, high in pairwise(health.bands))


SNIPPETS = re.findall(
    r"^```toml\n(.*?)^```", (DOCS / "b2b-saas.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)


@pytest.mark.parametrize("number", range(len(SNIPPETS)))
def test_changes_shown_in_the_docs_work(tmp_path, number):
    """Each change that the page shows can be laid over the ruleset as it stands."""
    assert [str(problem) for problem in check(demo_project(tmp_path, SNIPPETS[number]))] == []


def test_there_are_snippets():
    """The page shows changes; the test above has something to test."""
    assert len(SNIPPETS) == 2
