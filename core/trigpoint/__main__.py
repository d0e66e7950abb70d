"""The `trigpoint` command, also as `python -m trigpoint`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

TYPE_CHECKING = False  # as in `typing`, which takes 5 ms to import; type checkers know the name

if TYPE_CHECKING:
    from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; the answer is the exit code.

    Help and version are answered from a table without importing anything that takes time.
    """
    from trigpoint.cli import catalogue

    given = list(sys.argv[1:] if arguments is None else arguments)
    if given in (["--help"], ["-h"], ["help"]):
        return _print(_help())
    if given == ["--version"]:
        return _print(catalogue.version_text())
    if not given:
        print(_help(), file=sys.stderr)
        return 2
    from trigpoint.cli.program import run_command_line

    code = run_command_line(given)
    loading = sys.modules.get("trigpoint.plugins.loading")
    if arguments is None and loading is not None and loading.strangers_ran():
        _leave(code)
    return code


def _leave(code: int) -> NoReturn:
    """Ends the process at once: no thread that a plugin left running keeps it, and nothing at its exit changes the code."""
    with suppress(OSError, ValueError):  # a reader that went away, a stream that is closed
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _help() -> str:
    from trigpoint.cli import catalogue
    from trigpoint.cli.installed_commands import plugin_commands

    return catalogue.help_text(plugin_commands(catalogue.SUMMARIES))


def _print(text: str) -> int:
    print(text, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
