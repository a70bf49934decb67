"""No text makes an e-mail say more in its head than it should, or go to anybody else."""

import time
from collections.abc import Callable
from email import message_from_bytes
from email.policy import SMTP, compat32, default
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from hostile import ADDRESSES, BROKEN, EVERY
from messages import company, customer, message
from siege import HEADERS, Siege

from remindr.channels.base import Sender
from remindr.channels.gate import NotReleased, looked_through
from remindr.channels.mime import MimeWriter
from remindr.core.addresses import mailbox

if TYPE_CHECKING:
    from email.message import Message


def drafts(siege: Siege) -> list[Path]:
    return sorted((siege.outbox / "email").iterdir())


def test_every_e_mail_has_our_headers_and_no_other_whoever_reads_it(siege: Siege, show: Callable[..., None]) -> None:
    files = drafts(siege)
    for file in files:
        content = file.read_bytes()
        for policy in (default, SMTP, compat32):
            read = cast("Message", message_from_bytes(content, policy=policy))
            assert read.keys() == HEADERS, (file.name, policy)
            assert not read.defects
            assert not any("\n" in value.replace("\n ", "") or "\0" in value for value in read.values())
    show(f"headers: {len(files)} e-mails of {len(EVERY) + len(ADDRESSES)} texts x 3 readers, 0 further headers")
    assert len(files) > len(EVERY)


def test_every_e_mail_goes_to_the_one_address_of_its_customer(siege: Siege) -> None:
    allowed = {one.mailbox for one in siege.guests} | {
        "a@b.example", "c@d.example", "a@xn--bcher-kva.example", "x@evil.example", "evil@evil.example",
    }  # fmt: skip  # the first of several that a cell plainly holds
    reached = []
    for file in drafts(siege):
        read = message_from_bytes(file.read_bytes(), policy=default)
        (to,) = read["To"].addresses
        assert to.addr_spec == mailbox(to.addr_spec)
        assert [one.addr_spec for one in read["From"].addresses] == ["accounts@harbourfinch.example"]
        reached.append(to.addr_spec)
    strange = [one for one in reached if one not in allowed]
    assert [one for one in strange if one not in ADDRESSES] == []
    assert sum(one.startswith("ap") for one in reached) == len({one for one in reached if one.startswith("ap")})


@pytest.mark.parametrize("address", [*ADDRESSES, *BROKEN])
def test_an_address_is_one_address_or_none(address: str) -> None:
    try:
        found = mailbox(address)
    except ValueError:
        return
    assert found.isascii()
    assert found.count("@") == 1
    assert not any(sign in found for sign in ("=?", *'\r\n\0 ,;<>"()'))


def released(text: str) -> bytes:
    return MimeWriter(Sender(company())).write(
        message("Hello", subject=text, who=customer(name=text, email="ap@oak.example"))
    )


def test_the_gate_agrees_with_the_standard_library_on_every_text() -> None:
    """Whatever it lets through, the standard library reads as our headers; and it lets all of ours through."""
    for text in (*EVERY, *BROKEN):
        read = message_from_bytes(released(text), policy=default)
        assert read.keys() == HEADERS, text


def careless(text: str) -> bytes:
    """An e-mail as a program makes it that writes a name as it stands."""
    content = released("NAME")
    return content.replace(b"NAME", text.encode("utf-8", "surrogatepass"))


def test_the_gate_lets_no_careless_head_through_that_anybody_reads_otherwise(show: Callable[..., None]) -> None:
    refused = passed = 0
    for text in (*EVERY, *BROKEN):
        content = careless(text)
        try:
            looked_through(content, "ap@oak.example")
        except NotReleased:
            refused += 1
            continue
        passed += 1
        for policy in (default, SMTP):
            read = message_from_bytes(content, policy=policy)
            assert read.keys() == HEADERS, text
            assert [one.addr_spec for one in read["To"].addresses] == ["ap@oak.example"], text
    show(f"gate: of {refused + passed} heads written without care {refused} refused, {passed} the same to everybody")
    assert refused > 100


GOOD = (
    b"From: Oak <a@oak.example>\r\nReply-To: Oak <a@oak.example>\r\nTo: Elm <ap@elm.example>\r\nSubject: Hello\r\n"
    b"Date: Fri, 20 Nov 2026 09:00:00 +0000\r\nMessage-ID: <x@oak.example>\r\nAuto-Submitted: auto-generated\r\n"
    b"MIME-Version: 1.0\r\nX-Unsent: 1\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: 7bit\r\n\r\nHello\r\n"
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Subject: Hello", b"Subject: Hello\r\nBcc: x@evil.example"),
        (b"Subject: Hello", b"Subject: Hello\nX: y"),
        (b"Subject: Hello", b"Subject: Hello\rX: y"),
        (b"Subject: Hello", b"Subject: Hello\0"),
        (b"Subject: Hello", b"Subject: Hello\r\nSubject: Elm"),
        (b"Subject: Hello\r\n", b""),
        (b"Subject: Hello", b"Subject: \xc3\xa9"),
        (b"Subject: Hello", b"Subject: =?UTF-8?Q?=0A?=Bcc: x"),
        (b"Subject: Hello", b"Subject: =?utf-8?b?DQpCY2M6IHg=?="),
        (b"Subject: Hello", b"Subject: Hello\r\n\r\nX"),
        (b"Elm <ap@elm.example>", b"Elm <ap@elm.example>, <x@evil.example>"),
        (b"Elm <ap@elm.example>", b"<x@evil.example>, Elm <ap@elm.example>"),
        (b"Elm <ap@elm.example>", b'"Elm" <x@evil.example> <ap@elm.example>'),
        (b"Elm <ap@elm.example>", b"Elm <x@evil.example>"),
        (b"Elm <ap@elm.example>", b"Elm, Oak <ap@elm.example>"),
        (b"Elm <ap@elm.example>", b"Group: Elm <ap@elm.example>;"),
        (b"\r\n\r\nHello\r\n", b"\r\n\r\nHello\n.\nMAIL FROM:<x@evil.example>\r\n"),
        (b"\r\n\r\nHello\r\n", b"\r\n\r\nHello\r.\r\r\n"),
        (b"From: Oak", b"From : Oak"),
        (b"X-Unsent: 1", b"X-Other: 1"),
    ],
)
def test_a_head_that_is_not_ours_is_not_released(old: bytes, new: bytes) -> None:
    assert looked_through(GOOD, "ap@elm.example") == GOOD
    assert old in GOOD
    with pytest.raises(NotReleased):
        looked_through(GOOD.replace(old, new, 1), "ap@elm.example")


def test_a_name_of_a_megabyte_takes_no_time() -> None:
    begun = time.process_time()
    for text in ("a" * 10**6, "é" * 10**6, "a " * 500_000, '"' * 10**6, "=?" * 500_000):
        assert len(released(text)) < 10_000
    assert time.process_time() - begun < 5
