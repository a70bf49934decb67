"""Whatever runs do and wherever they die, the journal says what a plain list of everything done would say."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from journals import LOCATION, SEVEN, Desk, line, notice

from remindr.errors import Refused
from remindr.journal.database import open_journal
from remindr.model.outcome import Contact, Progress, State
from remindr.model.plan import Notice

START = date(2026, 3, 2)
CUSTOMERS = ["C1", "C2", "C 3'\"%?"]
INVOICES = ["007", "7", "Ä/ß"]
STEPS = [("soon", 0), ("first", 1), ("formal", 3)]
OPEN = [(customer, invoice) for customer in CUSTOMERS for invoice in INVOICES]
UNDELIVERED = {State.FAILED, State.ABANDONED}
AFTER = {
    State.CLAIMED: {State.COMMITTING, State.FAILED, State.ABANDONED, State.UNCERTAIN},
    State.COMMITTING: {State.SENT, State.FAILED, State.UNCERTAIN},
    State.UNCERTAIN: {State.SENT, State.FAILED},
}


@dataclass
class Delivery:
    """One entry of the plain list: a delivery, where it stands and what is in it."""

    run_id: str
    state: State
    notices: list[Notice]


def covering(customer: str, invoices: list[str], step: tuple[str, int], purpose: str, day: date) -> Notice:
    """A notice led by the first invoice; the second is also due, the third only open."""
    leading, second, third = invoices[0], invoices[1:2], invoices[2:3]
    name, level = step
    return notice(
        customer,
        [leading],
        step=name,
        level=level,
        as_of=day,
        purpose=purpose,
        key=f"{purpose}/{customer}/{leading}/{name}",
        also_due=tuple(line(customer, number, "first", 1) for number in second),
        also_open=tuple(line(customer, number, None, None) for number in third),
        respond_by=day + timedelta(days=7) if level == 3 else None,
    )


class JournalMachine(RuleBasedStateMachine):
    """Runs that claim, commit, fail, die and start again."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.desk = Desk(Path(self.folder.name), open_journal(LOCATION, Path(self.folder.name), create=True))
        self.day = START
        self.deliveries: list[Delivery] = []
        self.runs: list[tuple[str, date]] = []

    def teardown(self) -> None:
        self.desk.journal.close()
        self.folder.cleanup()

    def in_force(self) -> Iterator[tuple[Delivery, Notice]]:
        for delivery in self.deliveries:
            if delivery.state not in UNDELIVERED:
                for one in delivery.notices:
                    yield delivery, one

    @initialize(since=st.integers(0, 20))
    def choose_window(self, since: int) -> None:
        self.window = timedelta(days=since)

    @rule(days=st.integers(1, 9))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule()
    def the_next_command_opens_it(self) -> None:
        self.desk.reopen()

    @rule()
    def a_run_has_nothing_to_say(self) -> None:
        start = self.desk.start(self.day)
        self.desk.journal.begin(start, at=SEVEN)
        self.runs.append((start.run_id, self.day))

    @rule(
        chosen=st.lists(
            st.tuples(
                st.sampled_from(CUSTOMERS),
                st.permutations(INVOICES).flatmap(lambda some: st.integers(1, 3).map(lambda many: some[:many])),
                st.sampled_from(STEPS),
                st.sampled_from(["reminder", "reminder", "thank_you"]),
            ),
            min_size=1,
            max_size=3,
        )
    )
    def a_run_claims(self, chosen: list[tuple[str, list[str], tuple[str, int], str]]) -> None:
        notices = [covering(*one, self.day) for one in chosen]
        held = [one for _, one in self.in_force()] + notices
        keys = [one.key for one in held]
        days = [(one.customer.id, one.as_of, one.purpose) for one in held]
        run_id = self.desk.journal.next_run_id(self.day)
        try:
            self.desk.claim(*notices, as_of=self.day)
        except Refused:
            assert len(set(keys)) < len(keys) or len(set(days)) < len(days)
        else:
            assert len(set(keys)) == len(keys)
            assert len(set(days)) == len(days)
            self.deliveries.append(Delivery(run_id, State.CLAIMED, notices))
            self.runs.append((run_id, self.day))

    @precondition(lambda self: self.deliveries)
    @rule(data=st.data(), state=st.sampled_from(State))
    def a_delivery_moves_on(self, data: st.DataObject, state: State) -> None:
        number = data.draw(st.integers(max(0, len(self.deliveries) - 3), len(self.deliveries) - 1))
        delivery = self.deliveries[number]
        try:
            self.desk.settle(number + 1, state)
        except Refused:
            assert state not in AFTER.get(delivery.state, set())
        else:
            assert state in AFTER.get(delivery.state, set())
            delivery.state = state

    @invariant()
    def it_knows_what_was_left_behind(self) -> None:
        left = [(one.delivery_id, one.run_id, one.state) for one in self.desk.journal.unfinished()]
        assert left == [
            (number, one.run_id, one.state)
            for number, one in enumerate(self.deliveries, 1)
            if one.state in {State.CLAIMED, State.COMMITTING}
        ]

    @invariant()
    def it_knows_its_runs(self) -> None:
        last = self.desk.journal.last_run()
        assert (last and (last.run_id, last.as_of)) == (self.runs[-1] if self.runs else None)
        assert self.desk.journal.highest_as_of() == max((day for _, day in self.runs), default=None)
        assert len({run_id for run_id, _ in self.runs}) == len(self.runs)

    @invariant()
    def it_knows_what_was_said(self) -> None:
        since = self.day - self.window
        contacts: dict[str, dict[str, list[Contact]]] = defaultdict(lambda: defaultdict(list))
        days: dict[str, list[date]] = defaultdict(list)
        today: set[str] = set()
        for delivery, one in self.in_force():
            customer, overdue = one.customer.id, one.purpose == "reminder" and (one.level > 0 or one.also_due)
            days[customer] += [one.as_of] if overdue and one.as_of >= since else []
            today |= {customer} if one.as_of == self.day else set()
            for told in (*one.invoices, *one.also_due):
                number, step, level = told.invoice.id, told.step or "", told.level or 0
                contacts[customer][number].append(
                    Contact(number, "steady", step, level, one.as_of, 0, one.respond_by, one.key, delivery.state)
                )
        known = self.desk.progress(*OPEN, today=self.day, since=since)
        for customer in CUSTOMERS:
            found = known.get(customer, Progress())
            assert {number: set(steps) for number, steps in found.contacts.items()} == {
                number: set(steps) for number, steps in contacts[customer].items()
            }
            assert all(list(steps) == sorted(steps, key=lambda step: step.on) for steps in found.contacts.values())
            assert found.overdue_contact_days == tuple(sorted(days[customer]))
            assert found.noticed_today == (customer in today)


JournalMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestJournal = JournalMachine.TestCase
