"""A mail server for tests that does whatever goes wrong: it can hang up, fall silent or lie at every stage.

It keeps the bytes that it gets, apart from those that come encrypted.
"""

import socket
import ssl
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from mailserver import PASSWORD, USER, Delivered

_SECONDS = 60
DROP, HANG = "drop", "hang"  # beside texts, what a stage may end in
STAGES = ("connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "content", "dot", "taken", "quit")

# What is answered at a stage to what the client said: a text, DROP, HANG, or None to go on as servers do.
React = Callable[[str, str], str | None]


def _as_ever(_stage: str, _said: str) -> None:
    return None


class _Gone(Exception):
    """The connection is over."""


@dataclass
class RawServer:
    """A running server. `accepted` are the e-mails it has taken, `plain` and `encrypted` the bytes that it got."""

    react: React = _as_ever
    tls: str = "none"
    offers: tuple[str, ...] = ("PLAIN", "LOGIN")
    accepted: list[Delivered] = field(default_factory=list)
    plain: bytearray = field(default_factory=bytearray)
    encrypted: bytearray = field(default_factory=bytearray)
    connections: int = 0
    said: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0
    ca_file: Path | None = None
    context: ssl.SSLContext | None = None
    closing: threading.Event = field(default_factory=threading.Event)
    talks: list[threading.Thread] = field(default_factory=list)

    @property
    def message_ids(self) -> list[str]:
        """Of all that it has taken, in order."""
        return [one.message_id for one in self.accepted]

    def settle(self) -> None:
        """Returns when it has read all that clients sent that are gone."""
        for talk in self.talks:
            talk.join(_SECONDS)

    def settings(self, **more: Any) -> dict[str, Any]:
        """What stands under `smtp:` for it."""
        if self.ca_file is None:
            return {"host": "127.0.0.1", "port": self.port, "tls": "none", **more}
        tls = {"tls": "implicit"} if self.tls == "implicit" else {}
        return {"host": "localhost", "port": self.port, "ca_file": str(self.ca_file), **tls, **more}


class _Talk:
    """One connection."""

    def __init__(self, server: RawServer, sock: socket.socket) -> None:
        self._server = server
        self._sock = sock
        self._left = b""
        self._is_encrypted = False
        self._sender = ""
        self._recipients: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._sock.close()

    def run(self) -> None:
        """Talks until one side has had enough."""
        with suppress(_Gone, OSError, ssl.SSLError):
            if self._server.tls == "implicit":
                self._encrypt()
            self._at("connect", "", "220 ready")
            while True:
                with suppress(_Refused):
                    self._command(self._line().decode("latin-1"))

    def _command(self, line: str) -> None:
        verb = line.partition(" ")[0].upper()
        if verb == "STARTTLS":
            self._at("starttls", line, "220 go ahead")
            self._encrypt()
        elif verb == "AUTH":
            self._sign_in(line)
        elif verb == "DATA":
            self._data(line)
        elif verb == "QUIT":
            self._at("quit", line, "221 bye")
            raise _Gone
        else:
            stage, answer = self._simple(verb, line)
            self._at(stage, line, answer)

    def _simple(self, verb: str, line: str) -> tuple[str, str]:
        if verb == "EHLO":
            offers = ["AUTH " + " ".join(self._server.offers)] if self._server.tls != "none" else []
            offers += ["STARTTLS"] if self._server.tls == "starttls" and not self._is_encrypted else []
            offers = [f"250-{one}\r\n" for one in offers]
            return "ehlo", "250-here\r\n" + "".join(offers) + "250 8BITMIME"
        if verb == "MAIL":
            self._sender, self._recipients = _address(line), []
            return "mail", "250 2.1.0 fine"
        if verb == "RCPT":
            return "rcpt", "250 2.1.5 fine"
        return verb.lower(), "250 fine"

    def _at(self, stage: str, said: str, usual: str) -> None:
        self._server.said.append((stage, said))
        answer = self._server.react(stage, said)
        if answer == DROP:
            raise _Gone
        if answer == HANG:
            self._server.closing.wait()
            raise _Gone
        if stage == "rcpt" and answer is None:
            self._recipients.append(_address(said))
        self._say(usual if answer is None else answer)
        if answer is not None and stage in ("starttls", "data", "auth"):
            raise _Refused
        if answer is not None and answer.startswith("421"):
            raise _Gone

    def _data(self, line: str) -> None:
        if not self._recipients:
            self._say("503 5.5.1 whom to?")
            return
        self._at("data", line, "354 go ahead")
        content = self._content()
        self._server.said.append(("dot", ""))
        answer = self._server.react("dot", self._recipients[0])
        if answer in (DROP, HANG):
            self._end(answer)
        if answer is None:
            self._server.accepted += [Delivered(self._sender, one, content) for one in self._recipients]
            answer = self._server.react("taken", self._recipients[0]) or "250 2.0.0 taken"
            if answer in (DROP, HANG):
                self._end(answer)
        self._sender, self._recipients = "", []
        self._say(answer)
        if answer.startswith("421"):
            raise _Gone

    def _end(self, how: str | None) -> None:
        if how == HANG:
            self._server.closing.wait()
        raise _Gone

    def _content(self) -> bytes:
        answer = self._server.react("content", self._recipients[0])
        if answer == DROP:
            self._line()
            raise _Gone
        if answer is not None:
            self._say(answer)
            raise _Gone
        found = []
        while (line := self._line()) != b".":
            found.append(line.removeprefix(b"."))
        return b"".join(one + b"\r\n" for one in found)

    def _sign_in(self, line: str) -> None:
        _, mechanism, *rest = line.split()
        said = rest[0] if rest else self._ask("334 ")
        right = b64decode(said).decode() in (
            f"\0{USER}\0{PASSWORD}", f"user={USER}\x01auth=Bearer {PASSWORD}\x01\x01"
        )  # fmt: skip
        if mechanism == "LOGIN":
            right = b64decode(said).decode() == USER and b64decode(self._ask("334 UGFzcw==")).decode() == PASSWORD
        elif mechanism == "XOAUTH2" and not right:
            self._ask("334 eyJzdGF0dXMiOiI0MDEifQ==")
        self._at("auth", line, "235 2.7.0 welcome" if right else f"535 5.7.8 not with {said}")

    def _ask(self, question: str) -> str:
        self._say(question)
        return self._line().decode("latin-1")

    def _line(self) -> bytes:
        while b"\r\n" not in self._left:
            got = self._sock.recv(65536)
            if not got:
                raise _Gone
            (self._server.encrypted if self._is_encrypted else self._server.plain).extend(got)
            self._left += got
        line, _, self._left = self._left.partition(b"\r\n")
        return line

    def _say(self, text: str) -> None:
        self._sock.sendall(text.encode() + b"\r\n")

    def _encrypt(self) -> None:
        if self._server.context is None:
            raise _Gone
        self._sock = self._server.context.wrap_socket(self._sock, server_side=True)
        self._is_encrypted = True


class _Refused(Exception):
    """A step was refused, and the talk goes on."""


def _address(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]


@contextmanager
def raw_server(react: React = _as_ever, *, tls: str = "none", context: ssl.SSLContext | None = None,
               ca_file: Path | None = None) -> Iterator[RawServer]:  # fmt: skip
    """A server on a free port that answers as told."""
    server = RawServer(react, tls, context=context, ca_file=ca_file)
    listener = socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]
    threading.Thread(target=_serve, args=(server, listener), daemon=True).start()
    try:
        yield server
    finally:
        server.closing.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _serve(server: RawServer, listener: socket.socket) -> None:
    while True:
        try:
            sock, _ = listener.accept()
        except OSError:
            return
        server.connections += 1
        talk = threading.Thread(target=_talk, args=(server, sock), daemon=True)
        server.talks.append(talk)
        talk.start()


def _talk(server: RawServer, sock: socket.socket) -> None:
    with _Talk(server, sock) as talk:
        talk.run()
