"""Layers: later files over earlier ones, key by key."""

from __future__ import annotations

from pathlib import Path

import pytest

from trigpoint.errors import Place, Problems, RulesError
from trigpoint.rules import load_project, load_ruleset
from trigpoint.rules.layers import merged, normal
from trigpoint.rules.setting import plain
from trigpoint.rules.shape import fit
from trigpoint.rules.toml_file import read_text


def laid(*texts: str) -> tuple[object, list[str]]:
    """The merged settings of layers of one file each, and the problems."""
    problems = Problems()
    files = [read_text(text.encode(), f"{number}.toml", problems) for number, text in enumerate(texts)]
    setting = merged([normal(fit(each, "rules", problems)) for each in files if each is not None], problems)
    return plain(setting), [str(problem) for problem in problems.found]


BASE = """
[scorecards.a]
subject = "account"
bands = { good = 50, bad = 0 }
groups = { use = 40 }
measures.seats = { group = "use", metric = "m", target = 0.9, zero_at = 0.5, max_points = 120, reason = "Few" }
measures.mood = { group = "use", metric = "m", choices = { green = 100, red = 0 } }
"""


def card(*texts: str, name: str = "a") -> dict[str, object]:
    """A scorecard after layering."""
    settings, problems = laid(BASE, *texts)
    assert not problems
    found: dict[str, object] = settings["scorecards"][name]  # type: ignore[index]
    return found


@pytest.mark.parametrize(
    ("over", "measure"),
    [
        ("measures.seats.target = 0.8", {"target": 0.8, "zero_at": 0.5, "max_points": 120, "reason": "Few"}),
        ("measures.seats.linear = [0, 1]", {"linear": [0, 1], "reason": "Few"}),
        ("measures.seats = { linear = [0, 1], reason = false }", {"linear": [0, 1]}),
        ("measures.seats = { replace = true, group = 'use', metric = 'm', rank = 'csm' }", {"rank": "csm"}),
    ],
)
def test_the_scales_of_a_measure_are_one_slot(over: str, measure: dict[str, object]) -> None:
    """A new scale drops the inherited one and what goes with it; a changed number of the same scale does not."""
    measures: dict[str, object] = card(f"[scorecards.a]\n{over}\n")["measures"]  # type: ignore[assignment]
    assert measures["seats"] == {"group": "use", "metric": "m", **measure}


def test_a_formula_takes_the_place_of_the_metric() -> None:
    """A measure's value in place drops the inherited metric."""
    measures: dict[str, object] = card("[scorecards.a.measures]\nmood.value = 'x'\n")["measures"]  # type: ignore[assignment]
    assert measures["mood"] == {"group": "use", "choices": {"green": 100, "red": 0}, "value": "x"}


def test_choices_merge_key_by_key() -> None:
    """One choice can be changed, added or removed without repeating the others."""
    over = "[scorecards.a.measures.mood.choices]\ngreen = 90\nyellow = 50\nred = false\n"
    measures: dict[str, dict[str, object]] = card(over)["measures"]  # type: ignore[assignment]
    assert measures["mood"]["choices"] == {"green": 90, "yellow": 50}


def test_bands_are_replaced_whole() -> None:
    """Old edges do not stay between new ones."""
    assert card("[scorecards.a]\nbands = { fine = 60, poor = 0 }\n")["bands"] == {"fine": 60, "poor": 0}


def test_a_group_may_be_a_number_or_a_table() -> None:
    """The short form of a group is its weight, whichever layer uses which form."""
    assert card("[scorecards.a.groups]\nuse = { combine = 'worst' }\n")["groups"] == {
        "use": {"weight": 40, "combine": "worst"}
    }
    assert card("[scorecards.a.groups]\nuse = { combine = 'worst' }\n", "[scorecards.a.groups]\nuse = 5\n")[
        "groups"
    ] == {"use": {"weight": 5, "combine": "worst"}}


