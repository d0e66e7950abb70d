"""The ready-made rulesets on the catalogue: sound alone and together, explained, documented, fair to who owns what."""

from __future__ import annotations

import itertools
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from trigpoint.draft import bundled_rulesets, tables_of
from trigpoint.draft.ready_made import content, standing_on
from trigpoint.model.metric import Metric
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Scorecard, Target
from trigpoint.rules import check, load_project, load_ruleset
from trigpoint.rules.weights import shares

DOCS = Path(__file__).parents[3] / "docs" / "rulesets"
MATURITY, GOALS = ("startup", "growth", "mature"), ("retention-first", "expansion")
ROLES = ("onboarding-specialist", "pooled-csm", "strategic-csm")
TOUCH = ("enterprise", "mid-market", "transactional", "mixed")
HANDBOOKS = ("posthog", "gitlab")
PEOPLE, ACCOUNTS = MATURITY + GOALS + ROLES, TOUCH + HANDBOOKS
NAMES = PEOPLE + ACCOUNTS
OWN_CARDS = {
    **dict.fromkeys(MATURITY + GOALS, "csm_kpi"),
    **dict(zip(ROLES, ("onboarding_kpi", "pooled_kpi", "strategic_kpi"), strict=True)),
    **dict(zip(TOUCH[:3], ("enterprise_health", "mid_market_health", "transactional_health"), strict=True)),
    **{name: f"{name}_health" for name in HANDBOOKS},
}
TOGETHER = [
    *itertools.permutations(ROLES),
    *itertools.product(MATURITY, GOALS),
    *itertools.product(PEOPLE[:5], TOUCH),
    ("growth", "retention-first", *ROLES, "mixed", "benchmarks-2016"),
    ("growth", "catalogue/assignments", "mixed"),
    ("growth", "mixed", "catalogue/absences", "catalogue/assignments_renewals", "catalogue/assignments_targets"),
    ("mature", "posthog", "gitlab", "catalogue/currencies"),
    ("b2b-saas", "growth", "catalogue/currencies", "catalogue/currencies_renewals", "catalogue/currencies_expansion"),
    ("b2b-saas", "growth"),
    ("b2b-saas", "mixed"),
    ("mixed", "b2b-saas"),
]


def problems(*names: str) -> list[str]:
    """What `check` says of rulesets laid over one another."""
    with TemporaryDirectory() as folder:
        _project(Path(folder), names)
        return [str(problem) for problem in check(Path(folder))]


@cache
def ruleset(name: str) -> Ruleset:
    """The rules of a ready-made ruleset alone."""
    with TemporaryDirectory() as folder:
        _project(Path(folder), (name,))
        return load_ruleset(load_project(Path(folder)))


def _project(root: Path, names: tuple[str, ...]) -> None:
    layers = ", ".join(f'"trigpoint:{name}"' for name in names)
    (root / "trigpoint.toml").write_text(f'timezone = "UTC"\nrules = [{layers}]\n', encoding="utf-8")


def own_card(name: str) -> Scorecard:
    """The scorecard that a ruleset is there for."""
    return ruleset(name).scorecards[OWN_CARDS[name]]


def page(name: str) -> str:
    """The page of a ruleset."""
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def test_these_are_all() -> None:
    """Each ready-made ruleset is tested, here or in a file of its own."""
    assert {each.name for each in bundled_rulesets()} == {*NAMES, "b2b-saas", "benchmarks-2016"}


@pytest.mark.parametrize("name", NAMES)
def test_each_alone(name: str) -> None:
    """No ruleset has an error or a warning; so no survey carries more than a quarter of a scorecard."""
    assert problems(name) == []


@pytest.mark.parametrize("names", TOGETHER, ids="+".join)
def test_several_together(names: tuple[str, ...]) -> None:
    """Rulesets of different kinds, and several of one kind, can be laid over one another without a problem."""
    assert problems(*names) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_threshold_has_its_why(name: str) -> None:
    """Each scorecard, group and measure says why, and numbers have a unit and a direction."""
    found = ruleset(name)
    for card in found.scorecards.values():
        assert card.text.title, card.name
        assert card.text.why, card.name
        for each in (*card.groups, *card.measures):
            assert each.text.why, each.name
        assert all(guard.reason for guard in card.guards)
    for metric in found.metrics.values():
        assert _explained(metric), metric.name


def _explained(metric: Metric) -> bool:
    if not (metric.text.title and metric.text.why):
        return False
    return metric.type not in ("integer", "number") or bool(metric.text.unit and metric.better)


@pytest.mark.parametrize("name", [*PEOPLE, *TOUCH])
def test_what_costs_points_says_what_to_do(name: str) -> None:
    """Measures of our own scorecards have a reason and an advice."""
    for card in ruleset(name).scorecards.values():
        for measure in card.measures:
            assert measure.reason, measure.name
            assert measure.text.advice, measure.name


@pytest.mark.parametrize("name", PEOPLE)
def test_retention_weighs_half_where_renewals_are_owned(name: str) -> None:
    """Only the CSMs of a start-up, whose founders own the renewals, and onboarding specialists are judged otherwise."""
    for card in ruleset(name).scorecards_of("csm"):
        weights = {group.name: group.weight for group in card.groups}
        half = 2 * weights["retention"] >= sum(weights.values())
        assert half == ((name, card.name) not in {("startup", "csm_kpi"), ("onboarding-specialist", "onboarding_kpi")})


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("firm", PEOPLE[:5])
def test_roles_keep_their_weights(tmp_path: Path, firm: str, role: str) -> None:
    """Over or under any other ruleset a role's scorecard weighs what its page says: no group of the others leaks in."""
    alone = {group.name: group.weight for group in own_card(role).groups if group.weight}
    for names in ((firm, role), (role, firm)):
        _project(tmp_path, names)
        card = load_ruleset(load_project(tmp_path)).scorecards[OWN_CARDS[role]]
        weights = {group.name: group.weight for group in card.groups if group.weight}
        assert weights == alone
        assert role == "onboarding-specialist" or 2 * weights["retention"] >= sum(weights.values())


