"""E-mails as bytes: every one is read back with the standard library and must say what was meant, and nothing else."""

import re
from base64 import b64decode
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from messages import COUNTED_UNTIL, EMAIL, company, composed, customer, line, message, notice
from messages import policy as project

from remindr.channels.base import Sender
from remindr.channels.headers import LONGEST, address_header, cleaned, header
from remindr.channels.headers import shown_name as shown_as
from remindr.channels.mime import MimeWriter
from remindr.core.addresses import mailbox
from remindr.core.compose import Composer
from remindr.model.outcome import Progress
from remindr.model.plan import Correspondent, Envelope, File, Message

HEADERS = [
    "From", "Reply-To", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "X-Unsent",
    "Content-Type",
]  # fmt: skip

HOSTILE = (
    "Oak\r\nBcc: evil@evil.example",
    "Oak\nBcc: evil@evil.example",
    "Oak\rBcc: evil@evil.example",
    "Oak\r\n\r\n<html>",
    "Oak\x0bBcc: x",
    "Oak\x0cBcc: x",
    "Oak\x1c\x1d\x1eBcc: x",
    "Oak\x85Bcc: x",
    "Oak\u2028Bcc: x\u2029y",
    "ACME =?UTF-8?Q?=0A?=Bcc: evil@evil.example",
    "=?utf-8?b?DQpCY2M6IGV2aWxAZXZpbC5leGFtcGxl?=",
    "=?utf-8?q?Oak=0D=0ABcc:_evil@evil.example?=",
    "=?utf-8?q?x?= =?utf-8?q?=0ABcc:y?=",
    "= ?=?=",
    "=?",
    "?=",
    "=?=?utf-8?q?=0A?=?=",
    '"Evil, x@evil.example, Bob',
    'Bob" <x@evil.example>, "Eve',
    "Bob <x@evil.example>",
    "x@evil.example, y@evil.example",
    "Group: a@b.example, c@d.example;",
    "Oak (comment) Ltd",
    "Oak \\ Sons \\",
    'Oak "The Tree" Sons',
    "Oak; Sons: Ltd",
    "Oak, Sons",
    "Oak [a] <b> Ltd.",
    "O'Reilly & Co. KG (Köln)",
    "Żółć Łódź Sp. z o.o.",
    "株式会社オーク",
    "شركة البلوط",
    "🌳🌳🌳 Oak",
    "e\u0301" * 60,
    "\u202eexample.live@kao\u202c",
    "\u2066Oak\u2069",
    "\ufeffOak",
    "O\u200bak",
    "\ud800Oak",
    "Oak\0Sons",
    "\x1b[31mOak\x1b[0m",
    " ",
    "",
    ".",
    "Oak " * 500,
    "O" * 100_000,
    "Ö" * 100_000,
    "aÖ" * 90,
    "Oak" + "\t" * 50 + "Sons",
    "undisclosed-recipients:;",
    "=" * 300,
    "%s %(x)s {0} {{ 7*7 }}",
    "From: x@evil.example",
    "\N{KELVIN SIGN}\N{FULLWIDTH LATIN SMALL LETTER A}",
    "--=_boundary",
)

WRITER = MimeWriter(Sender(company()))


