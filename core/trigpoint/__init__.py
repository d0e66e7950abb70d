"""Rules in text files, facts in SQLite, scores with their reasons.

The public names are those in `__all__`; everything else may move. They are imported when they are first used, so that
`import trigpoint` costs nothing.

- `load_project(root)`, `load_ruleset(project)`: read a project folder and its rules.
- `run_project(project, ...)`: load, score, publish; what `trigpoint run` does.
- `Source`, `SourceRequest`, `SourceSettings`, `Batch`, `BadRow`, `Cell`, `Table`: what a source plugin is made of.
- `hookimpl`: marks the hooks of a plugin.
- `TrigpointError`, `InputError`, `Problem`, `Place`: errors that a plugin may raise, with a place and a way out.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in `typing`, which takes 5 ms to import; type checkers know the name

__version__ = "0.1.0"

__all__ = [
    "BadRow",
    "Batch",
    "Cell",
    "InputError",
    "Place",
    "Problem",
    "Source",
    "SourceRequest",
    "SourceSettings",
    "Table",
    "TrigpointError",
    "__version__",
    "hookimpl",
    "load_project",
    "load_ruleset",
    "run_project",
]

_HOMES = {
    "BadRow": "trigpoint.model.source",
    "Batch": "trigpoint.model.source",
    "Cell": "trigpoint.model.source",
    "InputError": "trigpoint.errors",
    "Place": "trigpoint.errors",
    "Problem": "trigpoint.errors",
    "Source": "trigpoint.model.source",
    "SourceRequest": "trigpoint.model.source",
    "SourceSettings": "trigpoint.model.project",
    "Table": "trigpoint.model.table",
    "TrigpointError": "trigpoint.errors",
    "hookimpl": "trigpoint.hookspecs",
    "load_project": "trigpoint.rules",
    "load_ruleset": "trigpoint.rules",
    "run_project": "trigpoint.run",
}

if TYPE_CHECKING:
    from trigpoint.errors import InputError, Place, Problem, TrigpointError
    from trigpoint.hookspecs import hookimpl
    from trigpoint.model.project import SourceSettings
    from trigpoint.model.source import BadRow, Batch, Cell, Source, SourceRequest
    from trigpoint.model.table import Table
    from trigpoint.rules import load_project, load_ruleset
    from trigpoint.run import run_project


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'trigpoint' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
