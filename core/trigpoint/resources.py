"""What comes with the program: ready-made rulesets and JSON Schemas, in a wheel or in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Kind = Literal["rulesets", "schemas"]
NO_LAYERS = ("projects",)  # folders of rulesets in which whole projects lie


def bundled(kind: Kind) -> Path:
    """The folder of the bundled files of one kind."""
    package = Path(__file__).parent
    installed = package / "_data" / kind
    return installed if installed.is_dir() else package.parents[1] / kind


def bundled_names(kind: Kind) -> tuple[str, ...]:
    """The names of the bundled files of one kind without their endings, those in a folder last and with its name."""
    root = bundled(kind)
    files = (path.relative_to(root) for path in root.rglob("*.*") if path.is_file())
    names = (path.with_name(path.name.split(".")[0]).as_posix() for path in files if path.parts[0] not in NO_LAYERS)
    return tuple(sorted(names, key=lambda name: (name.count("/"), name)))
