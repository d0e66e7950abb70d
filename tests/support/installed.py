"""A program that is installed in an environment of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from attrs import frozen

FOREIGN = ("PYTHONPATH", "TRIGPOINT_PROJECT", "VIRTUAL_ENV", "COV_CORE_SOURCE")


@frozen
class Installed:
    """An environment with the wheel in it, and a folder elsewhere to run it from."""

    python: Path
    folder: Path

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """What a program of the environment says, run from the other folder."""
        environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        program = self.python.parent / command[0]
        return subprocess.run(
            [program, *command[1:]], cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
