"""Rules in text files, facts in SQLite, scores with their reasons.

The public names are those in `__all__`; everything else may move. They are imported when they are first used, so that
`import trigpoint` costs nothing.

- `load_project(root)`, `load_ruleset(project)`: read a project folder and its rules.
- `run_project(project, ...)`: load, score, publish; what `trigpoint run` does.
- `Source`, `SourceRequest`, `SourceSettings`, `Batch`, `BadRow`, `Cell`, `Table`: what a source plugin is made of.
- `FunctionMetric`, `Input`, `MetricRows`, `MetricRequest`: what a metric by a function in Python is made of.
- `Function`, `Parameter`: what a function of the language is made of.
- `ANY`, `CONDITIONS`, `NUMERIC`, `TEXTS`, `TIMES`: the types that an input or a parameter may take.
- `QueryMetric`, `Query`, `rows`: what a metric by a query in the warehouse is made of.
- `IbisMetric`: the same by an Ibis expression.
- `RuleFile`: a rule file that comes with a plugin.
- `Secrets`: reads settings such as `{ env = "NAME" }`, and hides what it read.
- `hookimpl`: marks the hooks of a plugin.
- `current_project()`: the project that the command line means; for commands of plugins.
- `TrigpointError`, `InputError`, `Problem`, `Place`: errors that a plugin may raise, with a place and a way out.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in `typing`, which takes 5 ms to import; type checkers know the name

__version__ = "0.1.0"

__all__ = [
    "ANY",
    "CONDITIONS",
    "NUMERIC",
    "TEXTS",
    "TIMES",
    "BadRow",
    "Batch",
    "Cell",
    "Function",
    "FunctionMetric",
    "IbisMetric",
    "Input",
    "InputError",
    "MetricRequest",
    "MetricRows",
    "Parameter",
    "Place",
    "Problem",
    "Query",
    "QueryMetric",
    "RuleFile",
    "Secrets",
    "Source",
    "SourceRequest",
    "SourceSettings",
    "Table",
    "TrigpointError",
    "__version__",
    "current_project",
    "hookimpl",
    "load_project",
    "load_ruleset",
    "rows",
    "run_project",
]

_HOMES = {
    "ANY": "trigpoint.model.function",
    "CONDITIONS": "trigpoint.model.function",
    "NUMERIC": "trigpoint.model.expression",
    "TEXTS": "trigpoint.model.function",
    "TIMES": "trigpoint.model.function",
    "BadRow": "trigpoint.model.source",
    "Batch": "trigpoint.model.source",
    "Cell": "trigpoint.model.source",
    "Function": "trigpoint.model.function",
    "FunctionMetric": "trigpoint.model.offer",
    "IbisMetric": "trigpoint.model.offer",
    "Input": "trigpoint.model.offer",
    "InputError": "trigpoint.errors",
    "MetricRequest": "trigpoint.model.offer",
    "MetricRows": "trigpoint.model.offer",
    "Parameter": "trigpoint.model.function",
    "Place": "trigpoint.errors",
    "Problem": "trigpoint.errors",
    "Query": "trigpoint.model.query",
    "QueryMetric": "trigpoint.model.offer",
    "RuleFile": "trigpoint.model.plugin",
    "Secrets": "trigpoint.secrets",
    "Source": "trigpoint.model.source",
    "SourceRequest": "trigpoint.model.source",
    "SourceSettings": "trigpoint.model.project",
    "Table": "trigpoint.model.table",
    "TrigpointError": "trigpoint.errors",
    "current_project": "trigpoint.cli.command",
    "hookimpl": "trigpoint.hookspecs",
    "load_project": "trigpoint.rules",
    "load_ruleset": "trigpoint.run",
    "rows": "trigpoint.model.query",
    "run_project": "trigpoint.run",
}

if TYPE_CHECKING:
    from trigpoint.cli.command import current_project
    from trigpoint.errors import InputError, Place, Problem, TrigpointError
    from trigpoint.hookspecs import hookimpl
    from trigpoint.model.expression import NUMERIC
    from trigpoint.model.function import ANY, CONDITIONS, TEXTS, TIMES, Function, Parameter
    from trigpoint.model.offer import FunctionMetric, IbisMetric, Input, MetricRequest, MetricRows, QueryMetric
    from trigpoint.model.plugin import RuleFile
    from trigpoint.model.project import SourceSettings
    from trigpoint.model.query import Query, rows
    from trigpoint.model.source import BadRow, Batch, Cell, Source, SourceRequest
    from trigpoint.model.table import Table
    from trigpoint.rules import load_project
    from trigpoint.run import load_ruleset, run_project
    from trigpoint.secrets import Secrets


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'trigpoint' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
