"""What comes with the program: ready-made rulesets and JSON Schemas, in a wheel or in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Kind = Literal["rulesets", "schemas"]


def bundled(kind: Kind) -> Path:
    """The folder of the bundled files of one kind."""
    package = Path(__file__).parent
    installed = package / "_data" / kind
    return installed if installed.is_dir() else package.parents[1] / kind


def bundled_names(kind: Kind) -> tuple[str, ...]:
    """The names of the bundled files of one kind, sorted, without their endings."""
    return tuple(sorted(path.name.split(".")[0] for path in bundled(kind).iterdir() if path.is_file()))
