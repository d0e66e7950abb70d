"""What a plugin got wrong in a way that would be silent: such a plugin is refused, and nothing runs."""

from __future__ import annotations

import inspect

import pluggy

from trigpoint import hookspecs
from trigpoint.errors import Place, Problem
from trigpoint.model.plugin import Plugin

HOOKS = tuple(name for name in vars(hookspecs) if name.startswith("trigpoint_"))


def other_api(plugin: Plugin, module: object) -> Problem | None:
    """A plugin that says it was written for another version of the hooks."""
    spoken = getattr(module, "TRIGPOINT_API", hookspecs.API)
    if spoken == hookspecs.API:
        return None
    newer = isinstance(spoken, int) and spoken > hookspecs.API
    hint = "update trigpoint" if newer else "update the plugin"
    text = f"{plugin} was written for version {spoken!r} of the hooks; this is version {hookspecs.API}"
    return Problem("TP706", text, Place(plugin.file), f"{hint}, or take '{plugin.name}' out of trigpoint.toml")


def misspelt_hooks(plugin: Plugin, module: object, manager: pluggy.PluginManager) -> Problem | None:
    """Hooks of a name that is none, which would never be called, and functions of a hook's name that are not marked."""
    try:
        manager.check_pending()
    except pluggy.PluginValidationError:
        names = [name for name in vars(manager.hook) if name not in HOOKS and not name.startswith("_")]
        listed = " and ".join(f"'{name}'" for name in names)
        text = f"{plugin} has {'a hook' if len(names) == 1 else 'hooks'} {listed} that will never be called"
        return Problem("TP703", text, Place(plugin.file), _meant(names[0]))
    for name in HOOKS:
        if inspect.isfunction(getattr(module, name, None)) and not getattr(manager.hook, name).get_hookimpls():
            text = f"{plugin} has a function '{name}' that will never be called"
            return Problem("TP703", text, Place(plugin.file), "mark it with @hookimpl")
    return None


def _meant(name: str) -> str:
    import difflib

    close = difflib.get_close_matches(name, HOOKS, 1)
    return f"did you mean '{close[0]}'?" if close else f"the hooks are: {', '.join(HOOKS)}"
