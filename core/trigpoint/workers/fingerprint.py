"""What an answer of a plugin depends on, as a hash: the code, the request and the rows."""

from __future__ import annotations

import hashlib
import json
import platform
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

import trigpoint
from trigpoint.model.plugin import Plugin
from trigpoint.workers.places import home_of
from trigpoint.workers.wire import Asked, Packed


def code_of(plugin: Plugin) -> str:
    """A text that changes with the plugin's code, and with the libraries that it may call."""
    told = [trigpoint.__version__, platform.python_version(), plugin.reference, plugin.version]
    told += sorted(_stamps(home_of(plugin)))
    told += sorted(_stamps(Path(__file__).parent))  # ours decide what is a value
    told += sorted({each.name for folder in sys.path for each in Path(folder or ".").glob("*.dist-info")})
    return json.dumps(told)


def _stamps(home: Path) -> Iterable[str]:
    """Each file of a package, whatever is in it, with its size and time: an editable install keeps its version."""
    for each in home.rglob("*") if home.is_dir() else [home]:
        if each.parent.name == "__pycache__":
            continue
        try:
            known = each.stat()
        except OSError:
            continue
        if not stat.S_ISDIR(known.st_mode):
            yield f"{each.relative_to(home.parent)} {known.st_size} {known.st_mtime_ns}"


class Fingerprint:
    """Hashes of the batches of one request."""

    def __init__(self, asked: Asked, code: str) -> None:
        request = asked.request
        told = {
            "code": code,
            "metric": asked.name,
            "type": asked.type,
            "subject": request.subject,
            "as_of": request.as_of,
            "window": request.window,
            "settings": request.settings,
            "timezone": request.timezone,
        }
        self._begun = hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode())

    def of(self, packed: Packed) -> bytes:
        """The hash of a batch and everything else that its answer depends on."""
        digest = self._begun.copy()
        for part in packed.parts():
            digest.update(b"%d:" % len(part))
            digest.update(part)
        return digest.digest()
