"""`extends`: rule files that name the layers they stand on."""

from __future__ import annotations

from pathlib import Path

import pytest

from trigpoint import resources
from trigpoint.rules import check, files, load_project, load_ruleset

TABLES = (
    '[subjects.account]\ntable = "accounts"\nkey = "id"\n[tables.accounts]\ncolumns = { id = "text", n = "number" }\n'
)


def project(root: Path, rules: str, **texts: str) -> Path:
    """A project with the entries of `rules` and the rule files `a.toml`, ..."""
    (root / "trigpoint.toml").write_text(f'timezone = "UTC"\nrules = {rules}\n', encoding="utf-8")
    for name, text in {"base": TABLES, **texts}.items():
        (root / f"{name}.toml").write_text(text, encoding="utf-8")
    return root


def metric(number: int, *extends: str) -> str:
    """A rule file that sets `m` to a number, and has a metric of its own."""
    entries = ", ".join(f'"{each}"' for each in extends)
    return f"extends = [{entries}]\n[metrics.m]\nvalue = 'n * {number}'\n[metrics.m{number}]\nvalue = 'n'\n"


def value_of(root: Path) -> str:
    """What the metric `m` is in the end."""
    return load_ruleset(load_project(root)).metrics["m"].value.text


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in the place of the bundled rulesets, with a folder in it."""
    root = tmp_path / "shelf"
    (root / "catalogue").mkdir(parents=True)
    (root / "projects").mkdir()
    (root / "projects" / "demo.toml").write_text("x", encoding="utf-8")
    real = resources.bundled

    def bundled(kind: resources.Kind) -> Path:
        return root if kind == "rulesets" else real(kind)

    monkeypatch.setattr(resources, "bundled", bundled)
    monkeypatch.setattr(files, "bundled", bundled)
    return root


def test_what_is_extended_lies_below(tmp_path: Path) -> None:
    """The file's own settings override those of the layers it extends, and these each other in their order."""
    root = project(tmp_path, '["a.toml"]', a=metric(1, "base.toml", "b.toml", "c.toml"), b=metric(2), c=metric(3))
    assert value_of(root) == "n * 1"
    project(tmp_path, '["a.toml"]', a='extends = ["base.toml", "b.toml", "c.toml"]\n')
    assert value_of(root) == "n * 3"


@pytest.mark.parametrize(
    ("rules", "value"),
    [
        ('["base.toml", "a.toml", "b.toml"]', "n * 2"),
        ('["base.toml", "b.toml", "a.toml"]', "n * 2"),  # a was laid below b
        ('["base.toml", "a.toml", "c.toml"]', "n * 1"),  # c was laid below a
        ('["base.toml", "[abc].toml"]', "n * 2"),  # the pattern names all, b lies on the others
    ],
)
def test_a_layer_is_laid_once_at_its_first_mention(tmp_path: Path, rules: str, value: str) -> None:
    """What is named again, or extended by several, stays where it was named first."""
    texts = {"a": metric(1, "c.toml"), "b": metric(2, "c.toml", "a.toml"), "c": metric(3)}
    assert value_of(project(tmp_path, rules, **texts)) == value


def test_depth_first(tmp_path: Path) -> None:
    """What is extended may extend others, which lie below it."""
    texts = {"a": "extends = ['b.toml']\n", "b": metric(2, "c.toml"), "c": metric(3, "base.toml")}
    assert value_of(project(tmp_path, '["a.toml"]', **texts)) == "n * 2"


def test_extends_is_no_setting(tmp_path: Path) -> None:
    """What is kept of the rules, and the fingerprint, are the same however the layers were named."""
    one = load_ruleset(load_project(project(tmp_path, '["base.toml", "a.toml"]', a=metric(1))))
    two = load_ruleset(load_project(project(tmp_path, '["a.toml"]', a=metric(1, "base.toml"))))
    assert one.settings == two.settings
    assert one.fingerprint == two.fingerprint


def test_ready_made_rulesets_may_lie_in_folders(tmp_path: Path, shelf: Path) -> None:
    """A ready-made ruleset of a folder is named with it, from a project and from another ready-made one."""
    (shelf / "tables.toml").write_text(TABLES, encoding="utf-8")
    (shelf / "catalogue" / "renewals.toml").write_text(metric(5, "trigpoint:tables"), encoding="utf-8")
    (shelf / "all.toml").write_text('extends = ["trigpoint:catalogue/renewals"]\n', encoding="utf-8")
    assert resources.bundled_names("rulesets") == ("all", "tables", "catalogue/renewals")
    root = project(tmp_path, '["trigpoint:all", "trigpoint:catalogue/renewals"]')
    assert value_of(root) == "n * 5"
    origin = load_ruleset(load_project(root)).origins["metrics", "m", "value"]
    assert str(origin) == "trigpoint:catalogue/renewals:3:9"


def test_ready_made_rulesets_extend_ready_made_ones_only(tmp_path: Path, shelf: Path) -> None:
    """A file of the project cannot lie below a ready-made ruleset."""
    (shelf / "catalogue" / "renewals.toml").write_text(metric(5, "base.toml"), encoding="utf-8")
    root = project(tmp_path, '["trigpoint:catalogue/renewals"]')
    assert [str(problem) for problem in check(root)] == [
        "trigpoint:catalogue/renewals:1:12: TP110 'base.toml' is no ready-made ruleset, and a ready-made one extends "
        "no other files (ready-made ones are written trigpoint:NAME)"
    ]


def test_a_name_without_its_folder_is_recognised(tmp_path: Path, shelf: Path) -> None:
    """Who leaves the folder out is told the whole name."""
    (shelf / "catalogue" / "renewals.toml").write_text(TABLES, encoding="utf-8")
    (problem,) = check(project(tmp_path, '["trigpoint:renewals"]'))
    assert (problem.code, problem.hint) == ("TP110", "did you mean 'catalogue/renewals'?")


def test_what_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    """A broken file that two others extend has its problem told once, and nothing follows from it."""
    texts = {"a": metric(1, "c.toml"), "b": metric(2, "c.toml"), "c": "= 1\n"}
    found = check(project(tmp_path, '["base.toml", "a.toml", "b.toml"]', **texts))
    assert [problem.code for problem in found] == ["TP101"]
