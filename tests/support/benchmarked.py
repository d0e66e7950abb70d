"""Rules with one benchmark, and stores whose runs have figures for it."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence

from support.scratch import Row, an_evaluation, value_row
from trigpoint.compile.occurrences import applies_column
from trigpoint.model.ruleset import Calendar, Ruleset
from trigpoint.rules import build_ruleset
from trigpoint.store import Run, Store, publish, run_of, start_run

DAY = dt.date(2026, 3, 31)
FACTS = """
[subjects.account]
table = "accounts"
key = "account_id"
parents = { csm = "csm_id" }
[tables.accounts]
columns = { account_id = "text", csm_id = "text" }
[subjects.csm]
table = "csms"
key = "csm_id"
label = "name"
[tables.csms]
columns = { csm_id = "text", name = "text", role = "text" }
[tables.renewals]
columns = { account_id = "text", due = "number", renewed = "number" }
belongs_to = { account = "account_id" }
[metrics.renewal_rate]
title = "Dollar renewal rate"
from = "renewals"
value = "sum(renewed) / sum(due)"
unit = "ratio"
better = "higher"
subject = ["company", "csm"]
[metrics.due]
from = "renewals"
value = "sum(due)"
empty = 0
unit = "USD"
"""
PEERS = 'basis = "peers"\ncitation = "A report"\nyear = 2016\nvalues = { growing = 1.0, struggling = 0.85 }\n'
OWN = 'basis = "own"\nquantile = 0.5\nhistory = "2 years"\nruns = 2\n'


def rules(benchmark: str, facts: str = FACTS) -> Ruleset:
    """The rules with one benchmark, `renewals`, of the renewal rate."""
    text = f'{facts}\n[benchmarks.renewals]\nmetric = "renewal_rate"\n{benchmark}'
    return build_ruleset(tomllib.loads(text), Calendar("UTC"))


def run(store: Store, ruleset: Ruleset, rate: object, day: dt.date = DAY, n: int | None = 40, **columns: object) -> Run:
    """Publishes the figure of the company, and answers the run."""
    row = value_row("company", renewal_rate=rate, renewal_rate__n=n, renewal_rate__newest=str(day), **columns)
    return run_of_rows(store, ruleset, {"company": [row]}, day)


def run_of_rows(store: Store, ruleset: Ruleset, rows: Mapping[str, Sequence[Row]], day: dt.date = DAY) -> Run:
    """Publishes value rows."""
    evaluation = an_evaluation(store.path.with_name("scratch.db"), day, ruleset, rows)
    publish(store, evaluation, start_run(store, ruleset, day))
    return run_of(store, day)


def csms(ruleset: Ruleset, count: int) -> dict[str, Sequence[Row]]:
    """Value rows of so many csms, every other one inside the condition."""
    column = applies_column(ruleset.benchmarks["renewals"])
    rows = [
        value_row(
            f"C-{number:02}", renewal_rate=0.8 + number / 100, renewal_rate__n=9, role="field", **{column: number % 2}
        )
        for number in range(1, count + 1)
    ]
    return {"csm": rows}
