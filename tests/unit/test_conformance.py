"""The conformance table of the language: the oracle, and each engine, agree with every line of it."""

from __future__ import annotations

import pytest

import oracle
from support import conformance, engine
from support.compare import same, stored


def by_oracle(head: dict, _) -> dict:
    return oracle.evaluate(conformance.ruleset(head), conformance.rows(head), head["as_of"])


def by_sqlite(head: dict, folder) -> dict:
    return engine.run(folder, conformance.ruleset(head), conformance.rows(head), head["as_of"])


@pytest.mark.parametrize("judge", [by_oracle, by_sqlite])
@pytest.mark.parametrize("file", conformance.FILES, ids=lambda file: file.stem)
def test_every_case_holds(judge, file, tmp_path):
    """Each expression of the table gives what the table says."""
    head = conformance.read(file)
    values = judge(head, tmp_path)["values"]["account"]
    assert head["cases"]
    assert not conformance.wrong(head, values, lambda expected, value: same(stored(expected), stored(value)))


def test_a_wrong_line_is_found(tmp_path):
    """A line that expects something else is told with its expression."""
    head = conformance.read(conformance.FILES[0])
    right = head["cases"][0]
    head["cases"] = [{**right, "expect": "no data" if right["expect"] != "no data" else 1}]
    values = by_sqlite(head, tmp_path)["values"]["account"]
    found = conformance.wrong(head, values, lambda expected, value: same(stored(expected), stored(value)))
    assert len(found) == 1
    assert right["expression"] in found[0]
