"""No more contacts on a channel than the project wants, beside the limit for all of them together."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cases import FRIDAY, contact, customer, decide, invoice, only, policy, progress
from office import SETTINGS, Office
from projects import starter, write_files

from remindr.model.outcome import Progress
from remindr.model.plan import Notice
from remindr.model.terms import Level

STEPS: list[dict[str, Any]] = [
    {"id": "first", "at": "3 days after due", "by": "preferred", "level": "friendly"},
    {"id": "second", "at": "6 days after due", "by": "preferred", "level": "firm"},
    {"id": "third", "at": "60 days after due", "by": "call", "level": "firm"},
]
CAPS = {"call": "2 contacts in 7 days", "sms": "1 contact in 7 days"}
RINGS = customer(preferred_channel="phone", phone="+442079460001", address="1 Oak Lane")


def ago(days: int) -> date:
    return FRIDAY - timedelta(days)


def after(**channels: tuple[int, ...]) -> Progress:
    """A first step, and contacts on channels so many days ago."""
    days = {name: tuple(ago(one) for one in sorted(told, reverse=True)) for name, told in channels.items()}
    return replace(progress(contact("first", Level.FRIENDLY, ago(9))), channel_days=days)


def notice_after(caps: dict[str, str], before: Progress, steps: Any = STEPS, **who: Any) -> Notice:
    rules = policy(steps, reminding={"at_most": caps})
    found = decide(invoice(due=ago(20)), policy=rules, who=replace(RINGS, **who), after=before).notice
    assert found is not None
    return found


def test_whoever_is_reached_as_they_prefer_is_reached_on_the_next_channel_and_the_notice_says_why() -> None:
    assert notice_after(CAPS, after(call=(8, 6))).channels == ("call",)
    other = notice_after(CAPS, after(call=(6, 5)))
    assert other.channels == ("email",)
    assert other.instead == "2 calls in the last 7 days, so email instead of call"
    by_text = notice_after(CAPS, after(call=(6, 5)), email=None)
    assert by_text.channels == ("sms",)


def test_a_step_that_says_how_waits_until_there_is_room_and_names_the_channel() -> None:
    rules = policy(STEPS[2:], reminding={"at_most": CAPS})
    before = replace(Progress(), channel_days={"call": (ago(6), ago(5))})
    decision = decide(invoice(due=ago(90)), policy=rules, who=RINGS, after=before)
    (reason,) = only(decision).reasons
    assert (reason.code.value, reason.detail, reason.until) == (
        "over_budget", "2 calls in the last 7 days", ago(-1),
    )  # fmt: skip


def test_where_no_other_channel_is_left_the_customer_waits() -> None:
    rules = policy(STEPS, reminding={"at_most": CAPS})
    silent = replace(RINGS, email=None, address=None)
    before = after(call=(6, 5), sms=(3,))
    (reason,) = only(decide(invoice(due=ago(20)), policy=rules, who=silent, after=before)).reasons
    assert (reason.code.value, reason.detail) == ("over_budget", "2 calls in the last 7 days")


def test_the_limit_for_all_stays_beside_them() -> None:
    rules = policy(STEPS, reminding={"at_most": {"all": "1 contact in 30 days", **CAPS}})
    (reason,) = only(decide(invoice(due=ago(20)), policy=rules, who=RINGS, after=after())).reasons
    assert reason.detail == "1 contacts in the last 30 days"


def test_heads_ups_go_whatever_was_said_on_their_channel() -> None:
    steps = [{"id": "heads-up", "at": "5 days before due", "by": "email", "level": "heads-up"}, *STEPS]
    rules = policy(steps, reminding={"at_most": {"email": "1 contact in 30 days"}})
    before = replace(Progress(), channel_days={"email": (ago(10),)})
    assert decide(invoice(due=ago(-3)), policy=rules, after=before).notice is not None


def test_each_message_of_an_invoice_of_its_own_counts_on_the_day_itself() -> None:
    rules = policy(
        [{"id": "first", "at": "3 days after due", "by": "email", "level": "friendly"}],
        reminding={"at_most": {"email": "2 contacts in 7 days"}, "one_message_per": "invoice"},
    )
    three = [invoice(f"INV-{number}", due=ago(20 - number)) for number in range(3)]
    decision = decide(*three, policy=rules, after=replace(Progress(), channel_days={"email": (ago(20),)}))
    assert [one.about for one in decision.notices] == ["INV-0", "INV-1"]
    assert [one.reasons[0].detail for one in decision.skipped] == ["2 e-mails in the last 7 days"]


@pytest.fixture
def office(tmp_path: Path) -> Callable[[str], Office]:
    def make(at_most: str) -> Office:
        settings = SETTINGS + "  wait_between_contacts: 1 day\n" + at_most
        write_files(tmp_path, starter() | {"remindr.yaml": settings})
        return Office(tmp_path)

    return make


def test_runs_remember_what_went_out_on_which_channel(office: Callable[[str], Office]) -> None:
    """The gentle sequence's second step is by preferred, and so is a text; the formal one is an e-mail and waits."""
    here = office("  at_most:\n    email: 1 contact in 30 days\n")
    assert here.run("2026-11-09", A1="1000.00") == {"email": 1}
    told = here.does("preview", "007", on="2026-11-20")
    assert here.run("2026-11-20", A1="1000.00") == {"sms": 1}
    assert "1 e-mail in the last 30 days, so sms instead of email" in told
    assert "1 e-mail in the last 30 days" in here.why_silent("2026-12-07", "A1")
