"""The `trigpoint` command, also as `python -m trigpoint`."""

from __future__ import annotations

import sys
from collections.abc import Sequence


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

    return run_command_line(given)


def _help() -> str:
    from trigpoint.cli import catalogue
    from trigpoint.cli.installed_commands import plugin_commands

    return catalogue.help_text(plugin_commands(catalogue.SUMMARIES))


def _print(text: str) -> int:
    print(text, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
