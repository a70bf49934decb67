"""The last look at an e-mail before it is released: the head is what we meant it to be, whatever made it.

Cleaning is one wall, this is another: bytes that are no head of ours are not released, even if nobody knows how they
came about. It knows nothing of how a head is written, only how one looks.
"""

import re
from binascii import Error, a2b_base64

_TEXT = r"[\x20-\x7e]*\r\n(?:[ \t][\x21-\x7e \t]*\r\n)*"
_WORD = r"=\?utf-8\?b\?[A-Za-z0-9+/]+={0,2}\?="
_NAME = rf'(?:"(?:[^"\\\x00-\x1f\x7f-\xff]|\\["\\])*"|{_WORD}(?:\r\n {_WORD})*|[A-Za-z0-9!#$%&\'*+/=^_`{{|}}~ -]*)'
_MAILBOX = r"[^\s<>@,;:\"\\()\[\]\x7f-\xff]+@[A-Za-z0-9.-]+"
_HEAD = re.compile(
    (
        rf"From: {_TEXT}Reply-To: {_TEXT}"
        rf"To: (?:(?P<bare>{_MAILBOX})|{_NAME}(?: |\r\n )<(?P<named>{_MAILBOX})>)\r\n"
        rf"(?:X-Original-To: {_TEXT})?(?:Cc:{_TEXT})?(?:Bcc:{_TEXT})?Subject: {_TEXT}Date: {_TEXT}Message-ID: {_TEXT}"
        rf"(?:In-Reply-To: {_TEXT}References: {_TEXT})?Auto-Submitted: {_TEXT}MIME-Version: {_TEXT}"
        rf"(?:X-Unsent: {_TEXT})?Content-Type: {_TEXT}(?:Content-Transfer-Encoding: {_TEXT})?\r\n"
    ).encode("ascii")
)
_ENCODED = re.compile(rb"=\?(?!utf-8\?b\?[A-Za-z0-9+/]+={0,2}\?=)|=\?utf-8\?b\?([A-Za-z0-9+/=]+)\?=")
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


class NotReleased(Exception):
    """An e-mail that does not look as ours do, with what is wrong in words for a person."""


def looked_through(content: bytes, to: str) -> bytes:
    """The e-mail as it is, if its head has our lines, each once and in our order, and goes to that one address.

    NotReleased if anything else stands there, or a line in it does not end as lines of e-mails do.
    """
    found = _HEAD.match(content)
    if found is None:
        raise NotReleased("the head of the e-mail has lines that remindr does not write")
    if (found["bare"] or found["named"]) != to.encode("ascii"):
        raise NotReleased("the e-mail would go to another address than the notice")
    if b"=?" in found[0] and any(map(_is_hidden, _ENCODED.finditer(found[0]))):
        raise NotReleased("the head of the e-mail hides a line in an encoded word")
    ends = content.count(b"\r\n")
    if content.count(b"\n") != ends or content.count(b"\r") != ends or b"\0" in content:
        raise NotReleased("the e-mail has a line break or a sign in it that mail servers take for something else")
    return content


def _is_hidden(word: re.Match[bytes]) -> bool:
    """Whether an encoded word is none of ours, or has more in it than text."""
    if word[1] is None:
        return True
    try:
        return _CONTROL.search(a2b_base64(word[1], strict_mode=True)) is not None
    except Error:
        return True
