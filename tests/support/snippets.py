"""Judges pieces of TOML that a page only shows: a part of the project file, or rules written over a ready-made ruleset."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path

import jsonschema

from trigpoint.plugins import open_plugins
from trigpoint.resources import bundled
from trigpoint.rules import check

PROJECT = 'timezone = "UTC"\nrules = ["trigpoint:b2b-saas", "snippet.toml"]\n'


def problems_of(text: str) -> list[str]:
    """What is wrong with a piece of a project file or of a rule file."""
    try:
        settings = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [f"this is no TOML: {error}"]
    schema = json.loads((bundled("schemas") / "project.schema.json").read_text(encoding="utf-8"))
    if settings.keys() <= schema["properties"].keys():
        validator = jsonschema.Draft202012Validator({**schema, "required": []})
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(_as_json(settings))]
    return _of_rules(text)


def _of_rules(text: str) -> list[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "trigpoint.toml").write_text(PROJECT, encoding="utf-8")
        (folder / "snippet.toml").write_text(text, encoding="utf-8")
        return [str(problem) for problem in check(folder, open_plugins) if problem.severity == "error"]


def _as_json(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value
