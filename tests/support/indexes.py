"""The pages that are made from what they list: error codes, decisions, the metrics of the catalogue, and hooks."""

from __future__ import annotations

from pathlib import Path

from support.catalogue_page import PAGE as CATALOGUE
from support.catalogue_page import page_of_catalogue
from support.hooks_page import PAGE as HOOKS
from support.hooks_page import page_of_hooks
from support.pages import CHECKOUT

ERRORS = CHECKOUT / "docs" / "errors"
DECISIONS = CHECKOUT / "docs" / "decisions"
PARTS = {
    "1": "Rule files",
    "2": "Expressions",
    "3": "The project, the command line",
    "4": "Sources and intake",
    "5": "Evaluating",
    "6": "The store",
    "7": "Plugins",
}


def title(page: Path) -> str:
    """The heading of a page."""
    return page.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# ")


def index_of_errors() -> str:
    """What `docs/errors/index.md` is to hold."""
    lines = ["# Error codes", "", "Each error that you can mend has a code, a place and a way out."]
    for digit, part in PARTS.items():
        if pages := sorted(ERRORS.glob(f"TP{digit}*.md")):
            lines += ["", f"## {part}", ""]
            lines += [f"- [{page.stem}]({page.name}): {title(page).partition(': ')[2]}" for page in pages]
    return "\n".join(lines) + "\n"


def index_of_decisions() -> str:
    """What `docs/decisions/index.md` is to hold."""
    lines = ["# Decisions", "", "What others will ask about: why it is so, what was measured, and what follows.", ""]
    lines += [f"- [{title(page)}]({page.name})" for page in sorted(DECISIONS.glob("[0-9]*.md"))]
    return "\n".join(lines) + "\n"


INDEXES = {
    ERRORS / "index.md": index_of_errors,
    DECISIONS / "index.md": index_of_decisions,
    CATALOGUE: page_of_catalogue,
    HOOKS: page_of_hooks,
}


def write_indexes() -> None:
    """Writes all of them anew."""
    for page, text in INDEXES.items():
        page.write_text(text(), encoding="utf-8")
