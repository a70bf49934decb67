"""Certificates for mail servers of tests: a good one, and those that nobody should trust."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme


def certified(folder: Path, name: str = "localhost", *, expired: bool = False) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS under that name, and the file with the authority to trust."""
    authority = trustme.CA()
    long_ago = datetime.now(UTC) - timedelta(days=2)
    issued = authority.issue_cert(name, not_after=long_ago) if expired else authority.issue_cert(name)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    issued.configure_cert(context)
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    return context, ca_file
