"""What exports showed is remembered once, as changes; what was said under former ids counts."""

from collections.abc import Iterator
from datetime import date

import pytest
from journals import DAY, SEVEN, Desk, notice

from remindr.journal.sightings import ExportSeen, Remembered

EARLIER = date(2026, 11, 13)
FACTS = ("2026-09-20", "2026-10-20", "120.0000", "GBP", "120.0000")


def row(
    invoice_id: str, opened: date = EARLIER, closed: date | None = None, how: str | None = None
) -> tuple[str | None, ...]:
    return ("C1", invoice_id, opened.isoformat(), None if closed is None else closed.isoformat(), how, *FACTS)


def remember(desk: Desk, day: date, *new: tuple[str | None, ...], gone: tuple[tuple[str, str, str], ...] = ()) -> None:
    desk.journal.remember(ExportSeen(day, len(new), gone, new, ()), at=SEVEN)


def test_nothing_is_remembered_at_first(desk: Desk) -> None:
    assert desk.journal.exports() == []
    assert desk.journal.sightings(closed_since=None) == []
    assert desk.journal.remembered() == Remembered(0, None, None, 0, 0, 0)


def test_a_sighting_is_told_as_one_text(desk: Desk) -> None:
    remember(desk, EARLIER, row("INV-1"))
    desk.reopen()
    assert desk.journal.exports() == [EARLIER]
    assert desk.journal.sightings(closed_since=None) == [
        "\x1f".join(("C1", "INV-1", "2026-11-13", "", "", *FACTS)),
    ]


def test_only_what_changed_is_replaced(desk: Desk) -> None:
    remember(desk, EARLIER, row("INV-1"), row("INV-2"))
    remember(desk, DAY, row("INV-1", EARLIER, DAY, "settled"), gone=(("C1", "INV-1", "2026-11-13"),))
    told = sorted(text.split("\x1f")[1:5] for text in desk.journal.sightings(closed_since=None))
    assert told == [["INV-1", "2026-11-13", "2026-11-20", "settled"], ["INV-2", "2026-11-13", "", ""]]
    assert desk.journal.remembered() == Remembered(2, EARLIER, DAY, 2, 1, 0)


def test_what_is_over_and_settled_can_be_left_out(desk: Desk) -> None:
    remember(desk, DAY, row("A", EARLIER, EARLIER, "settled"), row("B", EARLIER, EARLIER, "missing"), row("C"))
    told = desk.journal.sightings(closed_since=DAY)
    assert sorted(text.split("\x1f")[1] for text in told) == ["B", "C"]


def test_what_is_missing_counts_as_settled_from_the_next_export_on(desk: Desk) -> None:
    remember(desk, DAY, row("A", EARLIER, DAY, "missing"))
    assert (desk.journal.remembered().settled, desk.journal.remembered().missing) == (0, 1)
    remember(desk, date(2026, 11, 21))
    assert (desk.journal.remembered().settled, desk.journal.remembered().missing) == (1, 0)


def _both(desk: Desk, broken: Iterator[tuple[str | None, ...]]) -> None:
    """One export that is recorded, and one that breaks off."""
    remember(desk, EARLIER, row("INV-1"))
    assert desk.journal.exports() == [EARLIER]
    desk.journal.remember(ExportSeen(DAY, 1, (), broken, ()), at=SEVEN)


def test_nothing_stays_of_what_broke_off(desk: Desk) -> None:
    def broken() -> Iterator[tuple[str | None, ...]]:
        yield row("INV-2")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), desk.journal.together():
        _both(desk, broken())
    assert desk.reopen().exports() == []


def test_what_was_said_under_a_former_id_counts(desk: Desk) -> None:
    desk.send(notice("007", ["0012"]))
    desk.journal.know_formerly({("7", "12"): [("007", "0012")]})
    (contact,) = desk.progress(("7", "12"))["7"].contacts["12"]
    assert (contact.invoice_id, contact.step) == ("12", "first")
    assert desk.progress(("7", "12"))["7"].noticed_today
    assert desk.progress(("7", "12"))["7"].overdue_contact_days == (DAY,)


def test_steps_under_several_ids_come_oldest_first(desk: Desk) -> None:
    desk.send(notice("C1", ["0012"], as_of=EARLIER), as_of=EARLIER)
    desk.send(notice("C1", ["12"], step="second", level=2))
    desk.journal.know_formerly({("C1", "12"): [("C1", "0012")]})
    progress = desk.progress(("C1", "12"))["C1"]
    assert [one.step for one in progress.contacts["12"]] == ["first", "second"]
    assert set(progress.contacts) == {"12"}
    assert progress.overdue_contact_days == (EARLIER, DAY)
