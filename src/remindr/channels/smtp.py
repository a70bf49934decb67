"""E-mails through a mail server, one address a transaction, with a moment before the last dot.

The standard library speaks the protocol; sending a message is done here step by step, for its own way sends the final
dot without asking. What the server says is quoted without control characters, and never with a secret.
"""

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from remindr.channels.secrets import disguises, read_secret
from remindr.channels.transport import Answer, Fate, quoted
from remindr.core.cleaning import one_line
from remindr.errors import DataError
from remindr.model.delivery import Smtp

_STEP_SECONDS: Final = 60  # for every answer but the one to a whole e-mail
_GOES_AWAY: Final = 421
_ENHANCED: Final = re.compile(r"\d\.\d{1,3}\.\d{1,3}")
_NO_SUCH_ADDRESS: Final = ("5.1.", "5.2.1")  # RFC 3463: the address, or its mailbox
_NO_SUCH_ADDRESS_PLAINLY: Final = (550, 551, 553)
_DOT_FIRST: Final = re.compile(rb"(?m)^\.")
_HUNG_UP: Final = "the server broke off before it had the whole e-mail"


class _Reply(NamedTuple):
    code: int
    text: str

    @property
    def number(self) -> str:
        """Its code, with the finer one where there is one: `550 5.1.1`."""
        fine = _ENHANCED.match(self.text)
        return f"{self.code} {fine[0]}" if fine else str(self.code)

    @property
    def is_about_the_address(self) -> bool:
        fine = _ENHANCED.match(self.text)
        return fine[0].startswith(_NO_SUCH_ADDRESS) if fine else self.code in _NO_SUCH_ADDRESS_PLAINLY


class _Lost(Exception):
    """The connection went away before the e-mail could have been taken."""


