"""Asks a source for its rows. Whatever its plugin raises, gives or says is told as its fault, and never ends the run.

Out of here come batches that are batches, and errors of exactly three kinds: InputError, GateError and TrigpointError.
What else the intake raises is the warehouse's. A request to end the process passes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from attrs import evolve, field, frozen

from trigpoint.errors import GateError, InputError, Place, Problem, TrigpointError
from trigpoint.intake.hidden_output import output_hidden
from trigpoint.intake.shapes import ShapeError, checked
from trigpoint.model.plugin import Registry
from trigpoint.model.project import SourceSettings
from trigpoint.model.source import Batch, SourceRequest
from trigpoint.plugins.texts import encodable
from trigpoint.signals import asked_to_end, stop_if_asked

LONGEST = 1_000  # characters of what a plugin says; cut when its secrets are hidden, for half of one nobody knows
_END = object()
Answer = TypeVar("Answer")


@frozen
class Asker:
    """Runs the code of one source's plugin. `hide` takes the source's secrets out of a text."""

    registry: Registry
    settings: SourceSettings
    hide: Callable[[str], str] = field(default=str)

    @property
    def owner(self) -> str:
        """Whose code it is."""
        plugin = self.registry.owners.get(("source", self.settings.plugin))
        return f"plugin '{self.settings.plugin}'" if plugin is None else str(plugin)

    def ask(self, code: Callable[[], Answer]) -> Answer:
        """What the code answers. Raises InputError, GateError or TrigpointError, or what asks the process to end."""
        with self._guarded():
            answer = code()
        stop_if_asked()  # the code may have caught it
        return answer

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        plugin = self.registry.owners.get(("source", self.settings.plugin))
        foreign = plugin is not None and not plugin.bundled
        try:
            with output_hidden(self.hide, foreign=foreign):
                yield
        except BaseException as error:
            if asked_to_end(error):
                raise
            raise self._told(error) from error

    def _told(self, error: BaseException) -> TrigpointError:
        problems = self._problems(error) if isinstance(error, TrigpointError) else ()
        if problems:
            kind = next(each for each in (InputError, GateError, TrigpointError) if isinstance(error, each))
            return kind(*problems)
        if isinstance(error, ShapeError):
            return self.fault(str(error))
        return self.fault(f"failed: {type(error).__name__}: {_text_of(error)}")

    def fault(self, text: str) -> GateError:
        """The plugin has failed (TP705)."""
        text = f"source '{self.settings.name}': {self.owner} {text}"
        return GateError(self._clean(Problem("TP705", text, self.settings.place, "report it to the plugin's owner")))

    def _problems(self, error: TrigpointError) -> tuple[Problem, ...]:
        """Those of an error of ours, which a plugin may have filled with anything."""
        found: object = getattr(error, "problems", ())
        given = found if isinstance(found, tuple | list) else ()
        return tuple(self._clean(each) for each in given if isinstance(each, Problem))

    def _clean(self, problem: Problem) -> Problem:
        return Problem(
            self._shown(problem.code),
            self._shown(problem.text),
            problem.place if isinstance(problem.place, Place) else self.settings.place,
            None if problem.hint is None else self._shown(problem.hint),
        )

    def _shown(self, text: object) -> str:
        shown = encodable(self.hide(_text_of(text)))
        return shown if len(shown) <= LONGEST else shown[: LONGEST - 3] + "..."


def _text_of(value: object) -> str:
    try:
        return str(value) + ""  # a text of Python's own, whatever `value` makes of it
    except BaseException as error:
        if asked_to_end(error):
            raise
        return "(what it says cannot be shown)"


def read_batches(asker: Asker, request: SourceRequest) -> Generator[Batch]:
    """The batches of a source. Raises GateError (TP707) where its plugin could not be loaded."""
    source = asker.registry.sources.get(request.settings.plugin)
    if source is None:
        raise GateError(*_not_loaded(asker.registry, request.settings))
    given: Any = asker.ask(lambda: iter(source.read(request)))

    def taken() -> Batch | None:
        batch = next(given, _END)
        return None if batch is _END else checked(batch)

    try:
        while (batch := asker.ask(taken)) is not None:
            yield batch
    finally:
        if hasattr(given, "close"):
            with suppress(TrigpointError):  # what ended the reading is told, and not what came of that
                asker.ask(given.close)


def _not_loaded(registry: Registry, settings: SourceSettings) -> Iterator[Problem]:
    """Why there is nobody to read a source: its plugin failed, or, where none has its name, one that did may offer it."""
    failed = registry.failed
    for plugin in [failed[settings.plugin]] if settings.plugin in failed else failed.values():
        assert plugin.failure is not None  # noqa: S101  # that makes it a failed one
        yield evolve(plugin.failure, text=f"source '{settings.name}': {plugin.failure.text}")
