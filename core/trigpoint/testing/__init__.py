"""For authors of plugins: what their tests are made of. Needs pytest.

- `MetricContract`: subclass it in a test module, and pytest runs the suite that every metric must pass.
- `FunctionContract`, `SourceContract`: the same for a function of the language, and for a kind of source.
- `ProjectFolder`, `SmallWarehouse`, `OnlyPlugins`: what the fixtures `trigpoint_project`, `trigpoint_warehouse` and
  `trigpoint_plugins` give; pytest knows these wherever trigpoint is installed.

The names are imported when they are first used: pytest imports this package in every run, also where nobody needs it.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in `typing`, which takes 5 ms to import; type checkers know the name

__all__ = [
    "FunctionContract",
    "MetricContract",
    "OnlyPlugins",
    "ProjectFolder",
    "SmallWarehouse",
    "SourceContract",
]

_HOMES = {
    "FunctionContract": "trigpoint.testing.function_contract",
    "MetricContract": "trigpoint.testing.metric_contract",
    "OnlyPlugins": "trigpoint.testing.only_plugins",
    "ProjectFolder": "trigpoint.testing.project_folder",
    "SmallWarehouse": "trigpoint.testing.small_warehouse",
    "SourceContract": "trigpoint.testing.source_contract",
}

if TYPE_CHECKING:
    from trigpoint.testing.function_contract import FunctionContract
    from trigpoint.testing.metric_contract import MetricContract
    from trigpoint.testing.only_plugins import OnlyPlugins
    from trigpoint.testing.project_folder import ProjectFolder
    from trigpoint.testing.small_warehouse import SmallWarehouse
    from trigpoint.testing.source_contract import SourceContract


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'trigpoint.testing' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
