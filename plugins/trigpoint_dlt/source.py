"""The source `dlt`: finds the resource, reads it without a pipeline or a destination, and gives its rows in batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec

from trigpoint import Batch, InputError, Problem, SourceRequest
from trigpoint_dlt.limits import DEFAULTS, limits_of
from trigpoint_dlt.rows import batches_of

_SECONDS = {"type": "number", "exclusiveMinimum": 0, "maximum": 86_400}


class AnyDltSource:
    """Reads a resource of a dlt source; nested objects become columns with `__` between the names."""

    name = "dlt"
    schema: Mapping[str, object] = {
        "type": "object",
        "additionalProperties": False,
        "required": ["source"],
        "properties": {
            "source": {
                "type": "string",
                "minLength": 1,
                "description": "rest_api, filesystem, sql_database, or a function of an installed package: package.module:function",
            },
            "resource": {"type": "string", "minLength": 1, "description": "which resource, where there are several"},
            "arguments": {
                "type": "object",
                "description": "what the function is called with; for rest_api its client and resources",
            },
            "allow": {
                "type": "array",
                "items": {"type": "string", "minLength": 1},
                "description": "hosts (host or host:port) that may be asked though they are private, not the API's own, or speak no https",
            },
            "attempts": {
                "type": "integer",
                "minimum": 1,
                "maximum": 20,
                "description": f"how often a request is tried, {DEFAULTS.attempts} times by default",
            },
            "timeout_seconds": {
                **_SECONDS,
                "description": f"how long a silent server is waited for, {DEFAULTS.timeout_seconds:g} by default",
            },
            "wait_seconds": {
                "type": "number",
                "minimum": 0,
                "maximum": 3600,
                "description": f"the longest wait between two tries, {DEFAULTS.wait_seconds:g} by default",
            },
            "max_seconds": {
                **_SECONDS,
                "description": f"how long all of it may take, {DEFAULTS.max_seconds:g} by default",
            },
            "max_items": {
                "type": "integer",
                "minimum": 1,
                "description": f"how many rows may come, {DEFAULTS.max_items} by default",
            },
        },
    }

    def read(self, request: SourceRequest) -> Iterator[Batch]:
        """All rows of the resource. Raises InputError (TP435, TP436) if it is not there, TrigpointError if it fails."""
        if find_spec("dlt") is None:
            text = f"source '{request.settings.name}' needs dlt, which is not installed"
            raise InputError(
                Problem("TP435", text, request.settings.place, "pip install 'trigpoint[dlt]' into the same environment")
            )
        from trigpoint_dlt.reading import pages_of  # it imports dlt, which takes most of a second

        limits = limits_of(request)
        with pages_of(request, limits) as (name, pages):
            yield from batches_of(name, pages, request, limits)
