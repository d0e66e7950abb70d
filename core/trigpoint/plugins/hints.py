"""The ways out where a plugin is missing."""

from __future__ import annotations

from collections.abc import Collection

from trigpoint.model.plugin import Registry
from trigpoint.plugins.found import installed_plugins

NOT_INSTALLED = (
    "trigpoint runs from a folder without being installed, so no plugin can be found: "
    "run `pip install -e .` in the checkout, or install the wheel"
)


def way_to_install(name: str, installed: Collection[str]) -> str:
    """For a plugin that is enabled and is not there."""
    if not installed:
        return NOT_INSTALLED
    if hint := _meant(name, installed):
        return hint
    return f"install the package that offers it, or take it out of [plugins] enabled; installed: {', '.join(sorted(installed))}"


def way_to_enable(name: str, registry: Registry) -> str:
    """For a source that no loaded plugin offers."""
    installed = {plugin.name: plugin for plugin in installed_plugins()}
    if not installed:
        return NOT_INSTALLED
    if name in installed and name in registry.idle:
        found = installed[name]
        return f"'{name}' comes with {found.owner} {found.version}: write enabled = [\"{name}\"] in [plugins]"
    known = sorted({*registry.sources, *(plugin.name for plugin in installed.values() if plugin.bundled)})
    return _meant(name, known) or f"there is: {', '.join(known)}; others must be named in [plugins] enabled"


def _meant(name: str, names: Collection[str]) -> str | None:
    import difflib

    close = difflib.get_close_matches(name, names, 1)
    return f"did you mean '{close[0]}'?" if close else None
