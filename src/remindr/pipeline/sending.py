"""deliver, where e-mails leave by themselves: one after the other, each with its state in the journal around it.

A claim is durable before any of it; `committing` before an e-mail can no longer be taken back; what became of it before
the next one is begun. What a crash leaves in between is uncertain, and nobody but a person says more.
"""

import signal
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from remindr.channels.transport import Answer, Fate, Transport
from remindr.core.addresses import mailbox, recipient
from remindr.core.noted import note_key
from remindr.journal.claim import recipient_hash
from remindr.model.delivery import EmailDelivery, Smtp
from remindr.model.notes import Note
from remindr.model.outcome import State
from remindr.model.plan import Message, Notice
from remindr.model.policy import Company
from remindr.pipeline.station import Station

TRIES: Final = 5  # an e-mail that is put off so often is not tried again at that address
_IN_A_ROW: Final[Mapping[Fate, float]] = {Fate.REFUSED: 3, Fate.LATER: 10, Fate.UNKNOWN: 2}  # then it is not the e-mail
_LOST_IN_A_ROW: Final = 3
_STATES: Final[Mapping[Fate, State]] = {
    Fate.ACCEPTED: State.SENT,
    Fate.LATER: State.FAILED,
    Fate.REFUSED: State.FAILED,
    Fate.UNKNOWN: State.UNCERTAIN,
    Fate.UNTRIED: State.ABANDONED,
}
_PUT_OFF: Final = "put off: "
_PROGRAM_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail that is ready to leave: its notice, its file in the run's folder, from whom and to which addresses.

    The first address is the customer's, the others get copies; each gets it by itself. With `unseen` ones a program
    sends copies at once, and a refused address may be one of theirs.
    """

    notice: Notice
    file: str
    sender: str
    addresses: tuple[str, ...]
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Unsent:
    """An e-mail that did not go out, or of which nobody knows: to whom, and what the server said."""

    customer_id: str
    customer_name: str
    told: str
    bad_address: bool = False


@dataclass(slots=True)
class Posted:
    """What became of a run's e-mails.

    `failed` are those that the server did not take, `copies` those copies. Of `untried` ones the run stopped before
    their turn, because of `stopped`; they are planned again. `back` are the keys of the notices that did not go out.
    While `on_its_way` one can no longer be taken back, and the journal does not know what became of it.
    """

    sent: int = 0
    failed: list[Unsent] = field(default_factory=list)
    uncertain: list[Unsent] = field(default_factory=list)
    copies: list[Unsent] = field(default_factory=list)
    untried: int = 0
    stopped: str = ""
    back: set[str] = field(default_factory=set)
    on_its_way: bool = False

    @property
    def mailed(self) -> bool:
        """Whether there were any."""
        return bool(self.sent or self.failed or self.uncertain or self.untried)


def transport_of(email: EmailDelivery, company: Company, root: Path) -> Transport:
    """The way that e-mails leave by what the project says."""
    if email.via == "command":
        from remindr.channels.program import ProgramTransport

        patience = (email.smtp or Smtp(host="localhost", tls="none")).answer_within.seconds
        return ProgramTransport(email.command or "", root, patience)
    if email.smtp is None:
        raise ValueError("a project without a mail server was let through")
    from remindr.channels.smtp import SmtpTransport

    return SmtpTransport(email.smtp, root, own_name=mailbox(company.email).rpartition("@")[2])


def mail_of(message: Message, file: str, email: EmailDelivery, company: Company) -> Mail:
    """A message as it leaves; in a rehearsal to one address alone. A program finds all addresses by itself."""
    envelope = message.envelope
    sender = mailbox(envelope.sender.email if envelope.sender else company.email)
    to = mailbox(recipient(message.notice))
    if email.redirect_all_to:
        return Mail(message.notice, file, sender, (mailbox(email.redirect_all_to),))
    copies = (*(one.email for one in envelope.cc), *envelope.bcc)
    if email.via == "command":
        return Mail(message.notice, file, sender, (to,), unseen=bool(copies))
    return Mail(message.notice, file, sender, tuple(dict.fromkeys((to, *copies))))


class PostOffice:
    """Sends a run's e-mails, and writes down what becomes of each."""

    def __init__(self, here: Station, transport: Transport, folder: Path, at: str) -> None:
        """`folder` has the files; `at` is the moment that the journal gets told."""
        self._journal = here.journal
        self._today = here.today
        self._email = here.policy.project.delivery.email
        self._transport = transport
        self._folder = folder
        self._at = at
        self._pace = _Pace(self._email.smtp.per_minute if self._email.smtp else None)
        self._in_a_row = _InARow()
        self._bad: list[Note] = []
        self.posted = Posted()

    def send(self, mails: Sequence[Mail], first: int) -> Posted:
        """Sends them in order; `first` is the number of the first one's delivery, the others follow."""
        number = first
        with _told_to_stop() as stopping:
            for place, mail in enumerate(mails):
                if not self.posted.stopped and not self._pace.wait(stopping):
                    self.posted.stopped = "remindr was told to stop"
                if self.posted.stopped:
                    self._give_up(mails[place:], number)
                    break
                self._send(mail, number)
                number += len(mail.addresses)
        self._mark_addresses()
        return self.posted

    def _send(self, mail: Mail, number: int) -> None:
        answer = self._pass_on(mail, number, mail.addresses[0])
        self._count(mail, answer)
        for place, address in enumerate(mail.addresses[1:], 1):
            self._copy(mail, number + place, address, answer)
        self._stop_if_hopeless(answer)

    def _copy(self, mail: Mail, number: int, address: str, first: Answer) -> None:
        """Sends a copy of what has gone out."""
        if first.fate is not Fate.ACCEPTED:
            self._journal.record(number, State.ABANDONED, at=self._at)
            return
        answer = self._pass_on(mail, number, address)
        if answer.fate is not Fate.ACCEPTED:
            customer = mail.notice.customer
            self.posted.copies.append(Unsent(customer.id, customer.name, answer.told))

    def _pass_on(self, mail: Mail, number: int, address: str) -> Answer:
        def commit() -> None:
            self._journal.record(number, State.COMMITTING, at=self._at)
            self.posted.on_its_way = True

        answer = self._transport.send(self._folder / mail.file, mail.sender, address, commit)
        state = _STATES[answer.fate]
        if state is State.ABANDONED and self.posted.on_its_way:
            state = State.FAILED
        detail = f"{_PUT_OFF if answer.fate is Fate.LATER else ''}{answer.code}"
        self._journal.record(number, state, at=self._at, detail=detail)
        self.posted.on_its_way = False
        return answer

    def _count(self, mail: Mail, answer: Answer) -> None:
        customer, posted = mail.notice.customer, self.posted
        unsent = Unsent(customer.id, customer.name, answer.told)
        if answer.fate is Fate.ACCEPTED:
            posted.sent += 1
            return
        if answer.fate is Fate.UNKNOWN:
            posted.uncertain.append(unsent)
            return
        posted.back.add(mail.notice.key)
        if answer.fate is Fate.UNTRIED:
            posted.untried += 1
            return
        bad = (answer.bad_address and not mail.unseen) or (answer.fate is Fate.LATER and self._tries(mail) >= TRIES)
        if bad and not self._email.redirect_all_to:
            self._bad.append(self._wrong_address(mail, answer))
        posted.failed.append(replace(unsent, bad_address=bad))

    def _tries(self, mail: Mail) -> int:
        """How often this was put off, this time included."""
        invoice = mail.notice.taken[0].invoice if mail.notice.taken else None
        if invoice is None:
            return 1
        return self._journal.times_put_off(invoice.customer_id, invoice.id, mail.notice.key, _PUT_OFF)

    def _wrong_address(self, mail: Mail, answer: Answer) -> Note:
        note = Note(
            key="", on=self._today, customer_id=mail.notice.customer.id, invoice_id="", kind="wrong-address",
            by="the mail server", text=answer.code, subject=f"email {recipient_hash(mail.addresses[0])}",
        )  # fmt: skip
        return replace(note, key=note_key(note))

    def _stop_if_hopeless(self, answer: Answer) -> None:
        """Stops where it is not the e-mail: then nothing that was refused last says anything of its address either."""
        times = self._in_a_row.count(answer)
        if answer.stop:
            self.posted.stopped = answer.told
        elif times >= self._bearable(answer):
            self.posted.stopped = f"{times} e-mails in a row had the same answer: {answer.told}"
            if answer.bad_address:
                del self._bad[-times:]

    def _bearable(self, answer: Answer) -> float:
        """How often in a row an answer stops the run.

        That an address is unknown is about that address, unless a server that says no more than 550 has taken nothing.
        """
        if answer.bad_address and (" " in answer.code or self.posted.sent):
            return inf
        return _LOST_IN_A_ROW if answer.code == "lost" else _IN_A_ROW.get(answer.fate, inf)

    def _give_up(self, mails: Sequence[Mail], first: int) -> None:
        """What was claimed and not begun is free to be planned again."""
        with self._journal.together():
            for number in range(first, first + sum(len(mail.addresses) for mail in mails)):
                self._journal.record(number, State.ABANDONED, at=self._at)
        self.posted.untried += len(mails)
        self.posted.back.update(mail.notice.key for mail in mails)

    def _mark_addresses(self) -> None:
        """Notes the addresses that nothing can reach: the next run takes another channel."""
        if self._bad:
            self._journal.note(self._bad, at=self._at)


