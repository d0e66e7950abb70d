"""What the tutorial promises."""

from __future__ import annotations

import re

from support.pages import CHECKOUT, blocks

PAGE = CHECKOUT / "docs" / "tutorial" / "first-scorecard.md"
MOST_LINES = 36


def test_the_first_scorecard_needs_few_lines() -> None:
    """Over two CSV files it needs no more than 36 lines of TOML, and the page says how many."""
    files = [block for block in blocks(PAGE) if block.language == "toml" and block.target and block.target[0] == "file"]
    lines = [line for block in files for line in block.body.splitlines() if line.strip()]
    said = re.search(r"(\d+) lines with both files", PAGE.read_text(encoding="utf-8"))
    assert said
    assert len(lines) == int(said[1]) <= MOST_LINES
