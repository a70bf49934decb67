"""E-mails that leave by themselves: what is sent, what is not, what nobody knows, and what the next runs make of it."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from live import LATE, MAILS, OAK, SOON, ZOE, LiveShop, live_settings, open_live, to_address
from mailserver import PASSWORD, USER, mail_server
from rawserver import DROP, HANG, RawServer, raw_server
from shop import CUSTOMERS, INVOICES, visible

from remindr.channels.smtp import SmtpTransport
from remindr.channels.transport import Answer
from remindr.pipeline import turns


@pytest.fixture
def server() -> Iterator[RawServer]:
    with raw_server() as running:
        yield running


@pytest.fixture
def shop(server: RawServer, tmp_path: Path) -> LiveShop:
    return open_live(tmp_path / "shop", server.settings())


def at(stage: str, *answers: str | None) -> Callable[[str, str], str | None]:
    left = list(answers)
    return lambda where, _: left.pop(0) if where == stage and left else None


def recipients(server: RawServer) -> list[str]:
    return [one.recipient for one in server.accepted]


# The way of a run


def test_the_first_live_run_waits_for_a_person_and_later_ones_send_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    with mail_server(tls="starttls", folder=tmp_path) as real:
        smtp = real.settings(user=USER, password={"env": "SMTP_PASSWORD"})
        shop = open_live(tmp_path / "shop", smtp, approved=False)
        refused = shop.run()
        assert (refused.code, real.accepted) == (5, [])
        assert "waits for one approval of its whole plan" in refused.err
        assert shop.remindr("approve", "--all").code == 0
        sent = shop.run()
        assert sent.code == 0
        assert f"Sent {MAILS} e-mails" in sent.out
        assert sorted(one.recipient for one in real.accepted) == sorted([OAK, ZOE, LATE, SOON])
        again = shop.run()
        assert (again.code, len(real.accepted)) == (0, MAILS)
        assert "Nothing to send" in again.out


def test_what_is_sent_is_what_the_outbox_keeps(shop: LiveShop, server: RawServer) -> None:
    assert shop.run().code == 0
    (folder,) = visible(shop.root)
    kept = sorted(file.read_bytes() for file in (shop.root / "outbox" / folder / "email").iterdir())
    assert kept == sorted(one.content for one in server.accepted)
    assert all(one.sender == "accounts@harbourfinch.example" for one in server.accepted)


def test_history_tells_that_it_went_through_the_mail_server(shop: LiveShop) -> None:
    shop.run()
    assert "sent through the mail server" in shop.remindr("history", "01").out


def test_a_run_that_sent_e_mails_cannot_be_taken_back(shop: LiveShop) -> None:
    shop.run()
    (folder,) = visible(shop.root)
    refused = shop.remindr("discard", folder, "--yes")
    assert refused.code in (1, 5)
    assert list(shop.states().values()) == [["sent"]] * MAILS


def test_a_run_as_of_a_past_day_sends_nothing(shop: LiveShop, server: RawServer) -> None:
    shop.run()
    server.accepted.clear()
    shop.wait(7)
    drafts = shop.run("--as-of", "2025-03-19")
    assert drafts.code in (0, 5)
    assert server.accepted == []


# What is put off


def test_who_is_put_off_gets_the_same_email_from_the_next_run(shop: LiveShop, server: RawServer) -> None:
    server.react = to_address(ZOE, "450 4.2.0 greylisted")
    run = shop.run()
    assert run.code == 3
    assert "not sent: Zoë's Books (02): 4.2.0 greylisted; it is planned again" in run.err
    assert sorted(recipients(server)) == sorted([OAK, LATE, SOON])
    tried = next(key for key, states in shop.states().items() if states == ["failed"])
    again = shop.run()
    assert (again.code, recipients(server)[-1], shop.states()[tried]) == (0, ZOE, ["failed", "sent"])
    assert len(set(server.message_ids)) == MAILS


def test_a_step_that_is_put_off_keeps_its_message_id(shop: LiveShop, server: RawServer) -> None:
    answers = at("taken", "450 4.2.0 put off after all")
    server.react = lambda stage, said: answers(stage, said) if ZOE in said else None
    shop.run()
    shop.run()
    (first, second) = (one.message_id for one in server.accepted if one.recipient == ZOE)
    assert first == second


def test_after_five_days_the_next_notice_takes_another_way(shop: LiveShop, server: RawServer) -> None:
    """However many runs there are on a day: a server that greylists takes the e-mail some hours later."""
    server.react = lambda stage, said: "450 4.2.0 not now" if stage == "rcpt" and ZOE in said else None
    said = [shop.run() for _ in range(3)]
    assert [run.code for run in said] == [3] * 3
    assert all("it is planned again (day 1 of 5)" in run.err for run in said)
    for day, later in enumerate((1, 3, 1), 2):  # over a weekend
        shop.wait(later)
        assert f"it is planned again (day {day} of 5)" in shop.run().err
    shop.wait(1)
    assert "not now; its next notice takes another way" in shop.run().err
    run = shop.run()
    assert run.code == 0
    assert ZOE not in recipients(server)
    assert "1 letter" in run.out


# What is refused


def test_an_address_that_does_not_exist_is_marked_and_the_next_notice_is_a_letter(
    shop: LiveShop, server: RawServer
) -> None:
    server.react = to_address(ZOE, "550 5.1.1 no such user")
    run = shop.run()
    assert run.code == 3
    assert "not sent: Zoë's Books (02): 5.1.1 no such user; its next notice takes another way" in run.err
    notes = shop.remindr("history", "02")
    assert "the mail server" in notes.out
    letter = shop.run()
    assert "Wrote 1 letter" in letter.out
    assert ZOE not in recipients(server)


def test_a_mark_that_was_wrong_is_taken_back(shop: LiveShop, server: RawServer) -> None:
    server.react = to_address(ZOE, "550 5.1.1 no such user")
    shop.run()
    undone = shop.remindr("note", "02", "--undo")
    assert undone.code == 0, undone.all
    assert shop.run().code == 0
    assert recipients(server)[-1] == ZOE


@pytest.mark.parametrize("reply", ["550 5.7.1 relaying denied", "554 5.7.1 no", "550 relaying denied"])
def test_a_server_that_refuses_everybody_stops_the_run_and_marks_nobody(
    reply: str, shop: LiveShop, server: RawServer
) -> None:
    server.react = lambda stage, _: reply if stage == "rcpt" else None
    run = shop.run()
    assert run.code == 3
    assert "stopped: 3 e-mails in a row had the same answer" in run.err
    assert len([1 for stage, _ in server.said if stage == "rcpt"]) == 3
    server.react = lambda *_: None
    again = shop.run()
    assert (again.code, sorted(recipients(server))) == (0, sorted([OAK, ZOE, LATE, SOON]))


def test_a_refused_content_is_no_mark_of_the_address(shop: LiveShop, server: RawServer) -> None:
    server.react = at("dot", "554 5.7.1 looks like spam")
    run = shop.run()
    assert (run.code, len(server.accepted)) == (3, MAILS - 1)
    assert "it is planned again" in run.err
    assert shop.run().code == 0
    assert len(set(server.message_ids)) == MAILS


def test_a_sign_in_refused_half_way_leaves_the_rest_for_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from certificates import certified

    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    context, ca_file = certified(tmp_path)
    with raw_server(tls="starttls", context=context, ca_file=ca_file) as server:
        server.offers = ("PLAIN",)
        shop = open_live(tmp_path / "shop", server.settings(user=USER, password={"env": "SMTP_PASSWORD"}))
        signs_in, drops = at("auth", None, "535 5.7.8 locked"), at("rcpt", None, DROP)
        server.react = lambda stage, said: signs_in(stage, said) or drops(stage, said)
        run = shop.run()
        assert (run.code, len(server.accepted), server.connections) == (3, 1, 2)
        assert "535 5.7.8 locked; 3 e-mails left for the next run" in run.err
        assert shop.run().code == 0
        assert sorted(recipients(server)) == sorted([OAK, ZOE, LATE, SOON])


def test_a_server_that_takes_nobody_in_leaves_no_trace(shop: LiveShop, server: RawServer) -> None:
    server.react = at("connect", "554 5.3.2 closed")
    run = shop.run()
    assert run.code == 1
    assert "cannot be used: 554 5.3.2 closed" in run.err
    assert shop.states() == {}
    assert not (shop.root / "outbox").exists() or visible(shop.root) == []


# What is lost on the way


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "content"])
@pytest.mark.parametrize("how", [DROP, "421 4.3.2 closing"])
def test_a_connection_lost_before_the_dot_is_no_loss(stage: str, how: str, shop: LiveShop, server: RawServer) -> None:
    server.react = at(stage, None, how)
    first = shop.run()
    assert first.code in (0, 3)
    assert shop.run().code == 0
    assert sorted(recipients(server)) == sorted([OAK, ZOE, LATE, SOON])
    assert shop.uncertain() == []


@pytest.fixture
def impatient(server: RawServer, tmp_path: Path) -> LiveShop:
    return open_live(tmp_path / "impatient", server.settings(answer_within="1 seconds"))


@pytest.mark.parametrize("how", [DROP, HANG])
@pytest.mark.parametrize("stage", ["dot", "taken"])
def test_without_an_answer_nobody_gets_it_again_by_itself(
    stage: str, how: str, impatient: LiveShop, server: RawServer
) -> None:
    answers = at(stage, how)
    server.react = lambda where, said: answers(where, said) if ZOE in said else None
    run = impatient.run()
    assert run.code == 3
    assert "uncertain: Zoë's Books (02)" in run.err
    (doubt,) = impatient.uncertain()
    assert doubt["customer_id"] == "02"
    seen = len(server.accepted)
    assert impatient.run().code == 0
    impatient.wait(14)  # its second step would be due
    server.react = lambda *_: None
    impatient.run()
    assert [one for one in recipients(server)[seen:] if one == ZOE] == []
    assert "Nobody knows" in impatient.remindr("status").out
    assert "not certain" in impatient.remindr("preview", "02").all


def test_what_is_in_doubt_is_told_as_mailboxes_and_logs_know_it(impatient: LiveShop, server: RawServer) -> None:
    server.react = to_taken(ZOE, HANG)
    impatient.run()
    (doubt,) = impatient.uncertain()
    (mail,) = (one for one in server.accepted if one.recipient == ZOE)
    assert doubt["message_id"] == mail.message_id
    assert doubt["subject"] == str(mail.mail["Subject"])
    assert ZOE in doubt["to"]
    told = impatient.remindr("uncertain").out.splitlines()
    assert doubt["key"] in told
    assert f"  Message-ID: {mail.message_id}" in told
    assert f"  Subject: {mail.mail['Subject']}" in told
    assert any(line.startswith("  To: ") and ZOE in line for line in told)
    for file in impatient.root.rglob("*.eml"):
        file.unlink()
    assert "  (the file of the e-mail is gone)" in impatient.remindr("uncertain").out.splitlines()
    assert impatient.uncertain()[0]["message_id"] is None


def test_what_went_out_after_all_goes_on_in_its_time(impatient: LiveShop, server: RawServer) -> None:
    server.react = to_taken(ZOE, HANG)
    impatient.run()
    (doubt,) = impatient.uncertain()
    assert impatient.remindr("uncertain", "--sent", doubt["key"]).code == 0
    assert impatient.uncertain() == []
    impatient.wait(14)
    impatient.run()
    assert recipients(server).count(ZOE) == 2
    assert len(set(server.message_ids)) == len(server.message_ids)


def to_taken(address: str, *answers: str | None) -> Callable[[str, str], str | None]:
    left = list(answers)
    return lambda stage, said: left.pop(0) if stage == "taken" and address in said and left else None


def test_what_is_sent_again_has_the_same_message_id(impatient: LiveShop, server: RawServer) -> None:
    server.react = to_taken(ZOE, HANG)
    impatient.run()
    (doubt,) = impatient.uncertain()
    assert impatient.remindr("uncertain", "--resend", doubt["key"], "--yes").code == 0
    assert impatient.run().code == 0
    first, second = (one.message_id for one in server.accepted if one.recipient == ZOE)
    assert first == second


def test_what_is_to_be_sent_again_is_not_once_it_is_paid(impatient: LiveShop, server: RawServer) -> None:
    server.react = to_taken(ZOE, HANG)
    impatient.run()
    (doubt,) = impatient.uncertain()
    assert impatient.remindr("uncertain", "--resend", doubt["key"], "--yes").code == 0
    paid = INVOICES.replace('"1,120.00","1,120.00"', '"1,120.00",0.00').replace("20.00,20.00,EUR", "20.00,0.00,EUR")
    impatient.wait(1, invoices=paid)
    impatient.run()
    about_debt = [one for one in server.accepted if one.recipient == ZOE and "hank" not in str(one.mail["Subject"])]
    assert len(about_debt) == 1


def test_while_a_run_sends_the_status_says_that_it_is_at_work(shop: LiveShop, server: RawServer) -> None:
    told: list[str] = []

    def ask_meanwhile(stage: str, _: str) -> None:
        if stage == "taken" and not told:
            for words in (["--exit-code"], ["--json"]):
                command = [
                    sys.executable,
                    "-m",
                    "remindr",
                    "status",
                    "-C",
                    str(shop.root),
                    "--as-of",
                    f"{shop.today}",
                    *words,
                ]
                told.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    server.react = ask_meanwhile
    assert shop.run().code == 0
    assert re.search(
        r"^Last run \S+ at .*, is not at its end yet: another run is at work on this project: process \d+", told[0]
    )
    assert json.loads(told[1])["last_run"]["at_work"] is True
    assert json.loads(shop.remindr("status", "--json").out)["last_run"]["at_work"] is False


def test_two_in_doubt_in_a_row_stop_the_run(impatient: LiveShop, server: RawServer) -> None:
    server.react = lambda stage, _: DROP if stage == "taken" else None
    run = impatient.run()
    assert (run.code, len(server.accepted), len(impatient.uncertain())) == (3, 2, 2)
    assert "stopped: 2 e-mails in a row had the same answer" in run.err
    server.react = lambda *_: None
    impatient.run()
    assert sorted(recipients(server)) == sorted([OAK, ZOE, LATE, SOON])


def test_a_run_that_only_speaks_up_speaks_up_then(impatient: LiveShop, server: RawServer) -> None:
    server.react = to_taken(ZOE, DROP)
    run = impatient.run("-q")
    assert run.code == 3
    assert "Nobody gets these again by themselves: remindr uncertain" in run.err
    assert "in_doubt" in impatient.run("-q").out  # a flag, which is new
    assert impatient.run("-q").all == ""


# Letters and copies beside e-mails


def with_letters(shop: LiveShop) -> LiveShop:
    sequence = shop.root / "sequences" / "welcome.yaml"
    sequence.write_text(sequence.read_text().replace("    by: preferred\n", "    by: email\n    also: letter\n"))
    assert shop.remindr("approve", "--all").code == 0
    return shop


def letters(shop: LiveShop) -> list[str]:
    return sorted(file.name[5:9] for file in (shop.root / "outbox").rglob("letters/*"))


@pytest.mark.parametrize(
    ("stage", "answer", "stays"),
    [("dot", "554 5.7.1 no", False), ("dot", "450 4.2.0 later", False), ("dot", None, True), ("taken", HANG, True)],
)
def test_the_letter_beside_an_email_stays_unless_the_email_failed(
    stage: str, answer: str | None, stays: bool, server: RawServer, tmp_path: Path
) -> None:
    shop = with_letters(open_live(tmp_path / "letters", server.settings(answer_within="1 seconds"), approved=False))
    answers = at(stage, answer)
    server.react = lambda where, said: answers(where, said) if ZOE in said else None
    run = shop.run()
    assert run.code == (0 if answer is None else 3), run.all
    assert ("zoe-" in letters(shop)) is stays


def with_copies(shop: LiveShop, settings: str) -> LiveShop:
    owners = "owners:\n  Tom:\n    name: Tom Reed\n    email: tom@harbour.example\n    as: cc\n"
    (shop.root / "remindr.yaml").write_text(settings + owners)
    header, *rows = CUSTOMERS.splitlines()
    owned = "\n".join([f"{header},Owner", *(f"{row},Tom" for row in rows)]) + "\n"
    for file in (shop.root / "exports").glob("customers*"):
        file.write_text(owned)
    assert shop.remindr("approve", "--all").code == 0
    return shop


TOM, ARCHIVE = "tom@harbour.example", "archive@harbour.example"


@pytest.fixture
def copied(server: RawServer, tmp_path: Path) -> LiveShop:
    shop = open_live(tmp_path / "copied", server.settings(), approved=False)
    return with_copies(shop, live_settings(server.settings(), archive_to=ARCHIVE))


def test_each_copy_is_a_transaction_of_its_own(copied: LiveShop, server: RawServer) -> None:
    assert copied.run().code == 0
    assert recipients(server)[:3] == [OAK, TOM, ARCHIVE]
    assert len(server.accepted) == 3 * MAILS
    assert all(b"archive@" not in one.content for one in server.accepted)
    assert all(b"Cc: Tom Reed <tom@harbour.example>" in one.content for one in server.accepted)


def test_a_refused_copy_does_not_harm_the_email(copied: LiveShop, server: RawServer) -> None:
    server.react = lambda stage, said: "550 5.1.1 gone" if stage == "rcpt" and TOM in said else None
    run = copied.run()
    assert run.code == 3
    assert run.err.count("a copy was not sent") == MAILS
    assert len(server.accepted) == 2 * MAILS
    assert {states[0] for states in copied.states().values()} == {"sent"}
    server.accepted.clear()
    assert (copied.run().code, server.accepted) == (0, [])


def test_a_copy_that_a_death_prevented_is_told(
    copied: LiveShop, server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The customer has the e-mail, so nothing is sent again."""
    send = SmtpTransport.send

    def die(self: SmtpTransport, file: Path, sender: str, to: str, commit: Callable[[], None]) -> Answer:
        if to == TOM:
            raise RuntimeError("as if killed")
        return send(self, file, sender, to, commit)

    with monkeypatch.context() as patch:
        patch.setattr(SmtpTransport, "send", die)
        assert copied.run().code == 70
    again = copied.run()
    assert "had been interrupted; 1 message went out without its copies" in again.err
    assert "had been interrupted; 3 messages had not left yet and are planned again" in again.err
    assert recipients(server).count(OAK) == 1


