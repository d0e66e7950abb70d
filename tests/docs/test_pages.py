"""Every command and snippet of the documentation runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.page_runner import PageRunner
from support.pages import CHECKOUT, PAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_page_runs(page: Path, tmp_path: Path) -> None:
    """Each command of a page works, and prints what the page shows."""
    PageRunner(page, tmp_path).run()
