"""Secrets among a metric's settings: they reach the function, and nothing that is said or kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from attrs import evolve

from support.plugged import feed, local_plugin, numbers
from trigpoint.model.offer import FunctionMetric
from trigpoint.model.plugin import Registry
from trigpoint.workers import PluginFailedError, open_workers

BODIES = {
    "tells": "return [(rows.keys[0], repr(sorted(request.settings.items(), key=str)) + request.settings['token'][::-1])]",
    "fails": "print(request.settings['token'])\nraise ValueError('no access with ' + request.settings['token'])",
}
DECLARED = {"type": "object", "properties": {"token": {"type": "string", "writeOnly": True}, "plain": {}}}
SETTINGS = {"token": {"env": "ACME_TOKEN"}, "plain": {"env": "ACME_TOKEN"}}


@pytest.fixture
def declared(tmp_path: Path) -> Callable[[Mapping[str, str]], Registry]:
    """Makes a plugin whose metrics have a secret setting."""

    def make(bodies: Mapping[str, str]) -> Registry:
        found = local_plugin(tmp_path, bodies, "text")
        metrics = {
            name: evolve(each, settings=DECLARED)
            for name, each in found.metrics.items()
            if isinstance(each, FunctionMetric)
        }
        return evolve(found, metrics=metrics)

    return make


@pytest.fixture
def registry(declared: Callable[[Mapping[str, str]], Registry], monkeypatch: pytest.MonkeyPatch) -> Registry:
    """A plugin with a secret setting, which the environment of trigpoint holds."""
    monkeypatch.setenv("ACME_TOKEN", "hunter2-hunter2")
    return declared(BODIES)


def test_only_declared_secrets_are_read(registry: Registry, tmp_path: Path):
    """A function is given the secret that its plugin declares; a rule cannot read another variable by naming it elsewhere."""
    with open_workers(registry, root=tmp_path) as workers:
        rows = workers.values(feed("tells", kind="text", settings=SETTINGS), numbers(("A", [1.0]))).rows
    assert rows[0][1] == "[('plain', {'env': 'ACME_TOKEN'}), ('token', '***')]2retnuh-2retnuh"


def test_a_failure_does_not_tell_a_secret(registry: Registry, tmp_path: Path):
    """Neither the message of a failure nor what the function printed has the secret in it."""
    with open_workers(registry, root=tmp_path) as workers, pytest.raises(PluginFailedError) as raised:
        workers.values(feed("fails", kind="text", settings=SETTINGS), numbers(("A", [1.0])))
    assert "no access with ***" in str(raised.value)
    assert "hunter2" not in str(raised.value) + raised.value.printed


CUT = {
    "message": "raise ValueError('x' * 290 + request.settings['token'])",
    "blanks": "raise ValueError('no  access\\nwith ' + request.settings['token'])",
    "value": "return [(rows.keys[0], [x + request.settings['token'] for x in ('x' * 45,)])]",
    "key": "return [('k' * 52 + request.settings['token'], 'x')]",
    "head": "print(request.settings['token'] + 'y' * 4086)\nimport os\nos._exit(3)",
    "heads": "print('z' * 4090 + (request.settings['token'] + 'y') * 300_000, end='')\nimport os\nos._exit(3)",
}


@pytest.mark.parametrize("token", ["S3cr3t-Tok3n!x", "my  hidd3n  w0rds"])
@pytest.mark.parametrize("how", CUT)
def test_no_part_of_a_secret_is_told(
    how: str,
    token: str,
    declared: Callable[[Mapping[str, str]], Registry],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    """A text is cut when its secrets are hidden, and not before: else the cut would leave a half that nobody knows."""
    monkeypatch.setenv("ACME_TOKEN", token)
    with open_workers(declared(CUT), root=tmp_path) as workers, pytest.raises(PluginFailedError) as raised:
        workers.values(feed(how, kind="text", settings=SETTINGS), numbers(("A", [1.0])))
    told = str(raised.value) + raised.value.printed
    assert [token[at : at + 5] for at in range(len(token) - 4) if token[at : at + 5] in told] == []
    assert len(told) < 5_000


def test_a_missing_secret(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A secret that is nowhere is a failure of the metric that needs it."""
    monkeypatch.delenv("ACME_TOKEN")
    with open_workers(registry, root=tmp_path) as workers, pytest.raises(PluginFailedError, match="TP427"):
        workers.values(feed("tells", kind="text", settings=SETTINGS), numbers(("A", [1.0])))
