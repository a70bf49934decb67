"""How messages leave, as people write it under `delivery:`."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from remindr.model.terms import Miswritten, Patience, Size, Span
from remindr.model.written import EmailAddress, Written, phrase


def _parse_file_pattern(text: str) -> str:
    """A pattern of files inside the project that has a place for the invoice's number and ends in a kind of file."""
    like = "write it like invoices/{invoice_id}.pdf"
    filled = set(re.findall(r"{([^{}]*)}", text))
    if strange := filled - {"invoice_id", "customer_id"}:
        name = f"{{{min(strange)}}}"
        raise Miswritten(f"nothing is filled in for '{name}'", within=name, hint=like)
    if "invoice_id" not in filled:
        raise Miswritten("every invoice has a file of its own", hint=like)
    if _OUTSIDE.search(text):
        raise Miswritten("files are taken from inside the project alone", hint=f"{like}; the folder may be a link")
    if not _FILE_ENDING.search(text):
        raise Miswritten(f"'{text}' does not say what kind of file it is", hint=like)
    if "*" in text and ("customer_id" in filled or text.count("{") > 1):
        raise Miswritten("beside '*' there is room for one {invoice_id} and nothing else", hint=like)
    return text


_OUTSIDE = re.compile(r"^[/~\\]|^[A-Za-z]:|\\|(^|/)\.{0,2}(/|$)")
_FILE_ENDING = re.compile(r"[^/.]\.[A-Za-z0-9]{1,8}$")


class Attach(Written):
    """Which files go with an e-mail."""

    pattern: Annotated[str, AfterValidator(_parse_file_pattern)] = Field(
        description="The file of an invoice, seen from remindr.yaml; {invoice_id} and {customer_id} are filled in, and "
        "* stands for anything.",
        examples=["invoices/{invoice_id}.pdf"],
    )
    at_most: Annotated[Size, *phrase(Size.parse, "5 MB")] = Field(
        Size(5_000_000), description="The size of all files of one e-mail; of more, the largest are left out."
    )
    if_missing: Literal["link", "hold"] = Field(
        "link",
        description="What becomes of a notice whose files are not all there, or too large. link: it goes, and says "
        "where the invoice is online. hold: it waits.",
    )


def _pattern_alone(written: Any) -> Any:
    return {"pattern": written} if isinstance(written, str) else written


_ATTACH_SCHEMA = {
    "oneOf": [{"type": "string", "examples": ["invoices/{invoice_id}.pdf"]}, Attach.model_json_schema(by_alias=True)]
}


_PORTS = {"starttls": 587, "implicit": 465, "none": 25}
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class Secret(Written):
    """Where a secret comes from; it never stands in a file of the project. Exactly one of these is written."""

    env: str | None = Field(None, description="The environment variable that has it.", examples=["SMTP_PASSWORD"])
    file: str | None = Field(
        None,
        description="The file that has it and nothing else, seen from remindr.yaml; only its owner may read it.",
        examples=["~/.config/remindr/smtp-password"],
    )
    command: str | None = Field(
        None, description="A command that prints it; it is run without a shell.", examples=["pass show smtp"]
    )

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of those that are written."""
        return tuple(name for name in ("env", "file", "command") if getattr(self, name) is not None)


class Smtp(Written):
    """The mail server that takes the e-mails."""

    host: str = Field(min_length=1, description="The server's name.", examples=["smtp.example.com"])
    port: int | None = Field(
        None, ge=1, le=65535, description="Its port; without it 587 for starttls, 465 for implicit, 25 for none."
    )
    tls: Literal["starttls", "implicit", "none"] = Field(
        "starttls",
        description="How the connection is encrypted; the server's certificate is always verified. none: only to a "
        "server on this machine, and without a password.",
    )
    ca_file: str | None = Field(
        None, description="A file with the certificates to trust, for a server of your own, seen from remindr.yaml."
    )
    user: str | None = Field(None, description="The name to sign in with.", examples=["accounts@example.com"])
    password: Secret | None = Field(None, description="The password to sign in with.")
    token: Secret | None = Field(
        None, description="An OAuth access token to sign in with instead (XOAUTH2), as Microsoft 365 asks for."
    )
    per_minute: int | None = Field(None, ge=1, le=6000, description="At most so many e-mails a minute.", examples=[30])
    answer_within: Annotated[Patience, *phrase(Patience.parse, "10 minutes", "60 seconds")] = Field(
        Patience(600),
        description="How long to wait for the server's word on an e-mail that it has in full. After that nobody knows "
        "whether it went out.",
    )

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return self.host, self.port or _PORTS[self.tls]

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine."""
        return self.host.lower() in _LOCAL


class EmailDelivery(Written):
    """How e-mails leave."""

    via: Literal["files", "smtp", "command"] = Field(
        "files",
        description="files: one .eml per e-mail in a folder, for a person to send. smtp: through a mail server. "
        "command: through a program that takes an e-mail, such as sendmail.",
    )
    dir: str = Field("outbox", description="The folder, seen from remindr.yaml.")
    smtp: Smtp | None = Field(None, description="The mail server, for via: smtp.")
    command: str | None = Field(
        None,
        description="The program for via: command. It reads an e-mail from its standard input and takes the addresses "
        "from its headers; it is run without a shell.",
        examples=["msmtp -t", "sendmail -t -i"],
    )
    redirect_all_to: EmailAddress | None = Field(
        None,
        description="For rehearsals: every e-mail goes to this address alone, other messages into the folder "
        "rehearsal of the outbox, and all of it into a journal of its own.",
        examples=["me@example.com"],
    )
    archive_to: EmailAddress | None = Field(
        None, description="An address that gets a blind copy of every e-mail.", examples=["archive@example.com"]
    )
    attach: Annotated[Attach | None, BeforeValidator(_pattern_alone), WithJsonSchema(_ATTACH_SCHEMA)] = Field(
        None, description="Files that go with the e-mail about an invoice: a pattern, or one with what else is wished."
    )

    @property
    def outbox(self) -> str:
        """The folder that runs write into, seen from remindr.yaml; rehearsals have one of their own."""
        return self.rehearsals if self.redirect_all_to else self.dir

    @property
    def rehearsals(self) -> str:
        """The folder of rehearsals, seen from remindr.yaml."""
        return f"{self.dir}/rehearsal"


def _keep(text: str) -> Span | None:
    if text.strip() == "forever":
        return None
    found = Span.parse(text)
    if found.working or not found.days:
        raise Miswritten(f"'{text}' is not a number of calendar days", hint="write it like '90 days', or 'forever'")
    return found


class Delivery(Written):
    """How messages leave."""

    email: EmailDelivery = Field(default_factory=EmailDelivery)
    keep: Annotated[Span | None, *phrase(_keep, "90 days", "forever")] = Field(
        Span(90),
        description="How long the outbox keeps what runs wrote; older folders are deleted at the end of a run. "
        "forever: until you delete them.",
    )

    @property
    def is_live(self) -> bool:
        """Whether messages leave this computer by themselves, rather than as drafts that a person opens."""
        return self.email.via != "files"

    @property
    def reaches_customers(self) -> bool:
        """Whether they reach customers when they do."""
        return self.is_live and not self.email.redirect_all_to
