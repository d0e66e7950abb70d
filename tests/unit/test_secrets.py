"""Secrets are read when they are needed, and shown nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trigpoint.errors import InputError, Place, Problem, TrigpointError
from trigpoint.rules.options import misfits
from trigpoint.secrets import Secret, Secrets, is_reference


def test_references_are_resolved_at_any_depth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable, a file inside the project and one elsewhere give their text, without the end of its line."""
    monkeypatch.setenv("CRM_TOKEN", "t0ken")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "a").write_bytes(b"\xef\xbb\xbfline 1\nline 2\r\n")
    (tmp_path / "b").write_text("b")
    settings = {
        "plain": "x",
        "list": [{"env": "CRM_TOKEN"}, 1],
        "deep": {"deeper": {"file": "secrets/a"}, "whole": {"file": str(tmp_path / "b")}},
        "no": {"env": "CRM_TOKEN", "file": "x"},
    }
    found = Secrets().resolve(settings, tmp_path, "source 'crm'")
    assert found == {
        "plain": "x",
        "list": ["t0ken", 1],
        "deep": {"deeper": "line 1\nline 2", "whole": "b"},
        "no": {"env": "CRM_TOKEN", "file": "x"},
    }
    assert "t0ken" not in repr(found)
    assert json.dumps(found["list"]) == '["t0ken", 1]'


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        (
            {"env": "NOT_SET"},
            "asks for the environment variable NOT_SET, which is not set (set it where trigpoint runs",
        ),
        ({"env": "EMPTY"}, "asks for the environment variable EMPTY, which is empty"),
        ({"file": "nope"}, "asks for the file 'nope', which cannot be read: No such file or directory (looked at "),
        ({"file": "../nope"}, "asks for the file '../nope', which lies outside of the project (a relative path stays"),
        ({"file": "bytes"}, "asks for the file 'bytes', which is no text (it must be UTF-8)"),
        ({"file": "empty"}, "asks for the file 'empty', which is empty"),
        ({"file": "huge"}, "asks for the file 'huge', which holds no secret"),
    ],
)
def test_a_secret_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reference: dict[str, str], told: str
) -> None:
    """A variable or file that is missing, empty or no text is an error with place and way out; all are told at once."""
    monkeypatch.delenv("NOT_SET", raising=False)
    monkeypatch.setenv("EMPTY", "")
    (tmp_path / "bytes").write_bytes(b"\xff\x00")
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "huge").write_text("x" * 70_000)
    place = Place("trigpoint.toml", 5, 7)
    with pytest.raises(InputError) as raised:
        Secrets().resolve({"a": {"b": reference}, "c": reference}, tmp_path, "source 'crm'", lambda _keys: place)
    first, second = raised.value.problems
    assert str(first).startswith(f"trigpoint.toml:5:7: TP427 source 'crm': 'a.b' {told}")
    assert "'c' asks" in second.text


WRITTEN = [
    ("hunter2", "no hunter2 here", "no *** here"),
    ("hunter2/%", "it was hunter2%2F%25 or hunter2/%25", "it was *** or ***"),
    (
        "postgresql://me:hu%2Fnter@db/crm?sslpassword=abcd1234",
        "me:hu/nter@db, hu%2Fnter, abcd1234",
        "me:***@db, ***, ***",
    ),
    ("postgresql://me:p@ss@db/crm", "password p@ss of me at db", "password *** of me at db"),
    ("ab", "ab, cab and 'ab'", "***, cab and '***'"),
    ("back\\slash\n", "'back\\\\slash\\n'", "'***'"),
    ("first line of a key\nand the second one", "(and the second one)", "(***)"),
    ("a b&c", "token=a+b%26c", "token=***"),
    ("postgresql://admin@server:hunter2@db/crm", "admin@server:hunter2, hunter2", "admin@server:***, ***"),
    ("https://t0ken-of-me@api.example.com/x", "no t0ken-of-me there", "no *** there"),
    ("postgresql://somebody@db/crm", "role somebody is unknown", "role somebody is unknown"),
    ("Server=db;UID=me;Password=hunter 2;Trusted=no", "no hunter 2 for me", "no *** for me"),
    ("Driver={x};PWD={hunter;2}", "no hunter;2 there", "no *** there"),
    ("mssql+pyodbc:///?odbc_connect=DRIVER%3Dx%3BPWD%3Dhunter2%3B", "PWD=hunter2", "PWD=***"),
    ("host=db user=me password=hunter2", "hunter2 of me at db", "*** of me at db"),
    ("host=db password='hunter 2'", "no hunter 2", "no ***"),
    ('hun"ter\\2', '{"p": "hun\\"ter\\\\2"}', '{"p": "***"}'),
    ("h\u00fcnter2", '{"p": "h\\u00fcnter2"}', '{"p": "***"}'),
    ("h\u00fcnter2", "b'h\\xc3\\xbcnter2'", "b'***'"),
    ("hun/ter+2", "x=hun%2fter%2b2", "x=***"),
    ("hun&ter<2", "hun&amp;ter&lt;2", "***"),
    ("hunter2hunter2", "Basic bWU6aHVudGVyMmh1bnRlcjI=", "Basic bWU6***I="),
    ("hunter2hunter2", "Basic aHVudGVyMmh1bnRlcjI6eA==", "Basic ***I6eA=="),
    ("my  hunter\t2", "it is my hunter 2.", "it is ***."),
    ("my hunter 2", "it is my\n  hunter 2.", "it is ***."),
    ("hun\udcffter2", "hun%FFter2 'hun\\udcffter2'", "*** '***'"),
]


