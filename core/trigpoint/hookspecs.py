"""What plugins may offer. A hook is a function of the plugin's module, marked with `@hookimpl`.

Hooks take nothing and return records; what is done with them is the core's business. The order in which plugins are asked
is not promised; a name that two of them offer is an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pluggy

from trigpoint.model.function import Function
from trigpoint.model.offer import FunctionMetric, IbisMetric, QueryMetric
from trigpoint.model.plugin import RuleFile
from trigpoint.model.source import Source

if TYPE_CHECKING:
    import click

API = 1  # the version of all hooks together; a plugin may say which one it was written for: TRIGPOINT_API = 1

GROUP = "trigpoint"  # of the entry points, and the name of the distribution that brings the bundled plugins

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


@hookspec
def trigpoint_sources() -> Sequence[Source]:
    """Kinds of sources; called once, when the plugin is loaded. Return one object per kind, with the name of `plugin = "..."`.

    @hookimpl
    def trigpoint_sources():
        return [SheetSource()]
    """
    raise NotImplementedError  # a specification is never called


@hookspec
def trigpoint_metrics() -> Sequence[FunctionMetric | QueryMetric | IbisMetric]:
    """Metrics; called once, when the plugin is loaded. Rules name one as `plugin = "PLUGIN.NAME"`.

    @hookimpl
    def trigpoint_metrics():
        return [FunctionMetric("slope", slope, (Input("x", NUMERIC),), meaning="...", no_data="...")]
    """
    raise NotImplementedError


@hookspec
def trigpoint_functions() -> Sequence[Function]:
    """Functions of the language of rules; called once, when the plugin is loaded. They belong to all rules of the project.

    @hookimpl
    def trigpoint_functions():
        return [Function("double", (Parameter("x", NUMERIC),), "number", "Twice x.", templates={"*": "x * 2"}, oracle=double)]
    """
    raise NotImplementedError


@hookspec
def trigpoint_rulesets() -> Sequence[RuleFile]:
    """Rule files; called once, when the plugin is loaded. A project names one in `rules` as "PLUGIN:NAME".

    @hookimpl
    def trigpoint_rulesets():
        return [RuleFile("usage", Path(__file__).parent / "usage.toml")]
    """
    raise NotImplementedError


@hookspec
def trigpoint_commands() -> Sequence[click.Command]:
    """Commands of the command line; called when one of them is asked for. Their names stand in the package's metadata.

    In pyproject.toml: [project.entry-points."trigpoint.commands"] sheets = "acme_plugin"

    @hookimpl
    def trigpoint_commands():
        return [sheets]  # a click command of the name `sheets`
    """
    raise NotImplementedError
