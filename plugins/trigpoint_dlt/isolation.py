"""dlt without its surroundings: no configuration but ours, no telemetry, no log, no folder that outlives the read.

dlt looks for settings in the environment and in files of the working and the home folder. Here it finds only what the
project file says, so that a load depends on nothing that nobody sees.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from dlt.common.configuration.container import Container
from dlt.common.configuration.providers.dictionary import DictionaryProvider
from dlt.common.configuration.providers.provider import ConfigProvider
from dlt.common.configuration.resolve import resolve_configuration
from dlt.common.configuration.specs import RuntimeConfiguration
from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext
from dlt.common.runtime.run_context import RunContext
from dlt.sources.helpers import requests

from trigpoint_dlt.limits import Limits


class _OwnContext(RunContext):
    """Where dlt looks for settings, and keeps its files."""

    def __init__(self, folder: str, limits: Limits) -> None:
        super().__init__(folder)
        self.folder = folder
        self.limits = limits

    @property
    def run_dir(self) -> str:
        return self.folder

    @property
    def local_dir(self) -> str:
        return self.folder

    @property
    def data_dir(self) -> str:
        return self.folder

    @property
    def global_dir(self) -> str:
        return self.folder

    def initial_providers(self) -> list[ConfigProvider]:
        """Settings come from the limits alone, not from the environment or from files."""
        runtime = {
            "dlthub_telemetry": False,
            "log_level": "CRITICAL",
            "request_timeout": self.limits.timeout_seconds,
            "request_max_attempts": self.limits.attempts,
            "request_max_retry_delay": self.limits.wait_seconds,
        }
        provider = DictionaryProvider()
        provider.set_value("runtime", runtime, None)
        off = {"enable_airflow_secrets": False, "enable_google_secrets": False, "enable_aws_secrets": False}
        provider.set_value("providers", off, None)
        return [provider]

    def initialize_runtime(self, runtime_config: RuntimeConfiguration | None = None) -> None:
        """Settings of HTTP requests; no log, no telemetry."""
        self._runtime_config = runtime_config or resolve_configuration(RuntimeConfiguration())
        requests.init(self._runtime_config)


@contextmanager
def isolated(limits: Limits) -> Iterator[None]:
    """Within it dlt knows only what we tell it; afterwards all is as it was."""
    container = Container()
    known_before = PluggableRunContext in container  # then dlt itself puts everything back
    with tempfile.TemporaryDirectory(prefix="trigpoint-dlt-") as folder:
        try:
            with container.injectable_context(PluggableRunContext(_OwnContext(folder, limits))):
                yield
        finally:
            requests.client.session.close()
            if not known_before:
                requests.init(RuntimeConfiguration())
