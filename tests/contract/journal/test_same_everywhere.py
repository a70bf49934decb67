"""A journal on a server says word for word what one in a file says, whatever it is asked."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from journals import DAY, LOCATION, SEVEN, Desk, line, notice
from postgres import Server

from remindr.core.rests import Rest, RestChanges, RestKey
from remindr.errors import Refused
from remindr.journal.database import open_journal
from remindr.journal.journal import Journal
from remindr.journal.sightings import ExportSeen
from remindr.model.approvals import Approval, Bound
from remindr.model.notes import Note, Part
from remindr.model.outcome import State
from remindr.model.plan import FollowUp

if TYPE_CHECKING:
    from pathlib import Path

LATER, TUESDAY = DAY + timedelta(1), DAY + timedelta(4)
EIGHT = "2026-11-21T08:00:00Z"
FACTS = ("2026-09-20", "2026-10-20", "120.0000", "GBP", "120.0000")
FLAG = ("turning_late", "C1", "")
NOTHING: dict[str, Any] = {"failed": 0, "uncertain": 0, "held": 0, "skipped": 0}
KEYS = [("C1", "INV-1"), ("C1", "INV-2"), ("c2", "0007"), ("C3", "Größe '%s' %(x)s \\ \" ?"), ("7", "12")]


def note(key: str, kind: Any, **more: Any) -> Note:
    return Note(**{"key": key, "on": DAY, "customer_id": "C1", "invoice_id": "", "kind": kind, "by": "Ada", **more})


def two_days(desk: Desk) -> None:
    """What two days of runs and people leave in a journal."""
    journal = desk.journal
    rest = Rest(RestKey("C1", "INV-2", "dispute"), DAY)
    sightings = [(*key, DAY.isoformat(), None, None, *FACTS) for key in KEYS]
    identity = ("7", "12", "007", "0012", DAY.isoformat())
    with journal.together():
        journal.remember(ExportSeen(DAY, 5, (), sightings, [identity], RestChanges(new=(rest,))), at=SEVEN)
        journal.remember_owed(DAY, {"p1": Decimal("120.10")})
    call = FollowUp("call", TUESDAY, "call/C1", "first")
    also: dict[str, Any] = {"also_due": (line("C1", "INV-2", "first", 1),), "also_open": (line("C1", "X", None, None),)}
    desk.send(
        notice("C1", follow_ups=(call,), respond_by=TUESDAY, **also),
        notice("c2", ["0007"], step="ring", level=2, channels=("call", "email")),
        notice(*("C3", [KEYS[3][1]]), purpose="thank_you", about="7"),
        notice("007", ["0012"]),
    )
    journal.finish_run(f"{DAY}-1", at=SEVEN, sent={"email": 3, "call": 1}, **NOTHING, flags=[FLAG])
    promise = note(
        "p1", "promise", parts=(Part(TUESDAY, Decimal("20.10")),), currency="GBP", covers={"INV-1": Decimal(9)}
    )
    ack, hold, called = note("a", "ack", subject="turning_late"), note("h", "hold", until=LATER), note("k", "called")
    stored = journal.note([promise, ack, hold, called, note("p1", "promise")], at=EIGHT)
    journal.take_back(stored[2], on=LATER, by="Bea", at=EIGHT)
    journal.back_up(LATER)
    bound = Bound("steady", "second", 0, "mark", "GBP 120.00", "mark")
    journal.approve([Approval("C1", "INV-1", bound, DAY, "Ada", "yes", TUESDAY)], at=EIGHT)
    journal.approve([Approval("c2", "0007", bound, LATER, "Ada", "no")], at=EIGHT)
    gone = (("C1", "INV-1", DAY.isoformat()),)
    settled = ("C1", "INV-1", DAY.isoformat(), LATER.isoformat(), "settled", *FACTS)
    ended = RestChanges(gone=(rest,), new=(Rest(rest.key, DAY, LATER),))
    journal.remember(ExportSeen(LATER, 4, gone, [settled], [], ended), at=EIGHT)
    with pytest.raises(Refused, match="already has this notice"):
        desk.claim(notice(as_of=LATER), as_of=LATER)
    desk.settle(desk.claim(notice("C9", as_of=LATER), as_of=LATER), State.ABANDONED)
    desk.send(notice("C1", ["INV-2"], step="second", level=2, as_of=LATER), as_of=LATER)
    journal.begin(desk.start(LATER), at=EIGHT)
    journal.finish_run(f"{LATER}-3", at=EIGHT, sent={}, **NOTHING, flags=[FLAG, ("x", "C1", "INV-1")])
    desk.settle(desk.claim(notice("C8", as_of=LATER), as_of=LATER), State.COMMITTING)
    one = next(found for found in journal.written(f"{DAY}-1") if found.customer_id == "007")
    journal.end_discard(journal.begin_discard(f"{DAY}-1", one.number, on=LATER, by="Bea", text="", at=EIGHT), at=EIGHT)
    journal.begin_discard(f"{LATER}-2", None, on=LATER, by="Bea", text="wrong file", at=EIGHT)
    desk.settle(desk.claim(notice("C7", as_of=LATER), as_of=LATER), State.COMMITTING, State.UNCERTAIN)
    put_off = desk.claim(notice("C6", as_of=LATER), as_of=LATER)
    journal.record(put_off, State.FAILED, at=EIGHT, detail="put off: 421 100%_busy")
    journal.seal(at=EIGHT)
    journal.know_formerly({("7", "12"): [("007", "0012")]})


ASKED: dict[str, Callable[[Journal], Any]] = {
    "last_run": lambda journal: journal.last_run(),
    "has_delivered": lambda journal: journal.has_delivered(),
    "next_run_id": lambda journal: journal.next_run_id(LATER),
    "highest_as_of": lambda journal: journal.highest_as_of(),
    "unfinished": lambda journal: journal.unfinished(),
    "in_doubt": lambda journal: journal.in_doubt(),
    "restored": lambda journal: [journal.restored()],
    "notices_by_day": lambda journal: journal.notices_by_day(LATER, 5),
    "days_put_off": lambda journal: journal.days_put_off("C6", "INV-1", "C6/INV-1/first"),
    "flags_raised": lambda journal: journal.flags_raised(),
    "flags_since": lambda journal: journal.flags_since(),
    "progress": lambda journal: journal.progress(KEYS, today=LATER, contacts_since=date(2026, 8, 22)),
    "calls_on": lambda journal: journal.calls_on(DAY),
    "reminded_on": lambda journal: in_order(journal.reminded_on(DAY)),
    "channel_days": lambda journal: journal.channel_days(DAY),
    "run_days": lambda journal: journal.run_days(DAY),
    "exports": lambda journal: journal.exports(),
    "sightings": lambda journal: in_order(journal.sightings(closed_since=None) + journal.sightings(closed_since=LATER)),
    "identities": lambda journal: in_order(journal.identities()),
    "rests": lambda journal: in_order(journal.rests(ended_since=DAY)),
    "listed_calls": lambda journal: journal.listed_calls(since=DAY, today=LATER),
    "whose": lambda journal: journal.whose(["7"]),
    "past": lambda journal: [journal.past(journal.whose([customer]), LATER) for customer, _ in KEYS],
    "called": lambda journal: [journal.called(word) for word in ("C1", "C2", "c2", "7", "INV-1", "inv-1", "nobody")],
    "notes": lambda journal: [journal.notes(DAY), journal.notes(LATER)],
    "approvals": lambda journal: [journal.approvals(DAY), journal.approvals(LATER)],
    "written": lambda journal: [journal.written(), journal.written(f"{DAY}-1"), journal.written(key="C1/INV-1/first")],
    "built_on": lambda journal: in_order(journal.built_on(journal.written(f"{DAY}-1"))),
    "begun_discards": lambda journal: journal.begun_discards(),
    "has_run": lambda journal: [journal.has_run(f"{DAY}-1"), journal.has_run(f"{DAY}-9")],
    "recent_runs": lambda journal: journal.recent_runs(3),
    "ended": lambda journal: in_order(list(journal.ended([f"{DAY}-1", f"{LATER}-1", f"{LATER}-9"]))),
    "keys_of": lambda journal: in_order(list(journal.keys_of(["C1", "007"]))),
    "promised_owed": lambda journal: journal.promised_owed(),
    "acknowledged": lambda journal: journal.acknowledged(LATER),
    "remembered": lambda journal: journal.remembered(),
}
CHANGES = {
    "begin", "claim", "record", "finish_run", "know_formerly", "note", "take_back", "approve", "begin_discard",
    "end_discard", "remember_owed", "remember", "together", "seal", "close", "forget", "back_up",
}  # fmt: skip


def in_order(found: list[Any]) -> list[Any]:
    """What is promised in no order, in one."""
    return sorted(found, key=repr)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, postgres_server: Server) -> Iterator[tuple[Journal, Journal]]:
    """A journal in a file and one on a server, after the same two days."""
    with ExitStack() as stack:
        desks = []
        for place in (LOCATION, postgres_server.new_journal()):
            root: Path = tmp_path_factory.mktemp("project")
            desks.append(Desk(root, stack.enter_context(open_journal(place, root, create=True)), place))
        for desk in desks:
            two_days(desk)
        yield desks[0].journal, desks[1].journal


@pytest.mark.parametrize("question", ASKED)
def test_a_server_answers_what_a_file_answers(both: tuple[Journal, Journal], question: str) -> None:
    in_file, on_server = both
    answer = ASKED[question](in_file)
    assert answer
    assert ASKED[question](on_server) == answer


def test_every_method_of_a_journal_is_tried() -> None:
    public = {name for name, _ in inspect.getmembers(Journal, inspect.isfunction) if not name.startswith("_")}
    assert public == {*ASKED, *CHANGES}