def test_based_on_takes_over_and_removes() -> None:
    """A scorecard based on another has its keys, less what it removes, whatever the order of declaration."""
    own = '[scorecards.b]\nbased_on = "a"\nmeasures.mood = false\nmeasures.seats.linear = [0, 1]\nhold = 3\n'
    found = card(own, name="b")
    assert found["measures"] == {"seats": {"group": "use", "metric": "m", "linear": [0, 1], "reason": "Few"}}
    assert found["hold"] == 3
    assert "based_on" not in found


def test_based_on_sees_the_layered_base() -> None:
    """A later layer's change of the base reaches what is based on it."""
    own = '[scorecards.b]\nbased_on = "a"\n'
    assert card(own, "[scorecards.a]\nhold = 5\n", name="b")["hold"] == 5


def test_a_later_layer_can_take_a_removal_back() -> None:
    """What one layer removes another may set again."""
    found = card("[scorecards.a.measures]\nmood = false\n", "[scorecards.a.measures]\nmood = { metric = 'n' }\n")
    assert found["measures"]["mood"] == {"metric": "n"}  # type: ignore[index]


def test_removing_and_setting_again_under_based_on() -> None:
    """A removal waits for what the scorecard is based on, through several layers."""
    one = '[scorecards.b]\nbased_on = "a"\nmeasures.extra = { metric = "n" }\n'
    two = "[scorecards.b.measures]\nextra = false\nmood = false\n"
    assert list(card(one, two, name="b")["measures"]) == ["seats"]  # type: ignore[call-overload]


def write(root: Path, **files: str) -> Path:
    """A project with rule files `a.toml`, ... and the entries of `rules` in order."""
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_toml", ".toml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


TABLES = (
    '[subjects.account]\ntable = "accounts"\nkey = "id"\n[tables.accounts]\ncolumns = { id = "text", n = "number" }\n'
)


def test_origins_name_the_file_that_won(tmp_path: Path) -> None:
    """Every setting knows the file, line and column it came from."""
    rules = '[metrics.double]\nvalue = "n * 2"\ntitle = "Double"\n'
    write(
        tmp_path,
        trigpoint_toml='timezone = "UTC"\nrules = ["base/*.toml", "own.toml"]\n',
        base__a_toml=TABLES,
        base__b_toml=rules,
        own_toml='[metrics.double]\nvalue = "n * 3"\n',
    )
    ruleset = load_ruleset(load_project(tmp_path))
    assert ruleset.origins["metrics", "double", "value"] == Place("own.toml", 2, 9)
    assert ruleset.origins["metrics", "double", "title"] == Place("base/b.toml", 3, 9)
    assert ruleset.metrics["double"].value.text == "n * 3"


def test_a_file_counts_once(tmp_path: Path) -> None:
    """A file that an earlier entry names is not read again by a later glob."""
    write(tmp_path, trigpoint_toml='timezone = "UTC"\nrules = ["a.toml", "*.toml"]\n', a_toml=TABLES)
    (tmp_path / "trigpoint.toml").rename(tmp_path / "project.txt")
    (tmp_path / "rules").mkdir()
    (tmp_path / "a.toml").rename(tmp_path / "rules" / "a.toml")
    (tmp_path / "rules" / "b.toml").write_text("[metrics.m]\nvalue = 'n'\n", encoding="utf-8")
    (tmp_path / "trigpoint.toml").write_text(
        'timezone = "UTC"\nrules = ["rules/a.toml", "rules/*.toml"]\n', encoding="utf-8"
    )
    assert list(load_ruleset(load_project(tmp_path)).metrics) == ["m"]


def test_links_out_of_the_project_are_refused(tmp_path: Path) -> None:
    """A rule file that really lies elsewhere is not read."""
    outside = tmp_path / "outside.toml"
    outside.write_text(TABLES, encoding="utf-8")
    root = write(tmp_path / "project", trigpoint_toml='timezone = "UTC"\nrules = ["*_rules.toml"]\n')
    (root / "my_rules.toml").symlink_to(outside)
    with pytest.raises(RulesError) as caught:
        load_ruleset(load_project(root))
    assert [problem.code for problem in caught.value.problems] == ["TP111"]
    assert caught.value.problems[0].place == Place("trigpoint.toml", 2, 10)