class SmtpTransport:
    """A mail server."""

    def __init__(self, settings: Smtp, root: Path, own_name: str) -> None:
        """`own_name` is how we introduce ourselves; paths in the settings are seen from `root`."""
        self._settings = settings
        self._root = root
        self._own_name = own_name
        self._client: smtplib.SMTP | None = None
        self._unsaid: tuple[str, ...] = ()

    def open(self) -> None:
        """Connects, encrypts and signs in."""
        try:
            self._client = self._connected()
            self._sign_in(self._client)
        except BaseException:
            self._drop()
            raise

    def send(self, file: Path, sender: str, recipient: str, commit: Callable[[], None]) -> Answer:
        """Hands an e-mail over; a connection that was lost before the last dot is made anew once."""
        content = _stuffed(file.read_bytes())
        for is_last in (False, True):
            if self._client is None:
                try:
                    self.open()
                except DataError as error:
                    return Answer(Fate.UNTRIED, error.problems[0].what, stop=True)
            try:
                return self._transact(content, sender, recipient, commit)
            except _Lost as lost:
                self._drop()
                if is_last:
                    return Answer(Fate.LATER, str(lost), "lost")
            except BaseException:
                self._drop()  # without the dot the server forgets what it has of the e-mail
                raise
        raise AssertionError

    def close(self) -> None:
        """Says good-bye."""
        if self._client is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._client.quit()
        self._drop()

    def _transact(self, content: bytes, sender: str, recipient: str, commit: Callable[[], None]) -> Answer:
        client = self._client
        if client is None:
            raise _Lost("the connection was lost")
        reply = self._ask(lambda: client.mail(sender))
        if reply.code // 100 == 5:
            return self._rid(Answer(Fate.REFUSED, f"the sender {sender} is refused: {reply.text}", reply.number))
        if reply.code // 100 == 2:
            reply = self._ask(lambda: client.rcpt(recipient))
            if reply.code // 100 == 5:
                bad = reply.is_about_the_address
                return self._rid(Answer(Fate.REFUSED, reply.text, reply.number, bad_address=bad))
        if reply.code // 100 == 2:
            reply = self._ask(lambda: client.docmd("DATA"))
        if reply.code != 354:
            fate = Fate.REFUSED if reply.code // 100 == 5 else Fate.LATER
            return self._rid(Answer(fate, reply.text, reply.number))
        self._ask(lambda: client.send(content))
        if _broke_off(client):
            raise _Lost(_HUNG_UP)
        commit()
        if _broke_off(client):
            self._drop()
            return Answer(Fate.LATER, _HUNG_UP, "lost")
        return self._last_word(client)

    def _last_word(self, client: smtplib.SMTP) -> Answer:
        """Sends the dot, and says what came of it."""
        patience = self._settings.answer_within.seconds
        try:
            if client.sock is not None:
                client.sock.settimeout(patience)
            client.send(b".\r\n")
            reply = self._reply(client.getreply())
            if client.sock is not None:
                client.sock.settimeout(self._step_seconds)
        except (OSError, smtplib.SMTPException):
            self._drop()
            return Answer(Fate.UNKNOWN, "the server had it in full and did not answer", "no answer")
        if reply.code == _GOES_AWAY:  # it may have taken the e-mail and gone before it could say so
            self._drop()
            return Answer(Fate.UNKNOWN, f"the server had it in full and went away: {reply.text}", reply.number)
        fates = {2: Fate.ACCEPTED, 4: Fate.LATER, 5: Fate.REFUSED}
        return Answer(fates.get(reply.code // 100, Fate.UNKNOWN), reply.text, reply.number)

    def _rid(self, answer: Answer) -> Answer:
        """The answer, once the server has forgotten the transaction it belongs to."""
        if self._client is not None:
            try:
                if self._ask(self._client.rset).code // 100 != 2:
                    self._drop()
            except _Lost:
                self._drop()
        return answer

    def _ask(self, step: Callable[[], tuple[int, bytes] | None]) -> _Reply:
        """The server's reply to a step; _Lost if there is none, or it goes away."""
        try:
            reply = self._reply(step() or (0, b""))
        except (OSError, smtplib.SMTPException) as error:
            raise _Lost(f"the connection was lost: {self._cleaned(str(error))}") from None
        if reply.code == _GOES_AWAY:
            raise _Lost(f"the server goes away: {reply.text}")
        if reply.code < 0:
            raise _Lost("the server says what no mail server says")
        return reply

    def _reply(self, reply: tuple[int, bytes]) -> _Reply:
        return _Reply(reply[0], self._cleaned(reply[1].decode("utf-8", "replace")))

    def _cleaned(self, text: str) -> str:
        for unsaid in self._unsaid:
            text = text.replace(unsaid, "…")
        return quoted(text)

    @property
    def _step_seconds(self) -> int:
        return min(_STEP_SECONDS, self._settings.answer_within.seconds)

    @property
    def _place(self) -> str:
        host, port = self._settings.address
        return f"{host}:{port}"

    def _connected(self) -> smtplib.SMTP:
        host, port = self._settings.address
        try:
            if self._settings.tls == "implicit":
                return smtplib.SMTP_SSL(host, port, self._own_name, timeout=self._step_seconds, context=self._trusted())
            client = smtplib.SMTP(host, port, self._own_name, timeout=self._step_seconds)
            self._client = client
            if self._settings.tls == "starttls":
                client.starttls(context=self._trusted())
        except ssl.SSLCertVerificationError as error:
            reason = one_line(error.verify_message or str(error))
            raise DataError(
                f"the certificate of {self._place} cannot be trusted: {reason}",
                hint="nothing was sent, and no password; for a server of your own name its certificate: ca_file",
            ) from None
        except smtplib.SMTPNotSupportedError:
            raise DataError(
                f"{self._place} offers no encryption (STARTTLS)",
                hint="nothing was sent, and no password; with port 465 write tls: implicit",
            ) from None
        except ssl.SSLError as error:
            reason = (error.reason or "no reason given").lower().replace("_", " ")
            raise DataError(
                f"{self._place} does not speak TLS as 'tls: {self._settings.tls}' expects it: {one_line(reason)}",
                hint="nothing was sent; port 465 mostly goes with tls: implicit, port 587 with tls: starttls",
            ) from None
        except (OSError, smtplib.SMTPException) as error:
            raise self._unreachable(error) from None
        return client

    def _unreachable(self, error: Exception) -> DataError:
        if isinstance(error, smtplib.SMTPResponseException):
            reply = self._reply((error.smtp_code, _bytes(error.smtp_error)))
            reason = f"{reply.code} {reply.text}"
        else:
            reason = self._cleaned(getattr(error, "strerror", None) or str(error) or type(error).__name__)
        return DataError(
            f"the mail server {self._place} cannot be used: {reason}",
            hint="nothing was sent; check host, port and tls under delivery: email: smtp. remindr doctor tries it out",
        )

    def _trusted(self) -> ssl.SSLContext:
        """What we trust: the system's certificates or the project's, names that fit, TLS 1.2 or later."""
        ca_file = self._settings.ca_file
        try:
            return ssl.create_default_context(cafile=str(self._root / Path(ca_file).expanduser()) if ca_file else None)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            hint = "nothing was sent; see ca_file under delivery: email: smtp, a file of certificates as PEM"
            raise DataError(f"the certificates in {ca_file} cannot be used: {reason}", hint=hint) from None

    def _sign_in(self, client: smtplib.SMTP) -> None:
        settings = self._settings
        try:
            client.ehlo_or_helo_if_needed()
            if settings.user and settings.token:
                secret = read_secret(settings.token, self._root, "access token")
                said = f"user={settings.user}\x01auth=Bearer {secret}\x01\x01"
                self._unsaid = disguises(secret, said)
                client.auth("XOAUTH2", lambda challenge=None: "" if challenge else said)
            elif settings.user and settings.password:
                secret = read_secret(settings.password, self._root, "password")
                self._unsaid = disguises(secret, f"\0{settings.user}\0{secret}")
                client.login(settings.user, secret)
        except smtplib.SMTPAuthenticationError as error:
            reply = self._reply((error.smtp_code, _bytes(error.smtp_error)))
            raise DataError(
                f"{self._place} refuses the sign-in of {settings.user}: {reply.code} {reply.text}",
                hint="nothing was sent; check user and password. Some providers want a password for this "
                "program alone, or an access token: token",
            ) from None
        except smtplib.SMTPNotSupportedError:
            raise DataError(
                f"{self._place} offers no sign-in that fits",
                hint="nothing was sent; a server that takes e-mails without one needs no user",
            ) from None
        except (OSError, ValueError, smtplib.SMTPException) as error:  # a challenge may be no base64
            raise self._unreachable(error) from None

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError):
                client.close()


def _broke_off(client: smtplib.SMTP) -> bool:
    """Whether the server has hung up, or said something before its turn: it waits for no dot any more.

    An answer that came too early would be taken for the one to the dot.
    """
    sock = client.sock
    if sock is None:
        return True
    patience = sock.gettimeout()
    sock.settimeout(0)
    try:
        if client.file and client.file.peek(1):  # it said two things at once
            return True
    except ssl.SSLWantReadError:
        pass
    except OSError:
        return True
    try:
        sock.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True
    finally:
        sock.settimeout(patience)
    return True


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def _stuffed(content: bytes) -> bytes:
    """The e-mail as it goes over the line: no line is a dot alone (RFC 5321 4.5.2), and the last one ends."""
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    return _DOT_FIRST.sub(b"..", ended)
