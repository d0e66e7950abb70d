"""The reference of hooks, made from the hooks themselves, the records they return, and what there is for tests."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import attrs

import trigpoint
from support.pages import CHECKOUT
from trigpoint import hookspecs, testing
from trigpoint.model.expression import ValueType
from trigpoint.model.metric import Better
from trigpoint.testing import fixtures

PAGE = CHECKOUT / "docs" / "reference" / "hooks.md"


def _sets() -> str:
    lines = (f"| `{name}` | {', '.join(f'`{each}`' for each in sorted(getattr(trigpoint, name)))} |" for name in SETS)
    return "\n".join(["| set | types |", "|---|---|", *lines])


def _listed(alias: object) -> str:
    return ", ".join(f"`{each}`" for each in get_args(alias))


HOOKS = tuple(name for name in vars(hookspecs) if name.startswith("trigpoint_"))
RECORDS = (
    ("Metrics", ("FunctionMetric", "QueryMetric", "IbisMetric", "Input", "MetricRequest", "MetricRows", "Query")),
    ("Functions", ("Function", "Parameter")),
    ("Rule files", ("RuleFile",)),
    ("Sources", ("Source", "SourceRequest", "SourceSettings", "Batch", "BadRow", "Table")),
    ("Errors and secrets", ("TrigpointError", "InputError", "Problem", "Place", "Secrets")),
)
CALLS = ("current_project", "load_project", "load_ruleset", "run_project")
SETS = ("NUMERIC", "TEXTS", "TIMES", "CONDITIONS", "ANY")
CONTRACTS = ("MetricContract", "FunctionContract", "SourceContract")
HELPERS = ("ProjectFolder", "SmallWarehouse", "OnlyPlugins")
BEGINNING = """\
# Hooks, records, contracts

What a plugin may offer, for those who write one. [Your first plugin](../tutorial/first-plugin.md) shows it at work;
[Trust](../explanation/trust.md) says what a plugin may do. All names are imported from `trigpoint`, those for tests from
`trigpoint.testing`; every other module may change from one version to the next.

A plugin is a module that is named by an entry point of the group `trigpoint`, or a Python file that a project names in
`[plugins] local`: a single one, which can import what is installed and no file beside it. Its hooks are functions marked
with `@hookimpl`. It may say for which version of the hooks it was written: `TRIGPOINT_API = 1`. `trigpoint.__version__` is
that of trigpoint.

How to: [a metric](../tutorial/first-plugin.md), [a metric by a query](../howto/metrics-by-queries.md),
[a source](../howto/write-a-source.md), [a command, a function, a rule file](../howto/write-a-command.md).
"""
WORDS = {
    "Metrics": f"""
