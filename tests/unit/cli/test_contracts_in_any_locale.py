"""What machines read is UTF-8 and whole, whatever the locale and whatever is asked for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SMALL = Path(__file__).with_name("small")
LOCALES = [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "latin-1"}]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A scored project with a customer whose key and name are not ASCII."""
    folder = tmp_path_factory.mktemp("locale") / "small"
    shutil.copytree(SMALL, folder)
    accounts = folder / "data" / "accounts.csv"
    head, first, *rest = accounts.read_text(encoding="utf-8").splitlines()
    key, *cells = first.split(",")
    accounts.write_text("\n".join([head, first, ",".join([f"{key}é→", *cells]), *rest, ""]), encoding="utf-8")
    assert trigpoint(folder, {}, "run").returncode in (0, 3)
    return folder, f"{key}é→"


def trigpoint(folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "trigpoint", "--project", str(folder), *arguments]
    given = [each.encode() for each in command]
    return subprocess.run(given, env={**os.environ, **environment}, capture_output=True, check=False)


@pytest.mark.parametrize("locale", LOCALES, ids=["ascii", "latin-1"])
def test_json_is_utf8(project, locale):
    """Keys that the locale cannot say are printed all the same, and can be asked for."""
    folder, key = project
    answer = trigpoint(folder, locale, "metrics", "account", key, "--format", "json")
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert [row["key"] for row in json.loads(answer.stdout)["rows"]] == [key]


@pytest.mark.parametrize("form", ["json", "csv", "table"])
def test_nothing_is_printed_for_a_key_that_is_not_there(project, form):
    """An error comes before the first byte of an answer."""
    folder, _ = project
    answer = trigpoint(folder, {}, "metrics", "account", "NOPE", "--format", form)
    assert (answer.returncode, answer.stdout) == (2, b"")