def parsed(raw: bytes) -> EmailMessage:
    read = message_from_bytes(raw, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def mail(made: Message | None = None, **changed: Any) -> EmailMessage:
    return parsed(WRITER.write(made or message(**changed)))


def texts(read: EmailMessage) -> list[str]:
    """The content of the parts, as a mail program shows them."""
    return [str(part.get_content()).replace("\r\n", "\n") for part in read.walk() if not part.is_multipart()]


def shown_name(raw: bytes) -> str:
    """The name of the recipient. The standard library's newer parser leaves spaces between encoded words in names."""
    written = str(message_from_bytes(raw)["To"]).replace("\r\n", "")
    if "=?" in written:
        return str(make_header(decode_header(written.rpartition(" <")[0])))
    return str(parsed(raw)["To"].addresses[0].display_name)


def check_form(raw: bytes) -> None:
    """What RFC 5322 asks of the lines of a message."""
    assert raw.isascii()
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    head, _, _ = raw.partition(b"\r\n\r\n")
    assert all(len(one) <= 78 for one in head.split(b"\r\n"))
    assert all(len(one) <= 998 for one in raw.split(b"\r\n"))


def check_only_ours(read: EmailMessage, to: str = "ap@oak.example") -> None:
    """Exactly the headers that were meant, exactly one recipient, nothing broken."""
    assert read.keys() == HEADERS
    assert not read.defects
    for name in HEADERS:
        assert not read[name].defects, (name, read[name])
    (recipient,) = read["To"].addresses
    assert recipient.addr_spec == to
    assert [part.get_content_type() for part in read.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert all(not part.defects for part in read.walk())


def test_an_e_mail_is_what_it_was_meant_to_be() -> None:
    read = mail(text="Dear Oak & Sons,\n\npay £5.", subject="Invoice INV-1: £5.00", html="<p>pay &#163;5</p>\n")
    check_only_ours(read)
    assert str(read["From"]) == "Harbour & Finch Ltd <accounts@harbour.example>"
    assert str(read["Reply-To"]) == "Harbour & Finch Ltd <accounts@harbour.example>"
    assert str(read["To"]) == "Oak & Sons <ap@oak.example>"
    assert read["Subject"] == "Invoice INV-1: £5.00"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["X-Unsent"] == "1"
    assert texts(read) == ["Dear Oak & Sons,\n\npay £5.", "<p>pay &#163;5</p>\n"]


def test_plain_text_alone_is_no_multipart() -> None:
    read = mail(html=None, text="Hello")
    assert read.get_content_type() == "text/plain"
    assert texts(read) == ["Hello"]


def test_only_drafts_are_marked_as_unsent() -> None:
    assert "X-Unsent" not in parsed(MimeWriter(Sender(company(), drafts=False)).write(message()))


@pytest.mark.parametrize(
    ("zone", "day", "written"),
    [
        ("Europe/London", date(2026, 11, 20), "Fri, 20 Nov 2026 09:00:00 +0000"),
        ("Europe/London", date(2026, 7, 1), "Wed, 01 Jul 2026 09:00:00 +0100"),
        ("America/New_York", date(2026, 11, 20), "Fri, 20 Nov 2026 09:00:00 -0500"),
        ("Australia/Lord_Howe", date(2026, 11, 20), "Fri, 20 Nov 2026 09:00:00 +1100"),
        ("Asia/Kathmandu", date(2026, 11, 20), "Fri, 20 Nov 2026 09:00:00 +0545"),
    ],
)
def test_the_date_is_nine_in_the_morning_of_the_notices_day(zone: str, day: date, written: str) -> None:
    raw = MimeWriter(Sender(company(timezone=zone))).write(message(as_of=day))
    assert f"\r\nDate: {written}\r\n".encode() in raw


def test_the_same_notice_makes_the_same_bytes() -> None:
    assert WRITER.write(message()) == MimeWriter(Sender(company())).write(message())


def test_the_message_id_follows_from_the_notice_alone_and_tells_nothing_of_it() -> None:
    first, other, same = mail(), mail(key="2026-11-20 C2"), mail(text="Other words")
    assert first["Message-ID"] == same["Message-ID"] != other["Message-ID"]
    assert re.fullmatch(r"<[0-9a-f]{32}@harbour\.example>", first["Message-ID"])


def test_a_later_message_stands_in_the_thread_of_the_first() -> None:
    first, later = mail(key="first"), mail(key="second", in_reply_to="first")
    assert later["References"] == later["In-Reply-To"] == first["Message-ID"]
    assert "References" not in first
    assert "References" not in mail(key="first", in_reply_to="first")


# Names and subjects


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_or_subject_is_only_a_name_or_subject(name: str) -> None:
    made = message(subject=name, who=customer(name=name), key=name.encode("utf-8", "replace").decode())
    raw = WRITER.write(made)
    check_form(raw)
    read = parsed(raw)
    check_only_ours(read)
    assert read["Subject"] == cleaned(name)
    assert shown_name(raw) == cleaned(name)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_message_that_a_mail_program_writes_anew_still_has_only_our_headers(name: str) -> None:
    """Some readers decode what only looks encoded, and break lines there when they pass a message on."""
    read = mail(subject=name, who=customer(name=name))
    for how in (policy.default, policy.SMTP, policy.default.clone(refold_source="all")):
        again = message_from_bytes(read.as_bytes(policy=how), policy=policy.default)
        assert again.keys() == HEADERS
        assert len(again["To"].addresses) == 1


@settings(deadline=None)
@given(st.text(), st.text(), st.text())
@example("a" * 70 + "é", "é" * 59 + "=?", "=\n.\nFrom x\n")
def test_whatever_the_text_the_message_reads_back(name: str, subject: str, body: str) -> None:
    text = body.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    raw = WRITER.write(message(text=text, subject=subject, who=customer(name=name), html=f"<p>{len(text)}</p>"))
    check_form(raw)
    read = parsed(raw)
    check_only_ours(read)
    assert read["Subject"] == cleaned(subject)
    assert shown_name(raw) == cleaned(name)
    assert texts(read)[0] == text


def test_names_that_need_no_care_are_written_as_they_are() -> None:
    assert address_header("To", "Oak & Sons Ltd", "a@b.example") == "To: Oak & Sons Ltd <a@b.example>\r\n"
    assert address_header("To", "Oak, Inc.", "a@b.example") == 'To: "Oak, Inc." <a@b.example>\r\n'
    assert address_header("To", "", "a@b.example") == "To: a@b.example\r\n"
    assert header("Subject", "Reminder") == "Subject: Reminder\r\n"


def test_long_values_are_folded_and_overlong_ones_cut() -> None:
    folded = header("Subject", "word " * 30)
    assert folded.count("\r\n ") == 2
    assert all(len(one) <= 78 for one in folded.split("\r\n"))
    assert len(cleaned("word " * 1000)) <= LONGEST
    assert cleaned("word " * 1000).endswith("word…")


def test_a_letter_is_never_torn_apart_between_encoded_words() -> None:
    for shift in range(60):
        value = "a" * shift + "€" * 60
        read = message_from_bytes(header("Subject", value).encode() + b"\r\n", policy=policy.default)
        for word in re.findall(r"=\?utf-8\?b\?([^?]*)\?=", header("Subject", value)):
            b64decode(word).decode("utf-8")
        assert read["Subject"] == value


# Addresses


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("ap@oak.example", "ap@oak.example"),
        (" ap@oak.example ", "ap@oak.example"),
        ("Ap+x.y_z@Oak-1.co.example", "Ap+x.y_z@Oak-1.co.example"),
        ("rechnung@müller.example", "rechnung@xn--mller-kva.example"),
    ],
)
def test_an_address_is_taken_as_it_is(written: str, address: str) -> None:
    assert mailbox(written) == address


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "oak", "@", "a@", "@b.example", "a@b", "a@b..example", "a@.example", "a@-b.example", "a..b@c.example",
        ".a@b.example", "a.@b.example", "a@b.example.", "a b@c.example", '"a b"@c.example', "a@[127.0.0.1]",
        "a@b.example,c@d.example", "a@b.example c@d.example", "a@b.example;", "Oak <a@b.example>", "<a@b.example>",
        "a@b.example\nBcc: c@d.example", "a\0@b.example", "mailto:a@b.example", "a@b@c.example",
        "ä@b.example", "a@" + "b" * 64 + ".example", "a" * 65 + "@b.example", "a@" + "b." * 200 + "example",
        "a@\ud800.example",
        "=?utf-8?q?a?=@b.example,c@d.example", "a@b.example(comment)", "undisclosed-recipients:;",
    ],
)  # fmt: skip
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"is not one e-mail address|mail systems refuse"):
        mailbox(written)


