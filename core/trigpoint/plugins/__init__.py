"""Finds the enabled plugins, loads each by itself, and gathers what they offer into a Registry.

Nothing else is ever imported: a plugin is enabled by `[plugins] enabled`, as a file in `[plugins] local`, or, if it comes
with trigpoint, by being named. One that cannot be loaded is noted with its owner and the way out, and the others go on;
what is ambiguous, misspelt or missing is refused.
"""

from trigpoint.plugins.found import commands_of, installed_plugins, plugins_with_command
from trigpoint.plugins.hints import way_to_enable
from trigpoint.plugins.host import Host, load_plugins, open_plugins
from trigpoint.plugins.loading import Offers, PluginLoadError, PluginRefusedError, load_commands, load_offers
from trigpoint.plugins.tracing import trace_from_environment

__all__ = [
    "Host",
    "Offers",
    "PluginLoadError",
    "PluginRefusedError",
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
