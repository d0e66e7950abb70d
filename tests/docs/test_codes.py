"""Every error code of the program has its page, and every page its code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.indexes import ERRORS, INDEXES
from support.pages import CHECKOUT

CODE = re.compile(r"[\"'](TP\d{3})[\"']")


def codes_in_program() -> set[str]:
    """The codes that stand in the sources, as string literals."""
    sources = [path for root in ("core", "plugins") for path in (CHECKOUT / root).rglob("*.py")]
    return {code for path in sources for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_codes_and_pages_are_the_same() -> None:
    """Each code has a page that says what it means and the way out; no page is of a code that is gone."""
    assert codes_in_program() == {path.stem for path in ERRORS.glob("TP*.md")}


def test_pages_begin_with_their_code() -> None:
    """The title of a page is its code and a few words; the page is short and shows the message."""
    for page in sorted(ERRORS.glob("TP*.md")):
        text = page.read_text(encoding="utf-8")
        assert re.match(rf"# {page.stem}: \S", text), page.name
        assert text.count(page.stem) >= 2, f"{page.name} shows no example of the message"
        assert 5 <= len(text.splitlines()) <= 60, page.name


@pytest.mark.parametrize("page", INDEXES, ids=lambda page: str(page.parent.name))
def test_the_lists_are_complete(page: Path) -> None:
    """The lists of codes and of decisions have each page, with its title; `make pages` writes them."""
    assert page.read_text(encoding="utf-8") == INDEXES[page]()
