"""Plugins: what is known of each, and all that the enabled ones offer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Protocol

from attrs import field, frozen

from trigpoint.errors import Problem
from trigpoint.model.function import Function
from trigpoint.model.offer import MetricOffer
from trigpoint.model.source import Source


@frozen
class Plugin:
    """A plugin that was found. `reference` is what is imported: `module`, `module:attribute`, or a local file's path.

    `hooks` and `seconds` are known once it is loaded; `failure` says why it could not be.
    """

    name: str
    owner: str  # the distribution that brings it, or "this project"
    version: str  # of the distribution; of a local file the beginning of its SHA-256
    reference: str
    file: str
    bundled: bool = False
    local: bool = False
    hooks: tuple[str, ...] = ()
    seconds: float = 0.0
    failure: Problem | None = None

    def __str__(self) -> str:
        return f"plugin '{self.name}' ({self.owner}{', ' if self.local else ' '}{self.version})"


@frozen
class RuleFile:
    """A rule file that comes with a plugin; a project names it in `rules` as "PLUGIN:NAME"."""

    name: str
    path: Path


@frozen
class Registry:
    """What the enabled plugins offer. Passed to whoever needs it, never global.

    `metrics` go by "PLUGIN.NAME", `rulesets` by "PLUGIN:NAME", the others by their own names. `plugins` are those that
    were loaded, or failed to; `owners` maps (kind, name) to the one that offers it: ("source", "files"). `idle` are the
    names of those that are installed and were not loaded, because nothing enables them.
    """

    sources: Mapping[str, Source] = field(factory=dict)
    metrics: Mapping[str, MetricOffer] = field(factory=dict)
    functions: Mapping[str, Function] = field(factory=dict)
    rulesets: Mapping[str, Path] = field(factory=dict)
    plugins: Mapping[str, Plugin] = field(factory=dict)
    owners: Mapping[tuple[str, str], Plugin] = field(factory=dict)
    idle: tuple[str, ...] = ()

    @property
    def failed(self) -> Mapping[str, Plugin]:
        """The plugins that could not be loaded."""
        return {name: each for name, each in self.plugins.items() if each.failure is not None}


class Plugins(Protocol):
    """Loads the plugins of a project, each at most once."""

    def registry(self, names: Collection[str] = ()) -> Registry:
        """What the enabled plugins offer, and the bundled ones among `names`, which need not be enabled."""
        ...


class NoPlugins:
    """For rules that need none."""

    def registry(self, names: Collection[str] = ()) -> Registry:  # noqa: ARG002  # the protocol's
        """Nothing."""
        return Registry()


NO_PLUGINS = NoPlugins()
