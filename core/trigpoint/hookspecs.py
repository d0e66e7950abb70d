"""What plugins may offer. A hook is a function of the plugin's module, marked with `@hookimpl`."""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from trigpoint.model.source import Source

hookspec = pluggy.HookspecMarker("trigpoint")
hookimpl = pluggy.HookimplMarker("trigpoint")


@hookspec
def trigpoint_sources() -> Sequence[Source]:
    """Kinds of sources; called once, when the plugin is loaded. Return one object per kind, with the name of `plugin = "..."`.

    The order in which plugins are asked is not promised; a name that two of them offer is an error.

        @hookimpl
        def trigpoint_sources():
            return [SheetSource()]
    """
    raise NotImplementedError  # a specification is never called
