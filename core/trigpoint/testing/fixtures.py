"""The fixtures, which pytest finds by the entry point `pytest11`.

This module is imported in every pytest run of whoever has trigpoint installed: nothing of trigpoint is imported before
a test asks for a fixture.
"""

from __future__ import annotations

from pathlib import Path

import pytest

TYPE_CHECKING = False  # as in `typing`, which takes 5 ms to import; type checkers know the name

if TYPE_CHECKING:
    from trigpoint.testing import OnlyPlugins, ProjectFolder, SmallWarehouse


@pytest.fixture
def trigpoint_plugins() -> type[OnlyPlugins]:
    """A clean plugin host: `trigpoint_plugins(acme=acme_plugin)` has that plugin and no other but those that come along.

    What is given is a module, the path of a local plugin, or the name of an installed one.
    """
    from trigpoint.testing import OnlyPlugins

    return OnlyPlugins


@pytest.fixture
def trigpoint_project(tmp_path: Path) -> ProjectFolder:
    """A fresh small project: three accounts, their usage, one metric and the scorecard `health`."""
    from trigpoint.testing import ProjectFolder

    return ProjectFolder.small(tmp_path / "project")


@pytest.fixture
def trigpoint_warehouse(tmp_path: Path) -> SmallWarehouse:
    """An empty warehouse; `.table(...)` declares a table and fills it with rows, `.values(...)` computes a metric."""
    from trigpoint.testing import SmallWarehouse

    return SmallWarehouse(tmp_path / "warehouse")
