"""Every error code of the program has its page, and every page its code."""

from __future__ import annotations

import re

from support.pages import CHECKOUT

ERRORS = CHECKOUT / "docs" / "errors"
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


def test_the_index_lists_every_code() -> None:
    """The list of codes has each page, with its title."""
    lines = (ERRORS / "index.md").read_text(encoding="utf-8").splitlines()
    for page in sorted(ERRORS.glob("TP*.md")):
        title = page.read_text(encoding="utf-8").splitlines()[0].removeprefix(f"# {page.stem}: ")
        assert f"- [{page.stem}]({page.name}): {title}" in lines
