"""Commands whose answer says nothing of plugins tell on stderr which could not be loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import CommandLine


@pytest.mark.parametrize("name", ["load", "compile", "benchmarks"])
def test_a_failed_plugin_is_told(small: Path, command_line: CommandLine, name: str) -> None:
    """A warning with the place, the reason and the way out; the answer and the exit code are what they were."""
    assert command_line("run").code == 0
    before = command_line(name)
    (small / "ours.py").write_text("\n1 / 0", encoding="utf-8")
    with (small / "trigpoint.toml").open("a", encoding="utf-8") as settings:
        settings.write('[plugins]\nlocal = ["ours.py"]\n')
    answer = command_line(name)
    assert answer.code == before.code
    assert answer.out == before.out or name == "load"
    (told,) = [each for each in answer.err.splitlines() if "TP707" in each]
    assert told.startswith(f"{small / 'ours.py'}:2: warning: TP707 plugin 'ours' (this project, ")
    assert told.endswith("ZeroDivisionError: division by zero (mend or update it, or take it out of [plugins] local)")