@pytest.mark.parametrize(("secret", "text", "shown"), WRITTEN)
def test_a_secret_is_hidden_however_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str, text: str, shown: str
) -> None:
    """Itself, the password in an address, encoded, quoted, or a line of it; a short one only as a word of its own."""
    monkeypatch.setenv("X", secret)
    secrets = Secrets()
    secrets.resolve({"x": {"env": "X"}}, tmp_path, "it")
    assert secrets.hide(text) == shown


def test_errors_are_hidden_with_what_they_came_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error keeps its type, code, place and way out, and loses the secret and the error behind it."""
    monkeypatch.setenv("X", "hunter2")
    secrets = Secrets()
    error = InputError.of("TP401", "hunter2 is gone", Place("a", 1), "look at hunter2")
    error.__cause__ = ValueError("hunter2")
    assert secrets.hide_in(error) is error
    secrets.resolve({"x": {"env": "X"}}, tmp_path, "it")
    hidden = secrets.hide_in(error)
    assert (type(hidden), str(hidden)) == (InputError, "a:1: TP401 *** is gone (look at ***)")
    assert hidden.__cause__ is None
    assert str(secrets.hide_in(TrigpointError.of("TP401", "x"))) == "TP401 x"


class OddError(InputError):
    """An error of a plugin's own, which takes no problems."""

    def __init__(self) -> None:
        super().__init__(Problem("TP401", "no hunter2"))


def test_the_constructor_of_a_strangers_error_is_not_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an error becomes without its secrets is the kind of ours that it comes from."""
    monkeypatch.setenv("X", "hunter2")
    secrets = Secrets()
    secrets.resolve({"x": {"env": "X"}}, tmp_path, "it")
    hidden = secrets.hide_in(OddError())
    assert (type(hidden), str(hidden)) == (InputError, "TP401 no ***")


def test_an_error_that_nobody_foresaw_shows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is another error where it, or what it came from, holds a secret; else it is left as it is."""
    monkeypatch.setenv("X", "hunter2")
    secrets, plain, inner = Secrets(), ValueError("x"), KeyError("y")
    secrets.resolve({"x": {"env": "X"}}, tmp_path, "it")
    assert secrets.hide_in_any(plain) is plain
    assert str(secrets.hide_in_any(ValueError("no hunter2"))) == "ValueError: no ***"
    inner.__cause__ = ValueError("hunter2")
    assert str(secrets.hide_in_any(inner)) == "KeyError: 'y'"


def test_a_long_secret_is_looked_through_in_no_time(tmp_path: Path) -> None:
    """A file of one long line, which may be all letters, is split into pairs in steps as many as it has signs."""
    (tmp_path / "x").write_text("x" * 60_000)
    secrets = Secrets()
    secrets.resolve({"x": {"file": "x"}}, tmp_path, "it")
    assert secrets.hide("x" * 60_000) == "***"


def test_a_secret_is_a_text(tmp_path: Path) -> None:
    """It can be used like any text, and only Python's own way of showing it hides it."""
    secret = Secret("hunter2")
    assert (f"{secret}", secret + "!", secret == "hunter2", repr([secret])) == ("hunter2", "hunter2!", True, "['***']")
    assert is_reference({"env": "X"})
    assert not any(map(is_reference, ({"env": 1}, {"env": "X", "file": "y"}, {"name": "x"}, "env", None)))


def test_a_reference_fits_wherever_a_text_does() -> None:
    """What a schema asks of a text is not asked of a secret, which is not read yet; another type is refused."""
    text = {"type": "string", "pattern": "^x$", "enum": ["x"], "const": "x", "minLength": 50, "maxLength": 1}
    schema = {"properties": {"a": text, "b": {"anyOf": [text, {"type": "integer"}]}, "c": {"items": text}}}
    secret = {"env": "X"}
    assert list(misfits({"a": secret, "b": secret, "c": [secret]}, schema, "it")) == []
    (told,) = misfits({"a": secret}, {"properties": {"a": {"type": "integer"}}}, "it")
    assert told.text == "'a' must be a whole number, not text"
    (told,) = misfits({"a": "no"}, {"properties": {"a": {"pattern": "^x$", "title": "an x"}}}, "it")
    assert told.text == "'a' must be an x, not 'no'"