Types in these tables: a `ValueType` is one of {_listed(ValueType)}; `Better` is {_listed(Better)}; `Compute` takes
a `MetricRows` and a `MetricRequest` and gives pairs of key and value. `better` may be left out, and nothing is said then; but
[MetricContract](#metriccontract) demands it of a metric that is a number: `none` says that neither is better.

Sets of types, for inputs and parameters:

{_sets()}""",
    "Sources": """
A `Cell` is a text, a number, a truth value, a `date`, a `datetime` or None; texts are typed by the intake.""",
}
PROJECTS = """
## Projects, for commands

A project has a `root`, a `store_path` with the results, `sources` by name and an `as_of`; paths are absolute. A `run_project`
answers with `run`, `as_of`, `exit_code`, `counts`, `loads` and `findings`. The scores are read from [the store](store.md).
[Write a command](../howto/write-a-command.md) shows all of it.
"""
TESTING = """\
## For tests

pytest knows three fixtures wherever trigpoint is installed:
"""


def page_of_hooks() -> str:
    """What `docs/reference/hooks.md` is to hold."""
    return "\n".join(_lines()).rstrip() + "\n"


def _lines() -> Iterator[str]:
    yield BEGINNING
    yield "## Hooks"
    for name in HOOKS:
        yield from _hook(name)
    for title, names in RECORDS:
        yield f"\n## {title}"
        yield WORDS.get(title, "")
        for name in names:
            yield from _record(name)
    yield PROJECTS
    for name in CALLS:
        yield from _call(name)
    yield f"\n{TESTING}"
    yield from _fixtures()
    for name in HELPERS:
        yield from _class(name, getattr(testing, name))
    for name in CONTRACTS:
        yield from _contract(name)


def signature_of(name: str) -> str:
    """A hook as it is to be written."""
    return f"def {name}{inspect.signature(getattr(hookspecs, name), eval_str=False)}".replace("'", "")


def _hook(name: str) -> Iterator[str]:
    told, _, example = (inspect.getdoc(getattr(hookspecs, name)) or "").partition("@hookimpl")
    yield f"\n### {name}\n\n    {signature_of(name)}\n"
    yield f"{told.strip()}\n\n```text\n@hookimpl{example.rstrip()}\n```"


def _record(name: str) -> Iterator[str]:
    made = getattr(trigpoint, name)
    yield f"\n### {name}\n\n{_told(made)}\n"
    if attrs.has(made):
        yield "| field | type | default |\n|---|---|---|"
        for each in attrs.fields(made):
            yield f"| `{each.name}` | `{_escaped(str(each.type))}` | {_default(each.default)} |"
    yield from _methods(made)


def _call(name: str) -> Iterator[str]:
    function = getattr(trigpoint, name)
    yield f"\n### {name}\n\n    {name}{str(inspect.signature(function)).partition(' -> ')[0].replace(chr(39), '')}\n"
    yield inspect.getdoc(function) or ""


def _told(made: type) -> str:
    """Its docstring; what is indented in it stays so, and is shown as code."""
    return "\n".join(line.removeprefix("    ") for line in (made.__doc__ or "").splitlines()).rstrip()


def _methods(made: type) -> Iterator[str]:
    """Public methods and properties, with the first line of what they say."""
    own = {name: each for name, each in vars(made).items() if not name.startswith("_") and inspect.getdoc(each)}
    methods = {
        name: getattr(each, "__func__", getattr(each, "fget", each))
        for name, each in own.items()
        if inspect.isfunction(each) or isinstance(each, classmethod | property)
    }
    if methods:
        yield "\n| method | does |\n|---|---|"
    for name, each in methods.items():
        called = name if isinstance(own[name], property) else f"{name}({', '.join(_arguments(each))})"
        yield f"| `{called}` | {_escaped((inspect.getdoc(each) or '').splitlines()[0])} |"


def _arguments(function: object) -> Iterator[str]:
    for each in list(inspect.signature(function).parameters.values())[1:]:  # type: ignore[arg-type]  # it is callable
        stars = {each.VAR_POSITIONAL: "*", each.VAR_KEYWORD: "**"}.get(each.kind, "")
        default = "..." if inspect.isfunction(each.default) else repr(each.default)
        yield f"{stars}{each.name}" + ("" if each.default is each.empty or stars else f"={default}")


def _class(name: str, made: type) -> Iterator[str]:
    yield f"\n### {name}\n\n{_told(made)}\n"
    start = ", ".join(_arguments(made.__init__))  # type: ignore[misc]  # its signature is all that is read
    yield f"    {name}({start})"
    yield from _methods(made)


def _contract(name: str) -> Iterator[str]:
    made = getattr(testing, name)
    yield f"\n### {name}\n\n{_told(made)}\n"
    yield "| attribute | type | default |\n|---|---|---|"
    for key, kind in made.__annotations__.items():
        plain = str(kind).removeprefix("ClassVar[").removesuffix("]")
        default = _default(vars(made)[key]) if key in vars(made) else "required"
        yield f"| `{key}` | `{_escaped(plain)}` | {default} |"
    yield "\n| check | what it proves |\n|---|---|"
    for key, each in vars(made).items():
        if key.startswith("test_"):
            yield f"| `{key}` | {_escaped((inspect.getdoc(each) or '').splitlines()[0])} |"


def _fixtures() -> Iterator[str]:
    yield "| fixture | is |\n|---|---|"
    tree = ast.parse(Path(fixtures.__file__).read_text(encoding="utf-8"))
    for each in tree.body:
        if isinstance(each, ast.FunctionDef):
            yield f"| `{each.name}` | {_escaped((ast.get_docstring(each) or '').splitlines()[0])} |"


def _default(value: object) -> str:
    if value is attrs.NOTHING:
        return "required"
    if callable(value) or isinstance(value, attrs.Factory):  # type: ignore[arg-type]  # a class, whatever its stub says
        return "empty" if isinstance(value, attrs.Factory) else "does nothing"  # type: ignore[arg-type]
    if isinstance(value, frozenset):
        return f"`{{{', '.join(sorted(map(str, value)))}}}`"
    if isinstance(value, dict) and value.get("type") == "object":
        return "no settings"
    return "empty" if value in ((), {}, "") else f"`{value!r}`"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
