"""Runs one resource of dlt and gives its pages, without a pipeline: nothing is normalised, stored or remembered."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from typing import Any

from dlt.common.configuration.container import Container
from dlt.common.configuration.resolve import inject_section
from dlt.common.pipeline import StateInjectableContext
from dlt.common.schema import Schema
from dlt.extract.pipe_iterator import PipeIterator
from dlt.extract.resource import DltResource
from dlt.extract.source import DltSource, SourceInjectableContext, SourceSchemaInjectableContext

from trigpoint import SourceRequest
from trigpoint_dlt.faults import SETTING_UP, Faults
from trigpoint_dlt.isolation import isolated
from trigpoint_dlt.limits import Limits
from trigpoint_dlt.named import check_arguments, chosen, named
from trigpoint_dlt.session import bounded_session


@contextmanager
def pages_of(request: SourceRequest, limits: Limits) -> Iterator[tuple[str, Iterator[object]]]:
    """The name of the resource, and its pages while the context lasts; its threads end with it."""
    arguments: dict[str, Any] = _plain(request.settings.options.get("arguments", {}))
    faults = Faults(request)
    with ExitStack() as stack:
        stack.enter_context(isolated(limits))
        with faults.told(SETTING_UP):
            function, call = named(request), dict(arguments)
            if request.settings.options["source"] == "rest_api":
                session, faults.adapter = stack.enter_context(bounded_session(arguments, limits))
                call = {"config": _with_session(arguments, session)}
            check_arguments(function, call, request)
            source = _as_source(function, call)
            name = chosen(source, request)
            pages = stack.enter_context(_opened(source.with_resources(name)))
        yield name, _told(pages, faults)


def _told(pages: Iterator[object], faults: Faults) -> Iterator[object]:
    with faults.told("failed"):
        yield from pages


def _plain(value: Any) -> Any:
    """A copy that dlt may change: it takes things out of what it is given."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _with_session(arguments: Mapping[str, Any], session: object) -> dict[str, Any]:
    """The arguments of `rest_api`, with our session wherever requests are made, also for tokens."""
    config = dict(arguments)
    client = config["client"] = {**config.get("client", {}), "session": session}
    resources = [config.get("resource_defaults"), *config.get("resources", [])]
    homes = [client, *(each["endpoint"] for each in resources if _has_endpoint(each))]
    for home in homes:
        auth = home.get("auth")
        if isinstance(auth, Mapping) and auth.get("type") == "oauth2_client_credentials":
            home["auth"] = {**auth, "session": session}
    return config


def _has_endpoint(resource: object) -> bool:
    return isinstance(resource, Mapping) and isinstance(resource.get("endpoint"), Mapping)


def _as_source(function: Any, arguments: Mapping[str, Any]) -> DltSource:
    """What the function made, or the resource that it is, as a source."""
    made = function(**arguments) if arguments or not isinstance(function, DltResource) else function
    if isinstance(made, DltSource):
        return made
    resources = list(made) if isinstance(made, Iterable) and not isinstance(made, DltResource) else [made]
    if not all(isinstance(each, DltResource) for each in resources):
        raise TypeError("it gives neither a source nor resources of dlt")
    return DltSource(Schema("trigpoint"), "trigpoint", resources)


@contextmanager
def _opened(source: DltSource) -> Iterator[Iterator[object]]:
    """What the chosen resource gives, item by item; the same steps as in `DltSource.__iter__`, but it can be closed."""
    container = Container()
    with (
        inject_section(source._get_config_section_context()),
        container.injectable_context(StateInjectableContext(state={})),  # it is forgotten afterwards
        container.injectable_context(SourceInjectableContext(source)),
        container.injectable_context(SourceSchemaInjectableContext(source.schema)),
        PipeIterator.from_pipes(source.resources.selected_pipes) as pipes,
        closing(_items(pipes)) as items,
    ):
        yield items


def _items(pipes: PipeIterator) -> Generator[object]:
    for piped in pipes:
        yield piped.item
