"""What one would rather not have sent: judged by what is known now of what came after a notice."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from messages import customer, line, notice

from remindr.core.replay import SHOWN, Later, Replay, cause_words, causes_words, regret
from remindr.model.plan import Notice
from remindr.model.terms import Level

DAY = date(2026, 5, 18)


def sent(level: Level, *, who: str = "C1") -> Notice:
    written = notice(line("INV-1", "100.00", days=10), who=customer(id=who))
    return replace(written, level=level, as_of=DAY)


def settled(days: int, one: Notice) -> Later:
    invoice = one.invoices[0].invoice
    return Later({(invoice.customer_id, invoice.id): DAY + timedelta(days)}, {})


@pytest.mark.parametrize(
    ("level", "days", "cause"),
    [
        (Level.FRIENDLY, 1, "crossed"),
        (Level.FRIENDLY, 3, "crossed"),
        (Level.FRIENDLY, 4, None),
        (Level.FIRM, 1, "hard"),
        (Level.FORMAL, 0, "hard"),
        (Level.FIRM, 2, "crossed"),
        (Level.HEADS_UP, 1, None),
    ],
)
def test_a_payment_soon_after_is_regretted_by_level_and_day(level: Level, days: int, cause: str | None) -> None:
    one = sent(level)
    found = regret(one, settled(days, one))
    assert (found.cause if found else None) == cause


def test_a_customer_with_a_dispute_now_should_not_have_been_reminded() -> None:
    one = sent(Level.FRIENDLY)
    found = regret(one, Later({}, {"C1": "INV-9"}))
    assert found
    assert cause_words(found) == "they dispute INV-9 now"
    assert regret(one, Later({}, {"C2": "INV-9"})) is None


def test_all_are_counted_and_the_worst_are_kept_first() -> None:
    replay = Replay(DAY, DAY)
    for number in range(SHOWN + 5):
        one = sent(Level.FRIENDLY, who=f"C{number}")
        replay.add(one, settled(2, one))
    firm = sent(Level.FIRM)
    replay.add(firm, settled(1, firm))
    assert (replay.notices, replay.regretted, len(replay.worst)) == (SHOWN + 6, SHOWN + 6, SHOWN)
    assert cause_words(replay.worst[0]) == "INV-1 was paid the next day"
    assert causes_words(replay.causes) == (
        "1 spoke firmly to somebody who paid by the next day, 25 crossed with a payment of the 3 days after"
    )
