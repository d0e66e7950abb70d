"""Finds the enabled plugins, loads each by itself, and gathers what they offer into a Registry.

Nothing else is ever imported: a plugin is enabled by `[plugins] enabled`, as a file in `[plugins] local`, or, if it comes
with trigpoint, by being named. One that cannot be loaded is noted with its owner and the way out, and the others go on;
what is ambiguous, misspelt or missing is refused.

The names are imported when they are first used: the process of a plugin needs `load_offers` alone.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in `typing`, which takes 5 ms to import; type checkers know the name

__all__ = [
    "Host",
    "Offers",
    "PluginLoadError",
    "PluginRefusedError",
    "PluginsRefusedError",
    "commands_of",
    "installed_plugins",
    "load_commands",
    "load_offers",
    "load_plugins",
    "open_plugins",
    "plugins_with_command",
    "trace_from_environment",
    "way_to_enable",
]

_HOMES = {
    "Host": "trigpoint.plugins.host",
    "Offers": "trigpoint.plugins.loading",
    "PluginLoadError": "trigpoint.plugins.loading",
    "PluginRefusedError": "trigpoint.plugins.loading",
    "PluginsRefusedError": "trigpoint.plugins.host",
    "commands_of": "trigpoint.plugins.found",
    "installed_plugins": "trigpoint.plugins.found",
    "load_commands": "trigpoint.plugins.loading",
    "load_offers": "trigpoint.plugins.loading",
    "load_plugins": "trigpoint.plugins.host",
    "open_plugins": "trigpoint.plugins.host",
    "plugins_with_command": "trigpoint.plugins.found",
    "trace_from_environment": "trigpoint.plugins.tracing",
    "way_to_enable": "trigpoint.plugins.hints",
}

if TYPE_CHECKING:
    from trigpoint.plugins.found import commands_of, installed_plugins, plugins_with_command
    from trigpoint.plugins.hints import way_to_enable
    from trigpoint.plugins.host import Host, PluginsRefusedError, load_plugins, open_plugins
    from trigpoint.plugins.loading import Offers, PluginLoadError, PluginRefusedError, load_commands, load_offers
    from trigpoint.plugins.tracing import trace_from_environment


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'trigpoint.plugins' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
