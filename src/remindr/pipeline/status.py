"""How a project stands: what the last run did, what waits for a person, what comes next. One load, one plan."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from remindr.core.attention import command_for
from remindr.core.rests import RestKey
from remindr.errors import Problem
from remindr.journal.flags import FlagKey
from remindr.journal.lock import who_works
from remindr.journal.records import RunRecord
from remindr.model.approvals import Waiting
from remindr.model.book import Quarantined
from remindr.model.notes import NOTHING_NOTED, Promise
from remindr.model.outcome import Cause, Contact, State
from remindr.model.plan import Blocker, Flag, Skipped
from remindr.model.policy import Policy
from remindr.pipeline.approving import all_waiting
from remindr.pipeline.calls import Call, calls_today
from remindr.pipeline.guarded import refused_by, unusual
from remindr.pipeline.plan import Decided, Held, decisions, flag_key

if TYPE_CHECKING:
    from remindr.pipeline.station import Station

SOON = timedelta(days=7)
_ASKING = ("promise_not_accepted", Blocker.NEEDS_APPROVAL.value)  # flags of what waits for a word: told once, as that
_CAUSES: Mapping[Blocker, Cause] = {Blocker.DISPUTED: "dispute", Blocker.ON_HOLD: "hold"}
_Rest = tuple[Blocker, str, str]  # what, whose, and the detail
_NAMES = "SELECT customer_id, name FROM customers WHERE list_contains(CAST($customers AS VARCHAR[]), customer_id)"


@dataclass(frozen=True, slots=True)
class Raised:
    """A flag that nobody has acknowledged; `since` is the day of the run that raised it, None if none has yet."""

    flag: Flag
    since: date | None

    @property
    def order(self) -> tuple[str, int, str, str]:
        """By code, and then the newest first."""
        flag = self.flag
        return flag.code, -(self.since or date.max).toordinal(), flag.customer_id, flag.invoice_id or ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A step or a promise that waits for a person's word; `since` is the day of the run that raised it, if one has."""

    waiting: Waiting
    since: date | None

    @property
    def code(self) -> str:
        """The flag that it raises; for nothing else does it stand among the flags."""
        return "promise_not_accepted" if self.waiting.promise else Blocker.NEEDS_APPROVAL.value


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A notice of which nobody knows whether it went out; the invoices are those that wait for it."""

    key: str
    customer_id: str
    on: date
    step: str
    invoices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resting:
    """A dispute, or a hold without an end: invoices of a customer that rest until a person says otherwise.

    `since` is the day of the first export that showed it; None for what somebody noted, which `detail` dates. `command`
    ends a noted one, and tells more of one that the exports show.
    """

    code: Blocker
    customer_id: str
    invoices: tuple[str, ...]
    detail: str
    since: date | None
    command: str


@dataclass(frozen=True, slots=True)
class Status:
    """How a project stands at T. `last` is None before the first run; `at_work` says who works on it if it goes on.

    `sends` is what a run would write now, by channel; `next_contact` the first day after T on which something could go
    out, about so many `next_invoices`, None if nothing will. `rests` is what a person has refused, `resting` what is
    disputed or on hold. `names` has every customer who is mentioned.
    """

    today: date
    exported_on: date
    last: RunRecord | None
    at_work: str | None
    refused: tuple[Problem, ...]
    flags: tuple[Raised, ...]
    asked: tuple[Asked, ...]
    rests: tuple[Waiting, ...]
    unreadable: tuple[Quarantined, ...]
    held: tuple[Held, ...]
    uncertain: tuple[Uncertain, ...]
    promises: tuple[Promise, ...]
    resting: tuple[Resting, ...]
    calls: tuple[Call, ...]
    sends: Mapping[str, int]
    next_contact: date | None
    next_invoices: int
    names: Mapping[str, str]

    @property
    def interrupted(self) -> bool:
        """Whether the last run never came to its end, and is not about to."""
        return self.last is not None and self.last.finished_at is None and self.at_work is None

    @property
    def person_needed(self) -> bool:
        """Whether something waits for somebody's decision; calls and promises to come are the day's work."""
        waits = (self.refused, self.flags, self.asked, self.unreadable, self.held, self.uncertain)
        return self.interrupted or any(waits)


@dataclass(slots=True)
class _Seen:
    """What the day's decisions leave for the status, while they go by; words are kept of calls alone."""

    flags: list[Flag] = field(default_factory=list)
    steps: list[Waiting] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    calling: list[Decided] = field(default_factory=list)
    sends: Counter[str] = field(default_factory=Counter)
    notices: int = 0
    days: Counter[date] = field(default_factory=Counter)
    at_rest: dict[_Rest, list[str]] = field(default_factory=dict)

    def add(self, decided: Decided) -> None:
        self.flags += [flag for flag in decided.flags if flag.code not in _ASKING]
        for one in decided.skipped:
            self._leave(one)
        if decided.held:
            self.held.append(decided.held)
        if decided.notice:
            self.notices += 1
            self.sends.update(decided.notice.channels)
            if decided.notice.channels[0] == "call":
                self.calling.append(decided)

    def _leave(self, one: Skipped) -> None:
        if one.next_contact:
            self.days[one.next_contact] += 1
        if one.waiting:
            self.steps.append(one.waiting)
        for reason in one.reasons:
            if reason.until is None and reason.code in _CAUSES:
                self.at_rest.setdefault((reason.code, one.customer_id, reason.detail), []).append(one.invoice_id)


