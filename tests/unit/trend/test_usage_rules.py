"""The rules `trend:usage`."""

from __future__ import annotations

import tomllib

from trigpoint_trend import trigpoint_rulesets

(OFFERED,) = trigpoint_rulesets()
RULES = tomllib.loads(OFFERED.path.read_text(encoding="utf-8"))


def test_it_is_offered_by_its_name() -> None:
    """A project names it as `trend:usage`."""
    assert OFFERED.name == "usage"


def test_every_metric_is_explained() -> None:
    """Title, why and direction stand with each metric, and a unit with each number."""
    for name, metric in RULES["metrics"].items():
        assert {"title", "why", "better"} <= metric.keys(), name
        assert "unit" in metric or name == "usage_falling"


def test_both_figures_are_of_the_same_weeks() -> None:
    """Slope and p-value look at the same rows of the same window."""
    slope, p_value = (RULES["metrics"][name] for name in ("usage_slope", "usage_p_value"))
    for key in ("from", "window", "subject"):
        assert slope[key] == p_value[key]
    assert slope["settings"] == {**p_value["settings"], "relative": True}
