"""What differs between two rulesets, setting by setting."""

from __future__ import annotations

from trigpoint.rules.changes import SettingChange, changed_settings

BEFORE = {
    "metrics": {"arr": {"from": "contracts", "where": "in_force()"}},
    "scorecards": {
        "health": {"title": "Health", "measures": {"seats": {"weight": 2, "linear": [0.2, 0.9], "why": "so"}}},
        "kpi": {"measures": {"arr": {"target": 1}}},
    },
    "benchmarks": {"old": {"year": 2016}},
}
AFTER = {
    "metrics": {"arr": {"from": "contracts"}},
    "scorecards": {
        "health": {"title": "How they do", "measures": {"seats": {"weight": 4, "linear": [0.2, 0.9], "why": "else"}}},
        "kpi": {"measures": {"arr": {"target": 1}, "gross": {"target": 0.9}}},
    },
    "benchmarks": {},
}


def test_settings_that_mean_something_are_told_and_those_of_the_scorecard_come_first():
    """Titles, reasons and benchmarks judge nothing and are left out; what is new or gone has no other side."""
    assert changed_settings(BEFORE, AFTER, ("scorecards", "health")) == (
        SettingChange(("scorecards", "health", "measures", "seats", "weight"), 2, 4),
        SettingChange(("scorecards", "kpi", "measures", "gross", "target"), None, 0.9),
        SettingChange(("metrics", "arr", "where"), "in_force()", None),
    )


def test_the_same_rules_have_no_changes():
    """Nothing differs from itself."""
    assert changed_settings(BEFORE, BEFORE) == ()
