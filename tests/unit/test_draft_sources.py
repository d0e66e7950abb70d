"""The sources that a project is to fill in: tables and columns as the rules want them, with the words they look for."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from trigpoint.draft import Answers, bundled_rulesets, sources_of, tables_of, write_answered
from trigpoint.draft.words import words_of
from trigpoint.resources import bundled_names

ANSWERS = Answers("growth", "retention", ("strategic", "pooled"), "enterprise", "$6-20M", ("renewals", "opportunities"))


@pytest.mark.parametrize(
    ("names", "table", "column", "words"),
    [
        (["catalogue/expansion"], "opportunities", "kind", ("expansion",)),
        (["catalogue/cost"], "costs", "activity", ("renew", "expand")),
        (["catalogue/surveys"], "surveys", "kind", ("nps", "csat", "ces", "ces_effort")),
        (["catalogue/advocacy"], "advocacy", "kind", ("reference", "referral")),
        (["catalogue/targets"], "targets", "metric", ("dollar_renewal_rate", "expansion_won")),
        (["catalogue/relationships"], "accounts", "segment", ("smb",)),  # in a derived column
        (["mixed"], "accounts", "segment", ("enterprise", "mid_market", "smb")),  # in conditions of scorecards
        (["strategic-csm", "pooled-csm"], "csms", "role", ("strategic", "pooled")),
        (["b2b-saas"], "contacts", "role", ("champion",)),
    ],
)
def test_words_that_rules_look_for(names: list[str], table: str, column: str, words: tuple[str, ...]) -> None:
    """What a text column is compared with, wherever in the rules."""
    assert words_of(names)[table, column] == words


def test_words_stand_beside_their_column() -> None:
    """They are examples: other words are allowed, and count for nothing."""
    text = sources_of(["catalogue/expansion"])
    assert "kind (text: 'expansion', ...), opened_on (date)" in text
    assert "account_id (text), kind" in text


@pytest.mark.parametrize("name", [name for name in bundled_names("rulesets") if not name.startswith("projects/")])
def test_words_are_of_declared_columns(name: str) -> None:
    """No word is said of a column that there is not, or that is no text."""
    tables = tables_of([name])
    assert all(tables[table][column] == "text" for table, column in words_of([name]))


def test_every_ready_made_ruleset_has_its_sources() -> None:
    """Each table stands there once, as comments only."""
    for each in bundled_rulesets():
        lines = sources_of([each.name]).splitlines()
        assert all(line.startswith("#") for line in lines if line)
        for table in tables_of([each.name]):
            assert lines.count(f"# [sources.{table}]") == 1


def test_columns_that_a_layer_takes_away_are_not_asked_for() -> None:
    """In constant currency the amount is computed, and another column is read."""
    columns = tables_of(["catalogue/currencies_renewals"])["renewals"]
    assert "due" not in columns
    assert {"due_local", "currency"} <= columns.keys()


def test_answers_lead_to_the_words_of_their_roles(tmp_path: Path) -> None:
    """Roles are named in the scorecards of the answers, not in their layers; benchmarks have one too."""
    write_answered(tmp_path, "UTC", ANSWERS, None)
    text = (tmp_path / "trigpoint.toml").read_text()
    assert "role (text: 'leader', 'strategic', 'pooled', ...)" in text
    assert "kind (text: 'expansion', ...)" in text
    more = evolve(ANSWERS, data=(*ANSWERS.data, "costs"))
    write_answered(tmp_path, "UTC", more, ANSWERS)
    assert "activity (text: 'renew', 'expand', ...)" in (tmp_path / "trigpoint.toml").read_text()
