"""Settings that only a plugin understands, against the JSON Schema that it declares: what does not fit, in sentences."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from attrs import frozen

from trigpoint.rules.wording import closest, kind_of, without_quotes
from trigpoint.secrets import is_reference

if TYPE_CHECKING:
    from jsonschema import ValidationError

Path = tuple[str | int, ...]
Schema = Mapping[str, Any]
_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "left out",
}
_DEMANDS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "above",
    "exclusiveMaximum": "below",
    "multipleOf": "a multiple of",
    "const": "exactly",
}


@frozen
class Misfit:
    """What is wrong at a path: with the value, or, `of_key`, with a name that should not be there."""

    path: Path
    text: str
    hint: str | None = None
    of_key: bool = False


def misfits(options: Mapping[str, object], schema: Schema, what: str, beside: Sequence[str] = ()) -> Iterator[Misfit]:
    """What does not fit. `what` are the options of, in a sentence; `beside` are names that may stand there too."""
    validator = _validator()(dict(schema))
    for error in sorted(validator.iter_errors(_with_stand_ins(options)), key=lambda error: error.json_path):
        yield from _sentences(error, what, beside)


def with_defaults(options: Mapping[str, object], schema: Schema) -> dict[str, object]:
    """The options, with the defaults of their schema where they are silent."""
    properties = schema.get("properties", {})
    defaults = {
        key: each["default"] for key, each in properties.items() if isinstance(each, Mapping) and "default" in each
    }
    return {**defaults, **options}


class _Unread(str):
    """Stands for a secret, which is not read before it is needed: a text of which nobody knows what it holds."""

    __slots__ = ()


def _with_stand_ins(value: object) -> Any:
    if is_reference(value):
        return _Unread("***")
    if isinstance(value, Mapping):
        return {key: _with_stand_ins(each) for key, each in value.items()}
    return [_with_stand_ins(each) for each in value] if isinstance(value, list | tuple) else value


def _validator() -> Any:
    """The validator of a schema, but for what it would say about the text of a secret."""
    import jsonschema  # it takes 50 ms to import

    usual = jsonschema.Draft202012Validator
    of_texts = ("const", "enum", "format", "maxLength", "minLength", "pattern")
    extend: Any = jsonschema.validators.extend  # it has no types
    return extend(usual, {word: _of_known_texts(usual.VALIDATORS[word]) for word in of_texts})


def _of_known_texts(check: Any) -> Any:
    return lambda validator, wanted, value, schema: (
        () if isinstance(value, _Unread) else check(validator, wanted, value, schema) or ()
    )


def _sentences(error: ValidationError, what: str, beside: Sequence[str]) -> Iterator[Misfit]:
    path, schema = tuple(error.absolute_path), cast(Schema, error.schema)
    known = schema.get("properties", {})
    match error.validator:
        case "additionalProperties" if isinstance(error.instance, Mapping):
            names = (*known, *beside) if not path else tuple(known)
            listed = f"there is: {', '.join(names) or 'none'}"
            for key in (key for key in error.instance if key not in known):
                yield Misfit((*path, key), f"unknown key '{key}'", closest(key, names) or listed, of_key=True)
        case "required" if isinstance(error.instance, Mapping):
            # The library tells each missing key by itself; its message begins with the key.
            key = next(each for each in schema["required"] if error.message.startswith(repr(each)))
            if not any(closest(key, [each]) for each in error.instance if each not in known):
                whose = what if not path else f"'{path[-1]}' of {what}"
                yield Misfit(path, f"{whose} has no '{key}'", known.get(key, {}).get("description"))
        case "oneOf" | "anyOf" if (choice := _choice(error)) is not None:
            whose = what if not path else f"'{path[-1]}' of {what}"
            given = cast(Mapping[str, object], error.instance)
            there = " and ".join(f"'{name}'" for name in choice if name in given)
            none = ", ".join(f"'{name}'" for name in choice)
            lacks = f"has {there}: it takes one of them" if there else f"has none of {none}"
            yield Misfit(path, f"{whose} {lacks}", None if there else "write one of them")
        case _:
            subject = f"'{path[-1]}'" if path else what
            yield Misfit(path, f"{subject} {_demand(error, schema)}", _way_out(error, schema))


def _choice(error: ValidationError) -> list[str] | None:
    """The keys of which a table must have one, where that is what the schema's branches say."""
    branches = cast(Sequence[Any], error.validator_value)
    if not isinstance(error.instance, Mapping) or any(
        not isinstance(each, Mapping) or each.keys() != {"required"} or len(each["required"]) != 1 for each in branches
    ):
        return None
    return [each["required"][0] for each in branches]


def _demand(error: ValidationError, schema: Schema) -> str:
    """What a value must be, and what it is."""
    value, wanted = error.instance, cast(Any, error.validator_value)
    shown = f"'{value}'" if isinstance(value, str) else json.dumps(value, default=str)
    match error.validator:
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            given = shown if type(value) is float else "text" if isinstance(value, str) else kind_of(value)
            return f"must be {' or '.join(_KINDS[kind] for kind in kinds)}, not {given}"
        case "enum":
            *others, last = (json.dumps(each) for each in wanted)
            return f"must be {' or '.join(filter(None, (', '.join(others), last)))}, not {shown}"
        case "minLength" | "maxLength" if schema.get("minLength") == schema.get("maxLength") == 1:
            return f"must be one character, not {shown}"
        case "minLength" if wanted == 1:
            return "must not be empty"
        case _ if error.validator in _DEMANDS:
            return f"must be {_DEMANDS[str(error.validator)]} {wanted}, not {shown}"
    return f"must be {schema['title']}, not {shown}" if "title" in schema else f"does not fit: {error.message}"


def _way_out(error: ValidationError, schema: Schema) -> str | None:
    value, wanted = error.instance, cast(Any, error.validator_value)
    if error.validator == "enum":
        return closest(str(value), map(str, wanted))
    if error.validator == "type" and wanted in ("integer", "number") and without_quotes(value):
        return without_quotes(value)
    if error.validator == "type" and wanted == "string" and type(value) in (int, float):
        return f'write it in quotes: "{value}"'
    found = schema.get("description")
    return found if isinstance(found, str) else None
