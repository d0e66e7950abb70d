"""From answers to rules: every combination gives a project that `check` accepts, with the weights that were said."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from trigpoint.draft import QUESTIONS, Answers, composed, write_answered
from trigpoint.draft.composed import BENCHMARKS, rulesets_of
from trigpoint.draft.ready_made import bundled_rulesets, content, tables_of
from trigpoint.errors import UsageError
from trigpoint.model.scorecard import Scorecard
from trigpoint.rules import check, load_project, load_ruleset
from trigpoint.rules.weights import shares

QUESTION = {question.name: question for question in QUESTIONS}
SEGMENTS = {"enterprise": "enterprise", "mid_market": "mid-market", "smb": "transactional"}
DATA, ROLES, MODELS = (QUESTION[name].choices for name in ("data", "roles", "touch"))
ALL = Answers("growth", "retention", ROLES, SEGMENTS, "$6-20M", DATA)
NONE = Answers("mature", "retention", (), "enterprise", "$50M+", ())


def subsets(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """All of them, of every size."""
    return itertools.chain.from_iterable(itertools.combinations(words, size) for size in range(len(words) + 1))


PEOPLE = [
    evolve(ALL, maturity=maturity, goal=goal, roles=roles)
    for maturity in QUESTION["maturity"].choices
    for goal in QUESTION["goal"].choices
    for roles in subsets(ROLES)
]
TOUCHES: list[str | dict[str, str]] = [
    *MODELS,
    {"all": "mid-market"},
    {"one": "enterprise", "two": "enterprise"},
    {"Großkunden": "enterprise", "l'été, 50%": "transactional"},
    {"account": "enterprise"},  # account_health is taken
    {"x" * 60: "mid-market", "y" * 39 + "_z": "transactional"},
    {"123": "mid-market", "?": "enterprise", "!": "transactional"},
]


def ids(answers: Answers) -> str:
    """What tells a case apart."""
    touch = QUESTION["touch"].shown(answers.touch)
    return " ".join((answers.maturity, answers.goal, "+".join(answers.roles), touch, f"{len(answers.data)} tables"))


def problems(root: Path, answers: Answers) -> list[str]:
    """What `check` says of the project of some answers."""
    write_answered(root / "mine", "UTC", answers, None)
    return [str(problem) for problem in check(root / "mine")]


@pytest.mark.parametrize("answers", [each for each in PEOPLE if len(each.roles) in (0, 3)], ids=ids)
def test_who_and_what_for(tmp_path: Path, answers: Answers) -> None:
    """Each maturity and goal, with and without roles, gives rules without a problem."""
    assert problems(tmp_path, evolve(answers, data=())) == []


@pytest.mark.parametrize("roles", list(subsets(ROLES)), ids="+".join)
def test_roles(tmp_path: Path, roles: tuple[str, ...]) -> None:
    """Each set of roles, with everything that can be known, gives rules without a problem."""
    assert problems(tmp_path, evolve(ALL, roles=roles)) == []


@pytest.mark.parametrize("touch", TOUCHES, ids=str)
def test_touch_models(tmp_path: Path, touch: str | dict[str, str]) -> None:
    """Each touch model, for all accounts or by segment, whatever segments are called."""
    answers = evolve(NONE, touch=touch, data=("usage", "contacts", "meetings"))
    assert problems(tmp_path, answers) == []
    cards = load_ruleset(load_project(tmp_path / "mine")).families["customer_health"]
    assert len(cards) == 1 + (1 if isinstance(touch, str) else len(touch))


@pytest.mark.parametrize("table", DATA)
def test_one_table_alone(tmp_path: Path, table: str) -> None:
    """What there is data for is judged; nothing else is needed, and no survey decides."""
    assert problems(tmp_path, evolve(ALL, touch="transactional", data=(table,))) == []


@pytest.mark.parametrize("table", DATA)
def test_all_but_one_table(tmp_path: Path, table: str) -> None:
    """What there is no data for is left out, with the table named; no layer but the benchmarks declares it, and no source."""
    answers = evolve(ALL, data=tuple(each for each in DATA if each != table))
    assert problems(tmp_path, answers) == []
    made = composed(answers)
    names = [layer.removeprefix("trigpoint:") for layer in made.layers]
    assert table not in tables_of(name for name in names if name != BENCHMARKS)
    assert f"# [sources.{table}]" not in (tmp_path / "mine" / "trigpoint.toml").read_text()


def cards_of(answers: Answers) -> dict[str, Any]:
    """The scorecards in the rules to review."""
    cards: dict[str, Any] = tomllib.loads(composed(answers).review)["scorecards"]
    return cards


def weights(card: dict[str, Any]) -> dict[str, float]:
    """The weights of its groups."""
    return {name: group["weight"] for name, group in card["groups"].items()}


@pytest.mark.parametrize("answers", PEOPLE, ids=ids)
def test_retention_weighs_half_where_renewals_are_owned(answers: Answers) -> None:
    """Everywhere but among onboarding specialists: whoever has a goal of either kind owns the renewals."""
    for name, card in cards_of(answers).items():
        if not name.endswith("_kpi") or name == "onboarding_kpi":
            continue
        said = weights(card)
        assert 2 * said["retention"] >= sum(said.values()), name
    if "onboarding" in answers.roles:
        assert weights(cards_of(answers)["onboarding_kpi"])["retention"] == 0


@pytest.mark.parametrize("data", [(), ("renewals",), ("usage", "advocacy"), DATA], ids=len)
@pytest.mark.parametrize("answers", PEOPLE, ids=ids)
def test_weights_add_up_to_a_hundred(answers: Answers, data: tuple[str, ...]) -> None:
    """In fives, whatever was raised, rounded or left out; what weighs anything keeps at least one."""
    for name, card in cards_of(evolve(answers, data=data)).items():
        if name.endswith("_kpi"):
            said = weights(card).values()
            assert sum(said) == 100, name
            assert all(weight % 5 == 0 for weight in said), name


def test_each_weight_tells_who_said_it() -> None:
    """The why of a mixed weight names the rulesets, with their weights."""
    group = cards_of(evolve(ALL, roles=("strategic",)))["strategic_kpi"]["groups"]["engagement"]
    assert group == {"weight": 20, "why": "growth says 10, retention-first says 15, strategic-csm says 20"}


def test_weights_are_the_middle() -> None:
    """A weight is the mean of what the rulesets say, in fives; what none of them weighs is not laid."""
    said = weights(cards_of(evolve(NONE, maturity="growth", goal="expansion", data=DATA))["csm_kpi"])
    assert said["expansion"] == 25  # of 20 and 35: 27.5
    assert "guidance" not in said


def test_a_role_of_whose_work_nothing_is_known_is_not_scored(tmp_path: Path) -> None:
    """Without projects onboarding specialists have no scorecard, and are not judged by renewals instead."""
    answers = evolve(NONE, roles=("onboarding",), data=("renewals", "readings"))
    assert problems(tmp_path, answers) == []
    card = load_ruleset(load_project(tmp_path / "mine")).scorecards["csm_kpi"]
    assert card.when is not None
    assert "onboarding_kpi" not in cards_of(answers)
    assert any(each.startswith("onboarding-specialist: ") for each in composed(answers).left_out)


def test_no_survey_decides(tmp_path: Path) -> None:
    """No survey carries more than a quarter of any scorecard."""
    write_answered(tmp_path, "UTC", ALL, None)
    ruleset = load_ruleset(load_project(tmp_path))
    for card in ruleset.scorecards.values():
        assert share_of_surveys(card) <= 0.25, card.name


def share_of_surveys(card: Scorecard) -> float:
    """The share of its weight that lies in surveys."""
    return sum(share for name, share in shares(card).items() if name == "recommend")


def test_tables_without_a_use_are_told() -> None:
    """Facts that are worth nothing without others are said, with the others; the benchmarks count meetings alone."""
    left_out = composed(evolve(NONE, data=("contacts",))).left_out
    assert "the table contacts: of no use without meetings" in left_out
    assert not any("the table" in each for each in composed(evolve(NONE, data=("meetings",))).left_out)


def test_the_stage_is_asserted() -> None:
    """Benchmarks are laid whatever facts there are; the stage that was answered is compared with the revenue."""
    for answers, stage in ((ALL, "$6-20M"), (NONE, "$50M+")):
        made = composed(answers)
        assert f"trigpoint:{BENCHMARKS}" in made.layers
        assert tomllib.loads(made.review)["asserts"]["arr_stage_as_answered"]["that"] == f"arr_stage = '{stage}'"


def test_choices_of_data_are_the_tables_of_the_parts() -> None:
    """Every table that a part or ruleset wants can be answered, and no other."""
    names = [each.name for each in bundled_rulesets() if each.name != "b2b-saas"]
    layers = ("catalogue/rates", "catalogue/assignments", "catalogue/absences", "catalogue/survival")
    wanted = {*tables_of([*names, *layers])}
    assert set(DATA) == wanted - {"accounts", "csms", "contracts"}


def test_each_choice_means_something() -> None:
    """Each choice of a question in words has its meaning beside it; stages of revenue need none."""
    for question in QUESTIONS:
        assert question.name == "arr_stage" or set(question.meanings) == set(question.choices)
        assert question.shown(question.read(question.default)) == question.default
        assert question.why


@pytest.mark.parametrize(
    ("name", "text", "answer"),
    [
        ("maturity", " Growth ", "growth"),
        ("roles", "none", ()),
        ("roles", "pooled, strategic,pooled", ("pooled", "strategic")),
        ("touch", "Enterprise", "enterprise"),
        ("touch", "a = enterprise, B b=mid-market", {"a": "enterprise", "B b": "mid-market"}),
        ("arr_stage", "UP TO $2m", "up to $2M"),
        ("data", "usage,,tickets,", ("usage", "tickets")),
        ("data", "accounts,usage,Contracts,csms", ("usage",)),  # always needed
        ("data", "contracts", ()),
        ("data", "NONE,accounts", ()),
    ],
)
def test_answers_are_read_as_typed(name: str, text: str, answer: object) -> None:
    """Spaces, capitals and doubled words do no harm."""
    assert QUESTION[name].read(text) == answer


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("maturity", "grwth", "did you mean 'growth'?"),
        ("maturity", "", "startup, growth, mature"),
        ("roles", "everything", "onboarding, pooled, strategic"),
        ("roles", " , ", "none"),
        ("touch", "smb=low", "enterprise, mid-market, transactional"),
        ("touch", "smb=transactional,smb=enterprise", "twice"),
        ("touch", "smb=transactional,enterprise", "no segment"),
        ("touch", "=transactional", "no segment"),
        ("data", "usage,slack", "one of absences"),
        ("data", "none,usage", "cannot be none and 'usage'"),
        ("roles", "pooled, None", "cannot be none and 'pooled'"),
        ("touch", "small\nones=transactional", "U+000A"),
        ("touch", "small\u202e=transactional", "U+202E"),
        ("touch", f"{'x' * 101}=transactional", "at most 100"),
    ],
)
def test_bad_answers_name_the_choices(name: str, text: str, said: str) -> None:
    """A wrong answer is refused with the option, and the choices or the nearest one."""
    with pytest.raises(UsageError) as refused:
        QUESTION[name].read(text)
    assert refused.value.problems[0].code == "TP380"
    assert said in str(refused.value)
    assert QUESTION[name].option in str(refused.value)


def test_rulesets_that_fit() -> None:
    """Each answer leads to the ready-made ruleset of its kind, once."""
    assert rulesets_of(evolve(NONE, goal="expansion", touch={"a": "enterprise", "b": "enterprise"})) == (
        "mature",
        "expansion",
        "enterprise",
    )
    assert all("scorecards" in content(name) for name in rulesets_of(ALL))
