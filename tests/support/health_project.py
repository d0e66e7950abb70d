"""The made-up company scored by the ruleset `b2b-saas` alone, without scorecards of people."""

from __future__ import annotations

import re
from pathlib import Path

TABLES = "accounts csms contracts renewals usage tickets contacts meetings surveys readings".split()


def write_health_project(root: Path, accounts: int, layer: str | None = None) -> Path:
    """A project with a source for each table, but for those that `layer`, a rule file over the ruleset, takes out."""
    left_out = re.findall(r"^tables\.(\w+) = false", layer or "", re.MULTILINE)
    rules = '["trigpoint:b2b-saas"]' if layer is None else '["trigpoint:b2b-saas", "rules/*.toml"]'
    sources = "".join(
        f'[sources.{table}]\nplugin = "demo"\naccounts = {accounts}\nseed = 7\nuntil = 2026-06-30\n'
        for table in TABLES
        if table not in left_out
    ).replace("until = 2026-06-30", 'until = "2026-06-30"')
    head = f'timezone = "UTC"\nas_of = 2026-06-30\nrules = {rules}\n'
    (root / "trigpoint.toml").write_text(head + sources, encoding="utf-8")
    if layer is not None:
        (root / "rules").mkdir()
        (root / "rules" / "ours.toml").write_text(layer, encoding="utf-8")
    return root
