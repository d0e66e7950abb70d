"""Functions of plugins at work: each plugin's in a process of its own, so that what goes wrong in it stays there.

- `open_workers(registry, ...)`: the processes of one evaluation; none is started before its first metric.
- `Workers.values(feed, rows)`: what a metric's function answers to the rows of a feed, checked.
- `PluginFailedError`: why there is no answer.

The names are imported when they are first used: the process of a plugin imports this package too, and needs none of them.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in `typing`, which takes 5 ms to import; type checkers know the name

__all__ = ["Computed", "PluginFailedError", "Workers", "open_workers"]

_HOMES = {
    "Computed": "trigpoint.workers.pool",
    "PluginFailedError": "trigpoint.workers.failures",
    "Workers": "trigpoint.workers.pool",
    "open_workers": "trigpoint.workers.pool",
}

if TYPE_CHECKING:
    from trigpoint.workers.failures import PluginFailedError
    from trigpoint.workers.pool import Computed, Workers, open_workers


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'trigpoint.workers' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
