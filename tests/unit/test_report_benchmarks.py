"""Own figures beside their references, as people and machines read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.benchmarked import PEERS, csms, rules, run, run_of_rows
from trigpoint.benchmarks import compare
from trigpoint.model.ruleset import Ruleset
from trigpoint.report.benchmarks import benchmark_lines, benchmarks_as_json, benchmarks_csv
from trigpoint.report.lines import plain
from trigpoint.store import Run, Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with open_store(tmp_path / "trigpoint.db", "write") as opened:
        yield opened


TABLE = """\
Dollar renewal rate  renewals
  own figure  92 % (n 40)  between struggling 85 % and growing 100 %
  references: struggling 85 % · growing 100 %
  peers: A report, 2016; out of date since 31 December 2019"""
REFUSED = """\
Dollar renewal rate  renewals
  own figure  no data  not compared: there is no own figure
  references: struggling 85 % · growing 100 %
  peers: A report, 2016"""


def shown(store: Store, published: Run, ruleset: Ruleset) -> str:
    return "\n".join(map(plain, benchmark_lines(compare(store, published, ruleset))))


def test_the_table_shows_figure_reference_and_source(store: Store) -> None:
    """Basis, citation and year always stand below; what is out of date is marked."""
    ruleset = rules(f'{PEERS}review_after = "3 years"')
    assert shown(store, run(store, ruleset, 0.92), ruleset) == TABLE
    assert shown(store, run(store, ruleset, None), rules(PEERS)) == REFUSED


def test_the_table_ends_after_twenty_subjects(store: Store) -> None:
    """The rest is counted, and the command that shows them is told."""
    ruleset = rules(f'subject = "csm"\n{PEERS}when = "role = \'strategic\'"')
    lines = shown(store, run_of_rows(store, ruleset, csms(ruleset, 23)), ruleset).splitlines()
    assert lines[0] == "Dollar renewal rate, by csm  renewals"
    assert lines[1].split() == "C-01 81 % (n 9) below struggling 85 % (worse)".split()
    assert lines[2].endswith("not compared: it applies only where role = 'strategic'; here role = 'field'")
    assert lines[21] == "  and 3 more: trigpoint benchmarks renewals --format csv"


def test_json_and_csv_hold_the_same(store: Store) -> None:
    """Both have a figure's place in words and as names, and the reason of a refusal as a kind and a text."""
    ruleset = rules(PEERS)
    published = run(store, ruleset, 0.5)
    found = compare(store, published, ruleset)
    told = benchmarks_as_json(published, found)
    assert (told["format"], told["as_of"], told["run"]) == (1, "2026-03-31", 1)
    (benchmark,) = told["benchmarks"]  # type: ignore[misc]  # a list
    assert benchmark["refused"] is None
    (figure,) = benchmark["figures"]
    assert figure["standing"] == {
        "at": None, "above": None, "below": "struggling", "side": "worse", "text": "below struggling 85 % (worse)"
    }  # fmt: skip
    names, rows = benchmarks_csv(published, found)
    (row,) = [dict(zip(names, row, strict=True)) for row in rows]
    assert (row["value"], row["references"], row["standing"], row["refused"], row["out_of_date"]) == (
        0.5, "struggling = 0.85; growing = 1", "below struggling 85 % (worse)", None, False
    )  # fmt: skip