class _InARow:
    """How often the same answer came, one after the other."""

    def __init__(self) -> None:
        self._last: tuple[Fate, str] | None = None
        self._times = 0

    def count(self, answer: Answer) -> int:
        """How often with this one."""
        same = answer.fate, answer.code
        self._times = self._times + 1 if same == self._last else 1
        self._last = same
        return self._times


class _Pace:
    """Waits so that no more than so many e-mails leave in a minute."""

    def __init__(self, per_minute: int | None) -> None:
        self._seconds = 60 / per_minute if per_minute else 0.0
        self._next = 0.0

    def wait(self, stopping: "_Stopping") -> bool:
        """Waits for the next one's turn; False if we are told to stop meanwhile."""
        now = monotonic()
        if self._seconds:
            stopping.wait(self._next - now)
        self._next = max(now, self._next) + self._seconds
        return not stopping.told


class _Stopping:
    """Whether we are told to stop. A signal may come at any moment, so this takes no lock, as an event would."""

    def __init__(self) -> None:
        self.told = False

    def tell(self, *_: object) -> None:
        self.told = True

    def wait(self, seconds: float) -> None:
        """Waits so long, or until told."""
        until = monotonic() + seconds
        while not self.told and (left := until - monotonic()) > 0:
            sleep(min(left, _A_WHILE))


_A_WHILE: Final = 0.2  # seconds until a signal is noticed
_STOPPING: Final = ("SIGTERM", "SIGINT", "SIGHUP")


@contextmanager
def _told_to_stop() -> Iterator[_Stopping]:
    """A while in which a signal to end waits until the e-mail in hand is done with."""
    stopping = _Stopping()
    known = [getattr(signal, name) for name in _STOPPING if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        yield stopping
        return
    before = {number: signal.signal(number, stopping.tell) for number in known}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def by_channel(messages: Counter[str], posted: Posted, notices: Mapping[str, Sequence[str]]) -> Counter[str]:
    """How many messages went out, by channel, of those that were to; `notices` are the channels by key."""
    went = Counter(messages)
    for key in posted.back:
        went.subtract(channel for channel in notices.get(key, ()) if channel != "email")
    went["email"] = posted.sent
    return Counter({channel: count for channel, count in went.items() if count})