def test_who_gets_nothing_has_no_copies_sent(copied: LiveShop, server: RawServer) -> None:
    server.react = to_address(ZOE, "550 5.1.1 nobody")
    copied.run()
    assert len(server.accepted) == 3 * (MAILS - 1)


# Pace and signals


def test_no_more_than_so_many_leave_in_a_minute(
    server: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, waits = [0.0], []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(turns, "monotonic", lambda: now[0])
    monkeypatch.setattr(turns, "sleep", sleep)
    shop = open_live(tmp_path / "shop", server.settings(per_minute=6))
    assert shop.run().code == 0
    assert sum(waits) == pytest.approx(10 * (MAILS - 1))


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_who_is_told_to_stop_finishes_the_email_in_hand(
    signal_: signal.Signals, shop: LiveShop, server: RawServer
) -> None:
    def stop(stage: str, _said: str) -> None:
        if stage == "taken" and len(server.accepted) == 2:
            os.kill(os.getpid(), signal_)

    server.react = stop
    run = shop.run()
    assert (run.code, len(server.accepted)) == (3, 2)
    assert "Sent 2 e-mails" in run.out
    assert "stopped: remindr was told to stop; 2 e-mails left for the next run" in run.err
    status = shop.remindr("status").out.splitlines()[0]
    assert "wrote 2 e-mails" in status
    assert "2 e-mails left for the next run" in status
    assert "failed" not in status
    server.react = lambda *_: None
    assert (shop.run().code, len(set(server.message_ids)), len(server.accepted)) == (0, MAILS, MAILS)


# Rehearsals and programs


def test_a_rehearsal_goes_to_one_address_and_leaves_everything_else_alone(server: RawServer, tmp_path: Path) -> None:
    shop = open_live(tmp_path / "shop", server.settings(), redirect_all_to="me@harbour.example", archive_to=ARCHIVE)
    assert shop.run().code == 0
    assert recipients(server) == ["me@harbour.example"] * MAILS
    assert sorted(str(one.mail["X-Original-To"]) for one in server.accepted) == sorted([OAK, ZOE, LATE, SOON])
    assert all("me@harbour.example" in str(one.mail["To"]) for one in server.accepted)
    assert not (shop.root / ".remindr" / "journal.db").exists()
    assert (shop.root / ".remindr" / "rehearsal.db").exists()
    assert [path.name for path in (shop.root / "outbox").iterdir() if not path.name.startswith(".")] == ["rehearsal"]
    (shop.root / "remindr.yaml").write_text(live_settings(server.settings()))
    assert shop.run().code == 5  # nobody has approved anything of the real thing
    assert len(server.accepted) == MAILS


TAKES = """\
import pathlib, sys
place = pathlib.Path(sys.argv[1])
(place / f"{len(list(place.glob('*.got')))}.got").write_bytes(sys.stdin.buffer.read())
sys.exit(int((place / "code").read_text()))
"""


@pytest.fixture
def takes(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "takes.py").write_text(TAKES)
    (tmp_path / "code").write_text("0")
    return {"via": "command", "command": f"{sys.executable} {tmp_path / 'takes.py'} {tmp_path}"}


def test_a_program_gets_every_email_once(takes: dict[str, Any], server: RawServer, tmp_path: Path) -> None:
    shop = open_live(tmp_path / "shop", server.settings(), **takes)
    assert shop.run().code == 0
    (folder,) = visible(shop.root)
    kept = sorted(file.read_bytes() for file in (shop.root / "outbox" / folder / "email").iterdir())
    assert sorted(file.read_bytes() for file in tmp_path.glob("*.got")) == kept
    assert shop.run().code == 0
    assert len(list(tmp_path.glob("*.got"))) == MAILS


@pytest.mark.parametrize(("code", "tried"), [("77", 1), ("65", 3)])
def test_a_program_that_takes_nothing_stops_the_run(
    code: str, tried: int, takes: dict[str, Any], server: RawServer, tmp_path: Path
) -> None:
    shop = open_live(tmp_path / "shop", server.settings(), **takes)
    (tmp_path / "code").write_text(code)
    run = shop.run()
    assert (run.code, len(list(tmp_path.glob("*.got")))) == (3, tried)
    (tmp_path / "code").write_text("0")
    assert shop.run().code == 0
    assert len(list(tmp_path.glob("*.got"))) == tried + MAILS
