"""A mail server for tests: real SMTP on this machine, with TLS, a sign-in and the faults that servers have."""

import asyncio
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "accounts@harbour.example", "canary-7f3a9d51"


@dataclass(frozen=True)
class Delivered:
    """An e-mail that the server has said 250 to, or would have, had it been asked to stay."""

    sender: str
    recipient: str
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        """The e-mail as mail programs read it."""
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def message_id(self) -> str:
        """By what it is known."""
        return str(self.mail["Message-ID"])


Reaction = str | Callable[["MailServer", SMTP], str]


@dataclass
class MailServer:
    """A running server. `accepted` are the e-mails that it has taken, in order.

    `on_mail`, `on_rcpt` (by address, or for all under an empty one) and `on_data` are what it answers instead of 250: a
    text, or something that is done there and returns one. `after_data` is done when an e-mail has been taken and
    before that is said.
    """

    accepted: list[Delivered] = field(default_factory=list)
    on_mail: Reaction | None = None
    on_rcpt: dict[str, Reaction] = field(default_factory=dict)
    on_data: list[Reaction | None] = field(default_factory=list)
    after_data: Reaction | None = None
    sign_ins: list[str] = field(default_factory=list)
    refuse_sign_in_after: int | None = None
    port: int = 0
    ca_file: Path | None = None

    @property
    def message_ids(self) -> list[str]:
        """Of all that it has taken, in order."""
        return [one.message_id for one in self.accepted]

    def settings(self, **more: Any) -> dict[str, Any]:
        """What stands under `smtp:` for it."""
        if self.ca_file is None:
            return {"host": "127.0.0.1", "port": self.port, "tls": "none", **more}
        return {"host": "localhost", "port": self.port, "ca_file": str(self.ca_file), **more}


def hang_up(_server: MailServer, smtp: SMTP) -> str:
    """Closes the connection without a word."""
    if isinstance(smtp.transport, asyncio.Transport):
        smtp.transport.abort()
    return "421 gone"


class _Handler:
    """Answers as the server was told to."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def handle_MAIL(  # noqa: N802  # aiosmtpd calls it so
        self, smtp: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._server.on_mail:
            return self._react(self._server.on_mail, smtp)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, smtp: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        reaction = self._server.on_rcpt.get(address) or self._server.on_rcpt.get("")
        if reaction:
            return self._react(reaction, smtp)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, smtp: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        reaction = self._server.on_data.pop(0) if self._server.on_data else None
        if reaction:
            return self._react(reaction, smtp)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        for recipient in envelope.rcpt_tos:
            self._server.accepted.append(Delivered(envelope.mail_from or "", recipient, content))
        if self._server.after_data:
            return self._react(self._server.after_data, smtp)
        return "250 2.0.0 taken"

    def _react(self, reaction: Reaction, smtp: SMTP) -> str:
        return reaction if isinstance(reaction, str) else reaction(self._server, smtp)


def _authenticator(server: MailServer) -> Callable[..., AuthResult]:
    def check(_smtp: SMTP, _session: Session, _envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        server.sign_ins.append(mechanism)
        late = server.refuse_sign_in_after is not None and len(server.sign_ins) > server.refuse_sign_in_after
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right and not late, handled=False)

    return check


@contextmanager
def mail_server(*, tls: str = "none", folder: Path | None = None, name: str = "localhost") -> Iterator[MailServer]:
    """A server on a free port. With `tls` starttls or implicit it asks for a sign-in, and `folder` gets its CA file."""
    server = MailServer()
    options: dict[str, Any] = {}
    if tls != "none" and folder is not None:
        context, server.ca_file = _certificates(folder, name)
        options = {"authenticator": _authenticator(server), "auth_required": True, "auth_require_tls": True}
        options |= {"tls_context": context, "require_starttls": True} if tls == "starttls" else {}
        if tls == "implicit":
            options |= {"ssl_context": context, "auth_require_tls": False}
    controller = Controller(_Handler(server), hostname="127.0.0.1", port=_free_port(), **options)
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        controller.stop(no_assert=True)


def _free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _certificates(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    return context, ca_file


def as_yaml(settings: Mapping[str, Any], indent: int = 0) -> str:
    """Settings as people write them in block style."""
    lines = []
    for key, value in settings.items():
        if isinstance(value, Mapping):
            lines.append(f"{' ' * indent}{key}:\n{as_yaml(value, indent + 2)}")
        else:
            lines.append(f"{' ' * indent}{key}: {value}\n")
    return "".join(lines)