@given(st.emails())
def test_an_address_that_is_accepted_is_one_address_to_the_standard_library(written: str) -> None:
    try:
        address = mailbox(written)
    except ValueError:
        return
    assert Address(addr_spec=address).addr_spec == address


# Bodies


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("short\nlines\n", "7bit"),
        ("x" * 78, "7bit"),
        ("x" * 79, "quoted-printable"),
        ("£5", "quoted-printable"),
        ("one\n.\ntwo", "7bit"),
    ],
)
def test_plain_short_text_stays_as_it_is(text: str, way: str) -> None:
    part = next(part for part in mail(text=text).walk() if part.get_content_type() == "text/plain")
    assert part["Content-Transfer-Encoding"] == way
    assert texts(mail(text=text))[0] == text


@pytest.mark.parametrize(
    "text",
    [
        "a = b\n=\n==20\n", "ends with space \nends with tab\t\n£", ".\n£\n.", "From me\n£", "£" * 400,
        "x" * 76 + "\n" + "x" * 77 + "£", "\n\n£\n\n", "a\u00a0b\u202fc", "--=_", "🌳" * 50, "=" * 200,
    ],
)  # fmt: skip
def test_every_text_survives(text: str) -> None:
    raw = WRITER.write(message(text=text))
    check_form(raw)
    assert texts(parsed(raw))[0] == text


