"""`remindr doctor` tries out what a run stands on, one thing after the other, and changes nothing."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import time_machine
from mailserver import PASSWORD, USER, MailServer, as_yaml, mail_server
from shop import DAY, SETTINGS, open_shop

Remindr = Callable[..., Any]


@pytest.fixture(autouse=True)
def _that_day() -> Iterator[None]:
    with time_machine.travel(f"{DAY}T09:00:00Z", tick=False):
        yield


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tls="starttls", folder=tmp_path) as server:
        yield server


@pytest.fixture
def shop(mail: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose e-mails leave through the mail server; its exports are of that day."""
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    root = open_shop(tmp_path / "shop")
    return described(root, mail.settings(user=USER, password={"env": "SMTP_PASSWORD"}))


def described(root: Path, smtp: dict[str, Any], **email: Any) -> Path:
    delivery = {"delivery": {"email": {"via": "smtp", "smtp": smtp, **email}}}
    (root / "remindr.yaml").write_text(SETTINGS + as_yaml(delivery), encoding="utf-8")
    return root


def below(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


def test_everything_is_well(remindr: Remindr, shop: Path, mail: MailServer) -> None:
    seen = remindr("doctor", "-C", shop)
    assert (seen.code, seen.err) == (0, "")
    assert "ok   machine: Python 3." in seen.out
    assert f"ok   exports: of {DAY}, 10 rows of invoices" in seen.out
    first = "the first run that sends waits for an approval of its whole plan: remindr approve"
    assert f"ok   guards: none refuses a run; {first}" in seen.out
    assert "ok   outbox: outbox can be written to" in seen.out
    assert "ok   journal: nothing was run yet" in seen.out
    place = f"localhost:{mail.port}"
    assert f"ok   e-mails: leave through {place}, encrypted (STARTTLS), signed in as {USER}" in seen.out
    assert mail.accepted == []
    assert not (shop / ".remindr").exists()


def test_each_thing_is_tried_whatever_the_others_are(
    remindr: Remindr, shop: Path, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "not-it")
    next((shop / "exports").glob("invoices*")).unlink()
    seen = remindr("doctor", "-C", shop)
    assert seen.code == 1
    assert "NOT  exports: " in seen.out
    assert "guards" not in seen.out, "they have nothing to look at, and nothing is told twice"
    assert f"NOT  e-mails: localhost:{mail.port} refuses the sign-in of {USER}: 535" in seen.out
    assert "hint: nothing was sent; check user and password" in seen.out
    assert "ok   outbox" in seen.out
    again = remindr("doctor", "--send-test", "me@harbour.example", "-C", shop)
    assert (again.code, again.err) == (1, "no test e-mail was sent: see above\n")
    assert again.out.count("refuses the sign-in") == 1
    assert "not-it" not in seen.out + seen.err


def test_a_test_e_mail_goes_to_one_address(remindr: Remindr, shop: Path, mail: MailServer) -> None:
    seen = remindr("doctor", "--send-test", "me@harbour.example", "-C", shop)
    assert seen.code == 0
    assert "A test e-mail to me@harbour.example was taken: 2.0.0 taken" in seen.out
    (sent,) = mail.accepted
    assert (sent.recipient, sent.mail["Subject"]) == ("me@harbour.example", "A test e-mail from remindr")
    assert not (shop / ".remindr").exists()


def test_a_test_e_mail_that_is_not_taken_says_why(remindr: Remindr, shop: Path, mail: MailServer) -> None:
    mail.on_rcpt[""] = "550 5.7.1 no relaying here"
    seen = remindr("doctor", "--send-test", "me@harbour.example", "-C", shop)
    assert seen.code == 1
    assert "the test e-mail to me@harbour.example was not taken: 5.7.1 no relaying here" in seen.err


def test_a_journal_that_was_put_back_is_not_blamed_on_the_exports(
    remindr: Remindr, shop: Path, mail: MailServer
) -> None:
    assert remindr("approve", "--all", "-C", shop).code == 0
    before = (shop / ".remindr" / "journal.db").read_bytes()
    assert remindr("run", "-C", shop).code == 0
    (shop / ".remindr" / "journal.db").write_bytes(before)
    seen = remindr("doctor", "-C", shop)
    assert seen.code == 1
    assert "ok   exports: " in seen.out
    assert "ok   journal: " in seen.out
    assert "NOT  guards: " in seen.out
    assert len(mail.accepted) > 0


def test_drafts_need_no_test(remindr: Remindr, tmp_path: Path) -> None:
    root = open_shop(tmp_path / "plain")
    seen = remindr("doctor", "--send-test", "me@harbour.example", "-C", root)
    assert seen.code == 1
    assert "with via: files a person sends the e-mails" in seen.err


def test_as_json(remindr: Remindr, shop: Path) -> None:
    document = remindr("doctor", "--json", "-C", shop).json
    jsonschema.validate(document, remindr("schema", "--output").json["remindr.doctor/1"])
    assert [one["name"] for one in document["findings"]] == [
        "machine", "exports", "outbox", "journal", "guards", "e-mails",
    ]  # fmt: skip
    assert all(one["well"] for one in document["findings"])


@pytest.mark.skipif(os.name != "posix", reason="rights are POSIX's")
def test_a_password_that_others_may_read_is_refused(remindr: Remindr, shop: Path, mail: MailServer) -> None:
    (shop / "secret").write_text(PASSWORD, encoding="utf-8")
    (shop / "secret").chmod(0o644)
    described(shop, mail.settings(user=USER, password={"file": "secret"}))
    seen = remindr("doctor", "-C", shop)
    assert "others may read the file with the password" in seen.out
    assert "chmod 600" in seen.out
    (shop / "secret").chmod(0o600)
    assert remindr("doctor", "-C", shop).code == 0
