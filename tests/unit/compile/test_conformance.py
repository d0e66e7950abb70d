"""SQLite agrees with every line of the conformance table of the language."""

from __future__ import annotations

import pytest

from support import conformance
from support.compare import same, stored
from support.engine import run


@pytest.mark.parametrize("file", conformance.FILES, ids=lambda file: file.stem)
def test_every_case_holds_on_sqlite(file, tmp_path):
    """Each expression of the table, compiled and run beside the facts, gives what the table says."""
    head = conformance.read(file)
    found = run(tmp_path, conformance.ruleset(head), conformance.rows(head), head["as_of"])
    assert head["cases"]
    assert not conformance.wrong(
        head, found["values"]["account"], lambda expected, value: same(stored(expected), value)
    )
