"""A REST API on the loopback interface that answers what a test says, also wrongly, slowly, or not at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from attrs import field, frozen


@frozen
class Asked:
    """A request that came."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@frozen
class Answer:
    """What is answered. `broken_after` bytes of the content the connection is cut; `pause` seconds pass before each of them."""

    content: object = b""
    status: int = 200
    headers: Mapping[str, str] = field(factory=dict)
    broken_after: int | None = None
    silent: float = 0.0
    pause: float = 0.0

    @property
    def bytes(self) -> bytes:
        """The content as it is sent: what is no bytes, as JSON."""
        return self.content if isinstance(self.content, bytes) else json.dumps(self.content).encode()


@frozen
class Api:
    """The server. `answers` maps a path to what is answered there: an answer, or a function of the request."""

    server: ThreadingHTTPServer
    answers: dict[str, Answer | Callable[[Asked], Answer]]
    asked: list[Asked]

    @property
    def host(self) -> str:
        """Address and port."""
        return f"127.0.0.1:{self.server.server_port}"

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{self.host}"

    def answer(self, asked: Asked) -> Answer:
        """What is answered to a request."""
        self.asked.append(asked)
        found = self.answers.get(asked.path, Answer({"error": "not found"}, 404))
        return found(asked) if callable(found) else found

    def in_turn(self, path: str, *answers: Answer) -> None:
        """Each request for a path gets the next answer; the last one is repeated."""
        left = list(answers)
        self.answers[path] = lambda _asked: left.pop(0) if len(left) > 1 else left[0]


@contextmanager
def serving() -> Iterator[Api]:
    """An API without answers, which ends with the context."""
    server = _Server(("127.0.0.1", 0), _Handler)
    api = server.api = Api(server, {}, [])  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Clients go away in the middle: that is what is tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and content go out together

    def do_GET(self) -> None:  # the library's name
        split = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        asked = Asked(split.path, dict(parse_qsl(split.query)), dict(self.headers.items()), body)
        answer: Answer = self.server.api.answer(asked)  # type: ignore[attr-defined]
        try:
            self._send(answer)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client did not wait for it

    do_POST = do_GET  # noqa: N815

    def _send(self, answer: Answer) -> None:
        time.sleep(answer.silent)
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.bytes)))
        self.end_headers()
        if answer.broken_after is not None:
            self.wfile.write(answer.bytes[: answer.broken_after])
            self.close_connection = True
        elif answer.pause:
            for byte in answer.bytes:
                self.wfile.write(bytes((byte,)))
                self.wfile.flush()
                time.sleep(answer.pause)
        else:
            self.wfile.write(answer.bytes)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Nothing is logged."""
