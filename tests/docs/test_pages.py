"""Every command and snippet of the documentation runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.page_runner import PageRunner
from support.pages import CHECKOUT, PAGES

# Folders whose pages score a company, many of them several times, and single ones that do: `make check` runs them.
SLOW = {"howto", "explanation", "first-plugin.md", "store.md"}


def _parameter(page: Path) -> Any:
    """A page, marked where it takes long."""
    marks = [pytest.mark.slow] if SLOW & {page.parent.name, page.name} else []
    return pytest.param(page, id=str(page.relative_to(CHECKOUT)), marks=marks)


def test_what_is_slow_is_there() -> None:
    """A folder or page that was renamed does not stay on the list."""
    assert {name for page in PAGES for name in (page.parent.name, page.name)} >= SLOW


@pytest.mark.parametrize("page", [_parameter(page) for page in PAGES])
def test_page_runs(page: Path, tmp_path: Path) -> None:
    """Each command of a page works, and prints what the page shows."""
    PageRunner(page, tmp_path).run()