@pytest.mark.parametrize("name", PEOPLE)
def test_kpi_scorecards_have_one_form(name: str) -> None:
    """Of a quarter; measures are attainments of targets; expansion is behind a gate of retention; reporting is modest."""
    for card in ruleset(name).scorecards_of("csm"):
        assert str(card.every) == "quarter"
        assert all(isinstance(measure.scale, Target) for measure in card.measures)
        groups = {group.name: group for group in card.groups}
        assert groups["expansion"].gate is not None
        total = sum(group.weight for group in card.groups)
        assert groups["reporting"].weight <= total / 10


@pytest.mark.parametrize("name", PEOPLE)
def test_who_left_is_not_judged(name: str) -> None:
    """CSMs are scored while they are in the firm."""
    assert ruleset(name).subjects["csm"].eligible is not None


def test_the_weights_of_posthog_are_the_handbooks() -> None:
    """The seven weights add up to a hundred, three quarters of them for products."""
    weights = {group.name: group.weight for group in own_card("posthog").groups}
    assert sum(weights.values()) == 100
    assert (
        sum(weights[name] for name in ("product_analytics", "session_replay", "feature_flags", "forms_and_rows")) == 75
    )


@pytest.mark.parametrize("name", HANDBOOKS)
def test_handbooks_are_credited(name: str) -> None:
    """The file and the page name the source, and what of it is not known."""
    from trigpoint.resources import bundled

    text = (bundled("rulesets") / f"{name}.toml").read_text("utf-8")
    for words in ("Credit: ", "Modelled: ", "Not known", "Not modelled", "In our own words"):
        assert words in text
    assert "handbook" in page(name)


def test_rulesets_are_short() -> None:
    """A ruleset says what is its own: weights and differences; measures and metrics come from the parts."""
    from trigpoint.resources import bundled

    for name in (*PEOPLE, *TOUCH):
        text = (bundled("rulesets") / f"{name}.toml").read_text("utf-8")
        assert len(text.splitlines()) <= 40, name
        assert "metrics" not in content(name)
        assert len(standing_on(name)) > 5


@pytest.mark.parametrize("name", OWN_CARDS)
def test_the_page_shows_the_weights(name: str) -> None:
    """The page lists groups, measures and guards of the scorecard, with the weights they have."""
    card, text = own_card(name), page(name)
    assert text.startswith(f"# {name}: ")
    assert f'"trigpoint:{name}"' in text
    assert f"## What `{card.name}` measures" in text
    rows = re.findall(r"^\| (\w*) +\| ?([\d.]*) +\| `(\w+)` \| ([\d.]+) \|", text, re.MULTILINE)
    group, shown = "", {}
    for row_group, group_weight, measure, weight in rows:
        group = row_group or group
        shown[measure] = (group, float(weight))
        if group_weight:
            assert next(each.weight for each in card.groups if each.name == group) == float(group_weight)
    assert shown == {each.name: (each.group, each.weight) for each in card.measures}
    assert {row[0] for row in rows} - {""} == {each.name for each in card.groups}
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == [each.name for each in card.guards]


@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_the_tables(name: str) -> None:
    """The page lists the tables that the ruleset reads, and says what to review first."""
    found = re.search(r"^Tables: ([^.]+)\.", page(name), re.MULTILINE)
    assert found
    assert re.findall(r"`(\w+)`", found[1]) == list(tables_of([name]))
    assert page(name).split("## What to review first")[1].count("\n- ") >= 2


def test_the_page_of_mixed_compares_the_segments() -> None:
    """It shows each group with its weight in each of the scorecards, and where they apply."""
    found = ruleset("mixed")
    names = ("enterprise_health", "mid_market_health", "transactional_health", "account_health")
    assert tuple(card.name for card in found.families["customer_health"]) == names
    shown = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", page("mixed"), re.MULTILINE)
    for number, name in enumerate(names, 1):
        assert {row[0]: float(row[number]) for row in shown} == {
            group.name: group.weight for group in found.scorecards[name].groups
        }


def test_the_index_lists_them_all() -> None:
    """The index has each ruleset, with the weights of its groups."""
    text = page("index")
    assert set(re.findall(r"^\| \[([\w-]+)\]\(\1\.md\)", text, re.MULTILINE)) == {*NAMES, "b2b-saas"}
    columns = ("retention", "expansion", "engagement", "reporting")
    for name in PEOPLE:
        cells = re.search(rf"^\| \[{name}\]\({name}\.md\) \| (.+) \|$", text, re.MULTILINE)
        assert cells
        _, *numbers, others = (cell.strip() for cell in cells[1].split("|"))
        shown = dict(zip(columns, numbers, strict=True)) | dict(re.findall(r"(\w+) (\d+)", others))
        weights = {group.name: f"{group.weight:g}" for group in own_card(name).groups}
        assert {group: each for group, each in weights.items() if each != "0"} == {
            group: each for group, each in shown.items() if each != "0"
        }


@pytest.mark.parametrize("name", NAMES)
def test_shares_add_up(name: str) -> None:
    """The effective weights of each scorecard add up to one."""
    for card in ruleset(name).scorecards.values():
        assert sum(shares(card).values()) == pytest.approx(1)