def status(at: "Station") -> Status:
    """How the project stands at the station's day."""
    seen = _Seen()
    for decided in decisions(at):
        seen.add(decided)
    volume = unusual(at, seen.notices)
    refused = (*refused_by(at), *([volume] if volume else ()))
    since = at.journal.flags_since()
    raised = [Raised(flag, since.get(flag_key(flag))) for flag in seen.flags]
    flags = sorted(raised, key=lambda one: one.order)
    waiting = all_waiting(at, seen.steps)
    asked = (Asked(one, since.get(_key(one))) for one in waiting if not one.refused)
    uncertain = tuple(_uncertain(at, seen.flags))
    promises = _due(at)
    resting = tuple(_resting(at, seen.at_rest))
    calls = tuple(calls_today(at, seen.calling))
    last = at.journal.last_run()
    first = min((day for day in seen.days if day > at.today), default=None)
    mentioned = (
        *(flag.customer_id for flag in seen.flags),
        *(one.customer_id for one in waiting),
        *(one.customer_id for one in uncertain),
        *(one.note.customer_id for one in promises),
        *(one.customer_id for one in resting),
    )
    return Status(
        today=at.today,
        exported_on=at.book.exported_on,
        last=last,
        at_work=at_work(last, at.root, at.policy),
        refused=refused,
        flags=tuple(flags),
        asked=tuple(asked),
        rests=tuple(one for one in waiting if one.refused),
        unreadable=at.book.quarantined,
        held=tuple(seen.held),
        uncertain=uncertain,
        promises=promises,
        resting=resting,
        calls=calls,
        sends=dict(seen.sends),
        next_contact=first,
        next_invoices=seen.days[first] if first else 0,
        names=_names(at, mentioned),
    )


def at_work(last: RunRecord | None, root: Path, policy: Policy) -> str | None:
    """Who is at work while the last run is not at its end, in words; None if nobody is, or if it is at its end."""
    if last is None or last.finished_at is not None:
        return None
    holder = who_works(root, policy.project.journal_in_use)
    return holder.told if holder and holder.work in ("run", "") else None


def _key(one: Waiting) -> FlagKey:
    """By what the journal knows the flag of it."""
    return Asked(one, None).code, one.customer_id, one.invoice_id


def _uncertain(at: "Station", flags: Iterable[Flag]) -> Iterator[Uncertain]:
    """The notices because of which invoices are in doubt, the oldest first."""
    found: dict[tuple[str, str], list[Contact]] = defaultdict(list)
    for flag in flags:
        if flag.code == Blocker.IN_DOUBT and flag.invoice_id and (progress := at.progress.get(flag.customer_id)):
            for contact in progress.contacts.get(flag.invoice_id, ()):
                if contact.state is State.UNCERTAIN:
                    found[flag.customer_id, contact.notice_key].append(contact)
    for (customer_id, key), contacts in sorted(found.items(), key=lambda one: (one[1][0].on, one[0])):
        first = contacts[0]
        step = f"{first.sequence}/{first.step}"
        yield Uncertain(key, customer_id, first.on, step, tuple(one.invoice_id for one in contacts))


def _due(at: "Station") -> tuple[Promise, ...]:
    """The promises of which a part is to be paid within a week, the soonest first."""
    found = [
        promise
        for noted in at.notebook.noted.values()
        for promise in noted.promises
        if promise.standing == "open" and promise.part.on <= at.today + SOON
    ]
    return tuple(sorted(found, key=lambda one: (one.part.on, one.note.customer_id)))


def _resting(at: "Station", found: Mapping[_Rest, Sequence[str]]) -> Iterator[Resting]:
    """Disputes first, by customer."""
    shown = {one.key: one.since for one in at.learned.compared.rests if one.until is None}
    for (code, customer_id, detail), invoices in sorted(found.items()):
        noted = _noted_about(at, customer_id, detail)
        if noted is not None:
            since, command = None, command_for(code, customer_id, noted)
        else:
            keys = (RestKey(customer_id, about, _CAUSES[code]) for about in (*invoices, ""))
            since = min((shown[key] for key in keys if key in shown), default=None)
            command = command_for("", customer_id, invoices[0] if len(invoices) == 1 else None)
        yield Resting(code, customer_id, tuple(invoices), detail, since, command)


def _noted_about(at: "Station", customer_id: str, detail: str) -> str | None:
    """The invoice of the note that lets something rest, empty for the whole customer; None if the exports do."""
    resting = at.notebook.noted.get(customer_id, NOTHING_NOTED).resting
    return next((about for about, every in resting.items() if any(one.detail == detail for one in every)), None)


def _names(at: "Station", customers: Iterable[str]) -> dict[str, str]:
    wanted = sorted(set(customers))
    return dict(at.book.connection.execute(_NAMES, {"customers": wanted}).fetchall()) if wanted else {}