def test_a_text_that_contains_the_boundary_survives() -> None:
    boundary = re.search(rb'boundary="([^"]+)"', WRITER.write(message()))
    assert boundary
    evil = f"--{boundary[1].decode()}\nContent-Type: text/html\n\nevil\n--{boundary[1].decode()}--"
    read = mail(text=evil, html=f"<p>{evil}</p>")
    check_only_ours(read)
    assert texts(read) == [evil, f"<p>{evil}</p>"]


def test_html_with_signs_or_overlong_lines_survives() -> None:
    for html in (f"<p>{'x' * 1200}</p>", "<p>£ € 株</p>\n", "<p>é</p>" * 300):
        raw = WRITER.write(message(html=html))
        check_form(raw)
        assert texts(parsed(raw))[1] == html


def test_lines_of_just_the_allowed_length_are_left_alone() -> None:
    html = "\n".join(("x" * 998, "y" * 998, "z" * 997, ""))
    raw = WRITER.write(message(html=html))
    assert b"7bit" in raw.rpartition(b"Content-Transfer-Encoding")[2][:10]
    assert texts(parsed(raw))[1] == html


def test_a_composed_message_arrives_as_it_was_composed() -> None:
    text = "Subject: {{ total }} due\n\nDear {{ customer.name }},\n\n{{ invoice_table }}\n\nWith kind regards\n"
    made = composed(text, notice(line(balance="1154.61"), line("INV-2"), who=customer(name="Köhler & Söhne")))
    read = mail(made)
    check_only_ours(read)
    assert texts(read) == [made.text, made.html]
    assert read["Subject"] == "£1,254.61 due"


def test_every_starter_part_makes_lines_that_need_no_encoding() -> None:
    composer = Composer(project({EMAIL: "Subject: x\n\n{{ invoice_table }}"}), COUNTED_UNTIL)
    (made,) = composer.compose(notice(line(), line("INV-2")), {}, Progress())
    assert WRITER.write(made).rpartition(b"Content-Transfer-Encoding: ")[2].startswith(b"7bit")


# Files

NAMES = (
    "INV-1.pdf", "Rechnung Köln 17.pdf", "請求書-17.pdf", "a" * 240 + ".pdf", "ä" * 240 + ".pdf", "🌳.pdf", "x", ".pdf",
    'a"b.pdf', "a;b=c.pdf", "a\r\nBcc: evil@evil.example.pdf", "=?utf-8?q?=0A?=Bcc:x.pdf", "../../etc/passwd.pdf",
    "..\\x.pdf", "a\0b.pdf", "100%.pdf", "it's (1).pdf", "\u202efdp.exe", "x" * 60 + ".pdf",
)  # fmt: skip


def attachments(read: EmailMessage) -> list[tuple[str, str, bytes]]:
    found = [part for part in read.iter_attachments() if isinstance(part, EmailMessage)]
    return [(str(one.get_filename()), one.get_content_type(), one.get_payload(decode=True)) for one in found]  # type: ignore[misc]


def with_files(*files: File, **changed: Any) -> bytes:
    return WRITER.write(replace(message(**changed), files=files))


def check_file(name: str, content: bytes) -> str:
    """Writes an e-mail with the file, and returns the name that is read back."""
    raw = with_files(File(name, content))
    check_form(raw)
    read = parsed(raw)
    assert read.keys() == HEADERS
    assert not read.defects
    kinds = [part.get_content_type() for part in read.walk()]
    assert kinds[:4] == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html"]
    assert all(not part.defects for part in read.walk())
    ((shown, _, payload),) = attachments(read)
    assert payload == content
    assert texts(parsed(with_files(File(name, content))))[:2] == texts(mail())
    return shown


