"""Hostile texts that come in workbooks and notes, leave through a mail server, and meet the commands for one case."""

import csv
import io
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import SMTP, default
from pathlib import Path

import pytest
from hostile import ADDRESSES, KINDS, commands_in, runs_in_a_spreadsheet
from mailserver import MailServer, as_yaml, mail_server
from shop import ask
from siege import HEADERS, SETTINGS, Siege, besiege, endure_the_rest, guests

TEXTS = tuple(dict.fromkeys((*(text for texts in KINDS.values() for text in texts[:2]), *KINDS["headers"][:12])))
OF_AN_E_MAIL = [name for name in HEADERS if name != "X-Unsent"]


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, server: MailServer) -> Siege:
    """A project whose exports are workbooks and whose e-mails leave, after every command."""
    settings = SETTINGS.replace("*.csv", "*.xlsx")
    settings += as_yaml({"delivery": {"email": {"via": "smtp", "smtp": server.settings()}}})
    root = tmp_path_factory.mktemp("live") / "project"
    return endure_the_rest(besiege(root, guests(TEXTS, ADDRESSES[:8]), settings=settings, ending="xlsx"), server)


def test_workbooks_are_read_to_the_last_text(live: Siege) -> None:
    customers = live.documents()["segment --json"]["customers"]
    assert len(customers) == len(live.guests)
    assert {KINDS["sql"][0], KINDS["terminal"][0]} <= {one["customer_name"] for one in customers}


def test_the_server_gets_our_headers_and_the_one_address_that_it_is_told(
    live: Siege, server: MailServer, show: Callable[..., None]
) -> None:
    for got in server.accepted:
        for policy in (default, SMTP):
            read = message_from_bytes(got.content, policy=policy)
            assert read.keys() == OF_AN_E_MAIL
            assert [one.addr_spec for one in read["To"].addresses] == [got.recipient]
            assert (
                [one.addr_spec for one in read["From"].addresses] == [got.sender] == ["accounts@harbourfinch.example"]
            )
    recipients = [got.recipient for got in server.accepted]
    assert {one.mailbox for one in live.guests if one.route == "email" and one.email is None} <= set(recipients)
    assert len(set(server.message_ids)) == len(recipients)
    show(f"live: {len(TEXTS)} texts, {len(recipients)} e-mails at the server, 0 further headers or addresses")


def test_no_command_about_single_cases_commands_a_terminal(live: Siege) -> None:
    for name, printed in live.printed.items():
        for text in printed:
            assert set(commands_in(text)) == set(), name
            assert "Traceback" not in text, name
    known = {"run": 5, "run --json": 3}  # it waits for an approval; some e-mails are uncertain
    assert live.codes == {name: known.get(name, 0) for name in live.codes}


def test_what_people_note_stands_as_they_wrote_it(live: Siege) -> None:
    kept = [text for (text,) in ask(live.root, "SELECT text FROM notes WHERE kind = 'hold' AND text <> ''")]
    assert {*KINDS["html"][:2], *KINDS["sql"][:2], *KINDS["template"][:2], *KINDS["formula"][:2]} <= set(kept)
    held = str(live.documents()["preview --json"]["skipped"])
    assert all(text in held for text in KINDS["html"][:1])


def test_a_list_that_holds_very_long_texts_is_searched_for_who_is_forgotten(live: Siege) -> None:
    told = [printed for name, printed in live.printed.items() if name.startswith("forget")]
    assert [(out[:6], err) for out, err in told] == [("Forgot", "")]


def test_what_is_left_and_what_was_taken_back_lies_where_it_belongs(live: Siege) -> None:
    files = [path for path in (live.root / "outbox").rglob("*") if path.is_file()]
    assert any(path.relative_to(live.root / "outbox").parts[0] == "discarded" for path in files)
    assert {path.name for path in live.root.iterdir()} == {
        "remindr.yaml", "exports", "sequences", "templates", "outbox", ".remindr",
    }  # fmt: skip
    for path in files:
        assert path.name.isascii()
        assert len(path.name) <= 80
    for path in files:
        if path.suffix == ".csv":
            assert [cell for cell in _cells(path) if runs_in_a_spreadsheet(cell)] == []


def _cells(file: Path) -> list[str]:
    text = file.read_text("utf-8-sig")
    before = csv.field_size_limit(10**9)
    try:
        return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    finally:
        csv.field_size_limit(before)
