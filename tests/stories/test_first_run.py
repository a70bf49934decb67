"""The first run of a project: a person at the terminal is asked; what leaves the computer waits for one approval."""

import os
import select
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from mailserver import MailServer, mail_server
from shop import DAY, INVOICES, NOTICES, open_shop, run_arguments, run_command, visible

from remindr.cli import run_app
from remindr.cli.approve import document
from remindr.errors import DataError, Exit, Refused
from remindr.model.delivery import Delivery, EmailDelivery, Smtp
from remindr.model.policy import Policy
from remindr.pipeline.approving import Choice, all_waiting, chosen, word_given
from remindr.pipeline.run import FirstPlan, RunOrder, run
from remindr.pipeline.station import station
from remindr.project.load import load_policy

TODAY = date.fromisoformat(DAY)
NOW = datetime(2025, 3, 13, 8, tzinfo=UTC)

pty = pytest.importorskip("pty", reason="there are no terminals of this kind on Windows")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A shop before its first run."""
    return open_shop(tmp_path / "shop")


def at_a_terminal(command: list[str], answer: str) -> tuple[int, str]:
    """The exit code of a command whose question somebody answers, and all that was on the screen."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True)
    os.close(theirs)
    screen = ""
    for text in _read(ours):
        screen += text
        if "[y/N]:" in text:
            os.write(ours, f"{answer}\n".encode())
    os.close(ours)
    return process.wait(), screen.replace("\r\n", "\n")


def _read(screen: int) -> Iterator[str]:
    while select.select([screen], [], [])[0]:
        try:
            text = os.read(screen, 65536)
        except OSError:  # the other end is closed
            return
        if not text:
            return
        yield text.decode()


def test_at_a_terminal_the_first_run_asks_and_the_next_does_not(shop: Path) -> None:
    code, screen = at_a_terminal(run_command(shop), "n")
    assert code == Exit.STOPPED
    assert "This is the first run of this project: 4 e-mails, " in screen
    assert "to 7 customers, about " in screen
    assert "Write these 7 messages? [y/N]:" in screen
    assert "nothing was written" in screen
    assert visible(shop) == []
    assert at_a_terminal(run_command(shop), "y")[0] == Exit.DONE
    assert visible(shop) == [f"{DAY}-1"]
    assert "first run" not in at_a_terminal(run_command(shop), "y")[1]


def test_without_a_terminal_drafts_are_written(shop: Path) -> None:
    assert run_app(run_arguments(shop)) == 0
    assert visible(shop) == [f"{DAY}-1"]


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """A mail server that takes everything."""
    with mail_server() as server:
        yield server


def live(shop: Path, mail: MailServer) -> Policy:
    """The shop's policy if its e-mails leave through a mail server."""
    policy = load_policy(shop).policy
    email = EmailDelivery(via="smtp", smtp=Smtp(**mail.settings()))
    return replace(policy, project=policy.project.model_copy(update={"delivery": Delivery(email=email)}))


def approve(shop: Path, mail: MailServer, choice: Choice) -> None:
    with station(shop, live(shop, mail), TODAY, writing=True, at="2025-03-13T08:00:00Z") as at:
        given = [word_given(at, one, by="Ada", text="", refused=False) for one in chosen(at, all_waiting(at), choice)]
        at.journal.approve(given, at="2025-03-13T08:00:00Z")


ORDER = RunOrder(NOW, "test")


def test_a_first_live_run_that_nobody_has_approved_sends_nothing(shop: Path, mail: MailServer) -> None:
    with pytest.raises(Refused, match="waits for one approval of its whole plan: 10 steps") as refused:
        run(shop, live(shop, mail), TODAY, ORDER)
    assert "remindr approve --all" in str(refused.value)
    assert refused.value.exit_code == Exit.REFUSED
    assert visible(shop) == []


def test_a_first_live_run_sends_nothing_before_all_of_it_is_approved(shop: Path, mail: MailServer) -> None:
    approve(shop, mail, Choice(everything=True))
    more = INVOICES + "0011,05,Late & Co,2025-01-20,2025-02-19,99.00,99.00,GBP\n"
    (export,) = (shop / "exports").glob("invoices*")
    export.write_text(more, encoding="utf-8")
    with pytest.raises(Refused, match="1 step waits for it; nothing was sent"):
        run(shop, live(shop, mail), TODAY, ORDER)
    approve(shop, mail, Choice(everything=True))
    done = run(shop, live(shop, mail), TODAY, ORDER)
    assert sum(done.summary.sent.values()) == NOTICES
    assert len(mail.accepted) == done.summary.sent["email"]
    assert run(shop, live(shop, mail), TODAY, ORDER).waiting == 0  # no first run any more


def test_what_one_customer_gets_does_not_go_before_the_rest_is_approved(shop: Path, mail: MailServer) -> None:
    """It would be the last first run, and the rest would go unseen with the second."""
    approve(shop, mail, Choice(words=("oak",)))
    for _ in range(2):
        with pytest.raises(Refused, match="waits for one approval of its whole plan"):
            run(shop, live(shop, mail), TODAY, ORDER)
    assert mail.accepted == []


def test_a_person_at_the_terminal_lets_the_first_live_run_go(shop: Path, mail: MailServer) -> None:
    seen: list[FirstPlan] = []

    def answer(plan: FirstPlan) -> bool:
        seen.append(plan)
        return len(seen) > 1

    order = replace(ORDER, ask=answer)
    with pytest.raises(DataError, match="nothing was written"):
        run(shop, live(shop, mail), TODAY, order)
    assert run(shop, live(shop, mail), TODAY, order).waiting == 0
    assert (seen[0].live, seen[0].customers, len(seen)) == (True, 7, 2)


def test_a_day_without_reminders_asks_nobody(shop: Path) -> None:
    order = replace(ORDER, ask=lambda _: pytest.fail("nothing is due, so there is nothing to ask"))
    saturday = date(2025, 3, 15)
    assert run(shop, load_policy(shop).policy, saturday, order).summary.sent == {}


def test_the_list_of_a_first_live_run_says_why(shop: Path, mail: MailServer) -> None:
    with station(shop, live(shop, mail), TODAY) as at:
        steps = document(TODAY, all_waiting(at), "listed")["steps"]
    assert {one["why"] for one in steps} == {"on the first live run a person approves everything"}
