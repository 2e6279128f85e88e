"""A server on this machine that cuts, resets, hangs or answers what it is told to."""

from __future__ import annotations

import json
import socket
import struct
import threading
from dataclasses import dataclass, field
from http import HTTPStatus


@dataclass
class Answer:
    """One answer: its status, headers and body; or a fault in place of it."""

    body: bytes | str | dict | list = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    fault: str = ""  # cut, reset, hang

    def raw(self) -> bytes:
        body = self.body
        if isinstance(body, dict | list):
            body = json.dumps(body)
        body = body.encode() if isinstance(body, str) else body
        length = len(body) + (1000 if self.fault == "cut" else 0)
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}", f"Content-Length: {length}"]
        lines += ["Content-Type: application/json", "Connection: close"]
        lines += [f"{name}: {text}" for name, text in self.headers.items()]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class FaultyServer:
    """Gives its answers in turn, the last one for ever; logins always get a token unless told otherwise."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[str] = []
        self.token = Answer(
            {"access_token": "token-from-server", "expires_in": 3600, "scope": "*", "token_type": "bearer"}
        )
        self._stopped = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def give(self, *answers: Answer) -> None:
        self.answers.extend(answers)

    def stop(self) -> None:
        self._stopped.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join(timeout=5)

    def _start(self, work, *args) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            head = b""
            while b"\r\n\r\n" not in head:
                part = connection.recv(65536)
                if not part:
                    return
                head += part
            target = head.split(b" ", 2)[1].decode()
            if target.partition("?")[0].rstrip("/").endswith("token"):
                connection.sendall(self.token.raw())
                return
            self.asked.append(target)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if answer.fault == "hang":
                self._stopped.wait(30)
            elif answer.fault == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                connection.sendall(answer.raw())
