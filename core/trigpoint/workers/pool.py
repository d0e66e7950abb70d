"""The processes of one evaluation: one for each plugin, started at its first metric, ended with the evaluation."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from trigpoint.compile.statement import Feed
from trigpoint.errors import InputError
from trigpoint.model.expression import ValueType
from trigpoint.model.metric import PluginMetric
from trigpoint.model.offer import FunctionMetric, IbisMetric, MetricRequest
from trigpoint.model.plugin import Plugin, Registry
from trigpoint.model.run import Finding
from trigpoint.secrets import Secrets
from trigpoint.workers.batches import Batch, batches
from trigpoint.workers.cache import Cache
from trigpoint.workers.conversation import Answered, Conversation, FaultError, Row, read
from trigpoint.workers.failures import PluginFailedError, failed
from trigpoint.workers.fingerprint import Fingerprint, code_of
from trigpoint.workers.folders import sweep
from trigpoint.workers.process import Process
from trigpoint.workers.wire import Asked, Fault, FaultKind


@frozen
class Computed:
    """What a plugin's function answered, checked: (key, value, n, newest) of each subject that had rows.

    A value is as the warehouse stores it: numbers float, truth values 0 or 1, dates and timestamps text; None is no data.
    """

    rows: list[Row]
    findings: tuple[Finding, ...] = ()


class Workers:
    """The processes of the plugins, and the answers kept from earlier runs. Made by `open_workers`."""

    def __init__(
        self, registry: Registry, seconds: float, megabytes: int, cache: Cache | None, timezone: str, root: Path
    ) -> None:
        self._registry = registry
        self._seconds = seconds
        self._megabytes = megabytes
        self._cache = cache
        self._timezone = timezone
        self._root = root
        self._secrets = Secrets()
        self._processes: dict[str, Process] = {}
        self._codes: dict[str, str] = {}
        self._told = False

    def values(self, feed: Feed, subjects: Iterator[tuple[Any, ...]]) -> Computed:
        """What the metric's function answers to the rows of a feed: (key, n, newest, and a list of cells for each input).

        Raises PluginFailedError if it fails in any way: then none of its values count, and its process is gone.
        """
        asked = self._asked(feed)
        inputs: dict[str, ValueType] = {name: each.type for name, each in feed.metric.inputs.items()}
        try:
            answers = list(self._answers(asked, feed.metric, batches(subjects, inputs)))
        except FaultError as error:
            printed = self._end(asked.plugin.name)
            raise failed(asked.plugin, feed.metric.name, error.fault, printed, self._secrets.hide) from None
        except BaseException:
            self._end(asked.plugin.name)  # it may be in the middle of an answer that nobody waits for
            raise
        found = [row for answer in answers for row in answer.rows]
        return Computed(found, tuple(self._findings(asked, feed.metric, answers)))

    def blame(self, metric: PluginMetric, kind: FaultKind, text: str) -> PluginFailedError:
        """The error that tells what went wrong in the warehouse with a metric of a plugin."""
        return failed(self._owner(metric), metric.name, Fault(kind, text), hide=self._secrets.hide)

    @property
    def seconds(self) -> float:
        """What the computation of one metric may take."""
        return self._seconds

    def _owner(self, metric: PluginMetric) -> Plugin:
        home = metric.plugin.rpartition(".")[0]
        known = self._registry.owners.get(("metric", metric.plugin)) or self._registry.plugins.get(home)
        return known or Plugin(home, "nobody offers it", metric.version, home, home)

    def close(self) -> None:
        """End all processes."""
        while self._processes:
            self._end(next(iter(self._processes)))

    def _asked(self, feed: Feed) -> Asked:
        """What the process is told. Raises PluginFailedError if nobody offers the metric."""
        metric = feed.metric
        offer, plugin = self._registry.metrics.get(metric.plugin), self._owner(metric)
        if metric.failed or not isinstance(offer, FunctionMetric | IbisMetric):
            fault = Fault("unloadable", metric.failed or f"is computed by '{metric.plugin}', which is not there")
            raise failed(plugin, metric.name, fault)
        request = MetricRequest(feed.subject, feed.as_of, feed.window, self._settings(metric, offer), self._timezone)
        return Asked(plugin, offer.name, metric.type, request, self._seconds)

    def _settings(self, metric: PluginMetric, offer: FunctionMetric | IbisMetric) -> dict[str, Any]:
        """The settings, with the values of those that the plugin declares secret. Raises PluginFailedError if one is missing.

        Only those: a rule must not get hold of a variable by naming it where a text is wanted.
        """
        declared: Any = offer.settings.get("properties", {})
        secret = {key: each for key, each in metric.settings.items() if declared.get(key, {}).get("writeOnly")}
        try:
            return {**metric.settings, **self._secrets.resolve(secret, self._root, f"metric '{metric.name}'")}
        except InputError as error:
            raise PluginFailedError(*error.problems) from None

    def _answers(self, asked: Asked, metric: PluginMetric, all_of: Iterator[Batch]) -> Iterator[Answered]:
        """The answers to all batches: at once those that are known already, at the end those that the process gave."""
        cache = self._cache if metric.pure else None
        fingerprint = Fingerprint(asked, self._code(asked.plugin)) if cache else None
        spoken: Conversation | None = None
        digests: list[bytes] = []
        given: list[Answered | None] = []
        for batch in all_of:
            digest = fingerprint.of(batch.packed) if fingerprint else b""
            if cache and (known := _known(cache, digest, batch, asked)):
                yield known
                continue
            spoken = spoken or Conversation(self._process(asked.plugin), asked)
            digests.append(digest)
            given.append(spoken.ask(batch))
        while spoken and (answer := spoken.answer()):
            given.append(answer)
        answers = [answer for answer in given if answer is not None]
        # Only now: of a metric that fails nothing is kept; nor of one whose code may have been changed before it was loaded.
        if cache and answers and code_of(asked.plugin) == self._code(asked.plugin):
            given_for = zip(digests, answers, strict=True)
            cache.keep((digest, answer.content) for digest, answer in given_for if answer.lasting)
        yield from answers

    def _code(self, plugin: Plugin) -> str:
        if plugin.name not in self._codes:
            self._codes[plugin.name] = code_of(plugin)
        return self._codes[plugin.name]

    def _findings(self, asked: Asked, metric: PluginMetric, answers: list[Answered]) -> Iterator[Finding]:
        if unusable := sum(answer.unusable for answer in answers):
            were = "value was" if unusable == 1 else "values were"
            count = "counts" if unusable == 1 else "count"
            text = f"{unusable:,} {were} no number (nan or infinite), and {count} as no data: by {asked.plugin}"
            yield Finding("plugin values", metric.name, text, unusable)
        if self._cache and self._cache.fault and not self._told:
            self._told = True
            yield Finding("plugin cache", metric.name, self._cache.fault)

    def _process(self, plugin: Plugin) -> Process:
        """The plugin's process, started if it does not run."""
        if plugin.name not in self._processes:
            self._code(plugin)  # as it is before the process reads it
            try:
                self._processes[plugin.name] = Process(self._megabytes)
            except OSError as error:
                raise FaultError(Fault("ended", f"could not be given a process: {error}")) from error
        return self._processes[plugin.name]

    def _end(self, name: str) -> str:
        process = self._processes.pop(name, None)
        return process.end() if process else ""


def _known(cache: Cache, digest: bytes, batch: Batch, asked: Asked) -> Answered | None:
    """The answer of an earlier run; one that does not fit is none."""
    content = cache.answer(digest)
    if content is None:
        return None
    try:
        return read(content, batch, asked)
    except FaultError:
        return None


@contextlib.contextmanager
def open_workers(
    registry: Registry,
    seconds: float = 60.0,
    megabytes: int = 2048,
    cache: Path | None = None,
    *,
    timezone: str = "UTC",
    root: Path = Path(),
) -> Iterator[Workers]:
    """The processes of one evaluation: `seconds` for each metric, and so much memory for each process.

    `cache` is the file in which the answers of pure metrics are kept; without it none are. Files with
    secrets count from the folder `root`.
    """
    sweep()
    kept = Cache(cache) if cache else None
    workers = Workers(registry, seconds, megabytes, kept, timezone, root)
    try:
        yield workers
    finally:
        workers.close()
        if kept:
            kept.close()