@pytest.mark.parametrize("name", NAMES)
def test_a_file_reads_back_under_a_name_that_leads_nowhere(name: str) -> None:
    shown = check_file(name, b"%PDF-1.7\n" + bytes(range(256)) * 20)
    assert shown == shown_as(name)
    assert not set(shown) & set('/\\:\0\r\n"')
    assert shown[-4:] == name[-4:] or len(name) < 5 or "\u202e" in name


@settings(deadline=None)
@given(st.text(), st.binary(max_size=300))
def test_whatever_the_name_and_content_the_file_reads_back(name: str, content: bytes) -> None:
    assert check_file(name, content) == shown_as(name)


def test_several_files_come_in_their_order_beside_plain_text_too() -> None:
    files = File("a.pdf", b"%PDF-a"), File("b.xml", b"<x/>"), File("c.bin", b"\r\n.\r\n")
    read = parsed(with_files(*files, html=None, text="Hello"))
    assert read.get_content_type() == "multipart/mixed"
    assert attachments(read) == [
        ("a.pdf", "application/pdf", b"%PDF-a"),
        ("b.xml", "application/xml", b"<x/>"),
        ("c.bin", "application/octet-stream", b"\r\n.\r\n"),
    ]


def test_the_standard_library_makes_the_same_of_it() -> None:
    """Its own message with the same words and file has the same parts, names and contents."""
    theirs = EmailMessage()
    theirs.set_content("Grüße")
    theirs.add_alternative("<p>Grüße</p>", subtype="html")
    theirs.add_attachment(b"%PDF-1", maintype="application", subtype="pdf", filename="Rechnung Köln.pdf")
    ours = parsed(with_files(File("Rechnung Köln.pdf", b"%PDF-1"), text="Grüße", html="<p>Grüße</p>"))
    again = parsed(theirs.as_bytes(policy=policy.SMTP))
    assert attachments(ours) == attachments(again)
    assert [one.get_content_type() for one in ours.walk()] == [one.get_content_type() for one in again.walk()]


def test_a_text_that_contains_the_boundaries_survives_beside_a_file() -> None:
    raw = with_files(File("a.pdf", b"%PDF-"))
    edges = [found.decode() for found in re.findall(rb'boundary="([^"]+)"', raw)]
    evil = "\n".join(f"--{edge}\nContent-Type: text/html\n\nevil\n--{edge}--" for edge in edges)
    read = parsed(with_files(File("a.pdf", b"%PDF-"), text=evil, html=f"<p>{evil}</p>"))
    assert texts(read)[:2] == [evil, f"<p>{evil}</p>"]
    assert attachments(read) == [("a.pdf", "application/pdf", b"%PDF-")]


# Account owners and copies


@pytest.mark.parametrize("name", [*HOSTILE[:12], "Ann Finch", "Änne Fink", "Finch, Ann"])
def test_an_owner_who_sends_is_answered_and_copies_are_exactly_who_was_meant(name: str) -> None:
    people = tuple(Correspondent(name if number else "", f"cc{number}@harbour.example") for number in range(4))
    envelope = Envelope(Correspondent(name, "ann@harbour.example"), people, ("archive@harbour.example",))
    raw = WRITER.write(replace(message(), envelope=envelope))
    check_form(raw)
    read = parsed(raw)
    assert read.keys() == [*HEADERS[:3], "Cc", "Bcc", *HEADERS[3:]]
    assert not read.defects
    for field in ("From", "Reply-To"):
        assert [one.addr_spec for one in read[field].addresses] == ["ann@harbour.example"]
    assert [one.addr_spec for one in read["Cc"].addresses] == [one.email for one in people]
    assert [one.addr_spec for one in read["Bcc"].addresses] == ["archive@harbour.example"]
    assert [one.addr_spec for one in read["To"].addresses] == ["ap@oak.example"]
    assert read["Message-ID"] == mail()["Message-ID"]


def test_a_copy_alone_leaves_the_sender_as_it_is() -> None:
    read = parsed(WRITER.write(replace(message(), envelope=Envelope(bcc=("archive@harbour.example",)))))
    assert read["From"] == mail()["From"]
    assert "Cc" not in read
