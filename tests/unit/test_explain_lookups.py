"""An explanation shows what a lookup gave, and says when it found nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from trigpoint.explain import explain
from trigpoint.report.explanations import explanation_lines
from trigpoint.report.lines import plain
from trigpoint.rules import load_project
from trigpoint.run import run_project
from trigpoint.store import open_store, run_of

FILES = {
    "trigpoint.toml": """
timezone = "UTC"
as_of = "2026-03-31"
rules = ["rules.toml"]
sources.accounts = { plugin = "files", path = "accounts.csv" }
sources.rates = { plugin = "files", path = "rates.csv" }
""",
    "rules.toml": """
[subjects.account]
table = "accounts"
key = "account_id"
[tables.accounts]
columns = { account_id = "text", currency = "text", arr = "number" }
[tables.rates]
columns = { currency = "text", rate = "number" }
key = ["currency"]
[lookups]
fx = { table = "rates", key = ["currency"], value = "rate" }
[scorecards.health]
subject = "account"
missing = "skip"
measures.euros = { value = "arr * lookup(fx, currency)", linear = [0, 200] }
guards.dear = { when = "lookup(fx, currency) > 1", cap = 30 }
""",
    "accounts.csv": "account_id,currency,arr\nA,EUR,100\nB,CHF,100\nC,,100\n",
    "rates.csv": "currency,rate\nEUR,1.1\n",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a rate for one currency, scored."""
    folder = tmp_path_factory.mktemp("rates")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    run_project(load_project(folder))
    return folder


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("A", "if lookup(fx, currency) > 1 (lookup(fx, currency) = 1.1, currency = EUR)"),
        ("B", "guard dear: not judged (lookup(fx, currency) finds nothing)"),
        ("B", "euros: no data: lookup(fx, currency) finds nothing; 100 % of the weight is missing"),
        ("C", "euros: no data: currency is blank; 100 % of the weight is missing"),
    ],
)
def test_what_was_looked_up_is_told(root: Path, key: str, words: str) -> None:
    """The value beside the key, or that the key is not there, or that there is no key."""
    with open_store(load_project(root).store_path) as store:
        lines = explanation_lines(explain(store, run_of(store), "health", key))
    assert words in "\n".join(plain(line) for line in lines)
