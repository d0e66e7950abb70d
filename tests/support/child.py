"""Python in a process of its own, which sees what this one sees."""

from __future__ import annotations

import os
import subprocess
import sys


def run_python(code: str, *arguments: str) -> str:
    """What the code prints; fails as the code fails."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
