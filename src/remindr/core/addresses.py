"""E-mail addresses: exactly one, in the form that every mail system takes."""

import re

from remindr.model.plan import Notice

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}"
_PLAIN = re.compile(ADDRESS)
_LONGEST = 254
_LONGEST_LOCAL = 64


def mailbox(text: str) -> str:
    """The address in ASCII, an international domain in its encoded form.

    ValueError, with words for a person, if the text is not exactly one address that can be written to.
    """
    address = text.strip()
    if not address.isascii():
        address = _with_ascii_domain(address)
    fits = len(address) <= _LONGEST and _PLAIN.fullmatch(address) and address.index("@") <= _LONGEST_LOCAL
    if not fits or "=?" in address:  # which some mail programs decode, wherever it stands
        raise ValueError(f"'{text}' is not one e-mail address")
    return address


def _with_ascii_domain(address: str) -> str:
    local, at, domain = address.rpartition("@")
    if not at or not local.isascii():
        raise ValueError(f"'{address}' has letters before the @ that many mail systems refuse")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise ValueError(f"'{address}' is not one e-mail address") from None


def recipient(notice: Notice) -> str:
    """The e-mail address of a notice as the export has it; empty if there is none."""
    return notice.to if notice.channels[0] == "email" else notice.customer.email or ""
