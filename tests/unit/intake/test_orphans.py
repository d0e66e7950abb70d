"""Facts without an owner: what is told of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.folder import USAGE, USAGE_SOURCE, Folder

HEADER = "account_id,day,events\n"
OWNED = (
    USAGE.replace('key = ["account_id", "day"]', 'belongs_to = { account = "account_id" }')
    + """
[subjects.account]
table = "accounts"
key = "account_id"
[tables.accounts]
columns = { account_id = "text" }
"""
)


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        ({"GONE": 1}, "1 row belongs to no account and counts nowhere: 'GONE' 1"),
        ({"": 1, "GONE": 2}, "3 rows belong to no account and count nowhere: 'GONE' 2, blank 1"),
        ({"k-1002": 3, "K-9": 1}, "4 rows belong to no account and count nowhere: 'k-1002' 3 (did you mean 'K-1002'?), 'K-9' 1"),
        ({"K1002": 1, "7": 2}, "3 rows belong to no account and count nowhere: '7' 2 (did you mean '007'?), 'K1002' 1 (did you mean 'K-1002'?)"),
        ({"twin": 1}, "1 row belongs to no account and counts nowhere: 'twin' 1"),
        (
            {f"G-{number}": number for number in range(1, 8)},
            "28 rows belong to no account and count nowhere: 'G-7' 7, 'G-6' 6, 'G-5' 5, 'G-4' 4, 'G-3' 3, 2 other keys 3",
        ),
    ],
)  # fmt: skip
def test_facts_without_an_owner_are_found(tmp_path: Path, lost: dict[str, int], told: str) -> None:
    """Unknown owners are told by their rows, with the one known key that is the same but for case, signs and zeros."""
    folder = Folder(tmp_path, USAGE_SOURCE + '\n[sources.accounts]\nplugin = "files"\npath = "accounts.csv"', OWNED)
    rows = [f"{key},2026-03-01,{at}" for key, count in lost.items() for at in range(count)]
    folder.file("usage.csv", HEADER + "\n".join(["K-1002,2026-03-01,1", *rows, ""]))
    folder.file("accounts.csv", "account_id\nK-1002\n007\nTWIN\nTwin\n")
    usage, accounts = folder.load()
    assert accounts.findings == ()
    (finding,) = usage.findings
    assert (finding.kind, finding.where, finding.severity) == ("orphans", "usage", "warning")
    assert (finding.text, finding.count) == (told, sum(lost.values()))
