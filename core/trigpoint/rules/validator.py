"""The library jsonschema, for values of TOML.

Three of its keywords are our own: `type`, because TOML has dates; `anyOf` and `uniqueItems`, because for a large wrong
file the library's own take minutes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

Schema = Mapping[str, Any]


def validator_of(schema: Schema) -> Validator:
    """The validator of a schema. A number such as 3.0 is no integer."""
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    keywords = {"type": _type, "anyOf": _any_of, "uniqueItems": _unique_items}
    kind = extend(Draft202012Validator, keywords, type_checker=types)  # type: ignore[no-untyped-call]  # has no types
    validator: Validator = kind(_inlined(schema, schema["$defs"]))
    return validator


def _inlined(node: Any, definitions: Schema) -> Any:
    """A schema with what it refers to in its place: each branch of an `anyOf` shows its type, and nothing is looked up."""
    if isinstance(node, list):
        return [_inlined(each, definitions) for each in node]
    if not isinstance(node, dict):
        return node
    target = definitions[node["$ref"].rpartition("/")[2]] if "$ref" in node else {}
    both = {**target, **{key: each for key, each in node.items() if key not in ("$ref", "$defs")}}
    return {key: _inlined(each, definitions) for key, each in both.items()}


def _is_of(validator: Any, value: object, schema: Schema) -> bool:
    """Whether a value is of a schema's kind: a date is one where a text in the form of a date may come."""
    if type(value) is dt.date:
        return schema.get("format") == "date"
    kinds = schema["type"]
    return any(validator.is_type(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _type(validator: Any, _wanted: Any, value: object, schema: Schema) -> Iterator[ValidationError]:
    if not _is_of(validator, value, schema):
        yield ValidationError("of another kind")


def _any_of(validator: Any, branches: Sequence[Schema], value: object, _schema: Schema) -> Iterator[ValidationError]:
    """The errors of the branch of the value's kind, one after the other; the library would collect those of all."""
    own = [each for each in branches if (each["const"] is value if "const" in each else _is_of(validator, value, each))]
    if len(own) == 1:
        yield from validator.descend(value, own[0])
    elif not any(validator.evolve(schema=each).is_valid(value) for each in own):
        yield ValidationError("none of these", validator="anyOf" if own else "type", schema={"anyOf": own or branches})


def _unique_items(_validator: Any, _wanted: Any, value: object, _schema: Schema) -> Iterator[ValidationError]:
    """What is twice, one by one. The library compares each with each where a list cannot be sorted: minutes."""
    seen: set[str] = set()
    for number, each in enumerate(value if isinstance(value, list) else ()):
        if isinstance(each, str):
            if each in seen:
                yield ValidationError("twice", path=[number], instance=each)
            seen.add(each)
