"""deliver, where e-mails leave by themselves: one after the other, each with its state in the journal around it.

A claim is durable before any of it; `committing` before an e-mail can no longer be taken back; what became of it before
the next one is begun. What a crash leaves in between is uncertain, and nobody but a person says more.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Final

from remindr.channels.transport import Answer, Fate, Transport
from remindr.core.addresses import mailbox, recipient
from remindr.core.noted import note_key
from remindr.journal.claim import recipient_hash
from remindr.model.delivery import EmailDelivery, Smtp
from remindr.model.notes import Note
from remindr.model.outcome import PUT_OFF, State
from remindr.model.plan import ChannelName, Message
from remindr.model.policy import Company
from remindr.pipeline.station import Station
from remindr.pipeline.turns import Pace, told_to_stop

DAYS_TRIED: Final = 5  # an e-mail that is put off on so many days is not tried again at that address
_IN_A_ROW: Final[Mapping[Fate, float]] = {Fate.REFUSED: 3, Fate.LATER: 10, Fate.UNKNOWN: 2}  # then it is not the e-mail
_LOST_IN_A_ROW: Final = 3
_UNKNOWN_IN_A_ROW: Final = 10  # addresses, as the server says
_STATES: Final[Mapping[Fate, State]] = {
    Fate.ACCEPTED: State.SENT,
    Fate.LATER: State.FAILED,
    Fate.REFUSED: State.FAILED,
    Fate.UNKNOWN: State.UNCERTAIN,
    Fate.UNTRIED: State.ABANDONED,
}


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail that is ready to leave: of which notice, to whom, its file in the run's folder, who sends it.

    `to` is the address as the export has it, `channels` are all that the notice goes out on, `about` is the leading
    invoice. The first of the `addresses` is the customer's, the others get copies; each gets it by itself. With
    `unseen` ones a program sends copies at once, and a refused address may be one of theirs.
    """

    key: str
    customer_id: str
    customer_name: str
    to: str
    about: str
    channels: tuple[ChannelName, ...]
    file: str
    sender: str
    addresses: tuple[str, ...]
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Unsent:
    """An e-mail that did not go out, or of which nobody knows: to whom, and what the server said.

    `days` says on how many days it was put off, this one included; 0 if it was not.
    """

    customer_id: str
    customer_name: str
    told: str
    bad_address: bool = False
    days: int = 0


@dataclass(slots=True)
class Posted:
    """What became of a run's e-mails.

    `failed` are those that the server did not take, `copies` those copies. Of `untried` ones the run stopped before
    their turn, because of `stopped`; they are planned again. `back` are the notices that did not go out, by key, with
    all their channels. While `on_its_way` one can no longer be taken back, and the journal does not know what became
    of it.
    """

    sent: int = 0
    failed: list[Unsent] = field(default_factory=list)
    uncertain: list[Unsent] = field(default_factory=list)
    copies: list[Unsent] = field(default_factory=list)
    untried: int = 0
    stopped: str = ""
    back: dict[str, tuple[ChannelName, ...]] = field(default_factory=dict)
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
    notice, envelope = message.notice, message.envelope
    sender = mailbox(envelope.sender.email if envelope.sender else company.email)
    copies = (*(one.email for one in envelope.cc), *envelope.bcc)
    addresses = (mailbox(recipient(notice)), *copies)
    if email.redirect_all_to:
        addresses = (mailbox(email.redirect_all_to),)
    elif email.via == "command":
        addresses = addresses[:1]
    return Mail(
        notice.key, notice.customer.id, notice.customer.name, recipient(notice),
        notice.taken[0].invoice.id if notice.taken else "", notice.channels, file, sender,
        tuple(dict.fromkeys(addresses)),
        unseen=email.via == "command" and bool(copies) and not email.redirect_all_to,
    )  # fmt: skip


class PostOffice:
    """Sends a run's e-mails, and writes down what becomes of each."""

    def __init__(self, here: Station, folder: Path, at: str) -> None:
        """`folder` has the files; `at` is the moment that the journal gets told."""
        project = here.policy.project
        self._journal = here.journal
        self._today = here.today
        self._company, self._email = project.company, project.delivery.email
        self._transport = transport_of(self._email, self._company, here.root)
        self._folder = folder
        self._at = at
        self._pace = Pace(self._email.smtp.per_minute if self._email.smtp else None)
        self._in_a_row = _InARow()
        self._bad: list[tuple[int, Note, bool]] = []  # which of the failed, what is noted of it, said with a bare 550
        self._mails: list[Mail] = []
        self.posted = Posted()

    def take(self, message: Message, file: str) -> int:
        """Takes an e-mail that is to leave; how many times it is sent, to the customer and to those who get a copy.

        With the first one the server is greeted: DataError if it takes nothing.
        """
        if not self._mails:
            self._transport.open()
        self._mails.append(mail_of(message, file, self._email, self._company))
        return len(self._mails[-1].addresses)

    def close(self) -> None:
        """Says good-bye."""
        self._transport.close()

    def send(self, first: int) -> None:
        """Sends all in order; `first` is the number of the first one's delivery, the others follow."""
        number = first
        with told_to_stop() as stopping:
            for place, mail in enumerate(self._mails):
                if not self.posted.stopped and not self._pace.wait(stopping):
                    self.posted.stopped = "remindr was told to stop"
                if self.posted.stopped:
                    self._give_up(self._mails[place:], number)
                    break
                self._send(mail, number)
                number += len(mail.addresses)
        self._mark_addresses()

    def went(self, messages: Counter[str]) -> Counter[str]:
        """How many messages went out, by channel, of those that were to."""
        found = Counter(messages)
        for channels in self.posted.back.values():
            found.subtract(channels)
        found["email"] = self.posted.sent
        return +found

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
            self.posted.copies.append(Unsent(mail.customer_id, mail.customer_name, answer.told))

    def _pass_on(self, mail: Mail, number: int, address: str) -> Answer:
        def commit() -> None:
            self._journal.record(number, State.COMMITTING, at=self._at)
            self.posted.on_its_way = True

        answer = self._transport.send(self._folder / mail.file, mail.sender, address, commit)
        state = _STATES[answer.fate]
        if state is State.ABANDONED and self.posted.on_its_way:
            state = State.FAILED
        detail = f"{PUT_OFF if answer.fate is Fate.LATER else ''}{answer.code}"
        self._journal.record(number, state, at=self._at, detail=detail)
        self.posted.on_its_way = False
        return answer

    def _count(self, mail: Mail, answer: Answer) -> None:
        posted = self.posted
        unsent = Unsent(mail.customer_id, mail.customer_name, answer.told)
        if answer.fate is Fate.ACCEPTED:
            posted.sent += 1
            return
        if answer.fate is Fate.UNKNOWN:
            posted.uncertain.append(unsent)
            return
        posted.back[mail.key] = mail.channels
        if answer.fate is Fate.UNTRIED:
            posted.untried += 1
            return
        days = self._journal.days_put_off(mail.customer_id, mail.about, mail.key) if answer.fate is Fate.LATER else 0
        bad = not self._email.redirect_all_to and (days >= DAYS_TRIED or (answer.bad_address and not mail.unseen))
        if bad:
            bare = answer.fate is Fate.REFUSED and " " not in answer.code
            self._bad.append((len(posted.failed), self._wrong_address(mail, answer), bare))
        posted.failed.append(replace(unsent, bad_address=bad, days=days))

    def _wrong_address(self, mail: Mail, answer: Answer) -> Note:
        note = Note(
            key="", on=self._today, customer_id=mail.customer_id, invoice_id="", kind="wrong-address",
            by="the mail server", text=answer.code, subject=f"email {recipient_hash(mail.to)}",
        )  # fmt: skip
        return replace(note, key=note_key(note))

    def _stop_if_hopeless(self, answer: Answer) -> None:
        """Stops where it is not the e-mail."""
        times = self._in_a_row.count(answer)
        if answer.stop:
            self.posted.stopped = answer.told
        elif times >= self._bearable(answer):
            self.posted.stopped = f"{times} e-mails in a row had the same answer: {answer.told}"

    def _bearable(self, answer: Answer) -> float:
        """How often in a row an answer stops the run.

        That an address is unknown is about that address, unless the server has taken nothing at all.
        """
        if answer.bad_address and self.posted.sent:
            return inf
        if answer.bad_address and " " in answer.code:
            return _UNKNOWN_IN_A_ROW
        return _LOST_IN_A_ROW if answer.code == "lost" else _IN_A_ROW.get(answer.fate, inf)

    def _give_up(self, mails: Sequence[Mail], first: int) -> None:
        """What was claimed and not begun is free to be planned again."""
        with self._journal.together():
            for number in range(first, first + sum(len(mail.addresses) for mail in mails)):
                self._journal.record(number, State.ABANDONED, at=self._at)
        self.posted.untried += len(mails)
        self.posted.back |= {mail.key: mail.channels for mail in mails}

    def _mark_addresses(self) -> None:
        """Notes the addresses that nothing can reach: the next run takes another channel.

        A server that has taken nothing may mean us: it is not believed if it says no more than 550, or that of all.
        """
        failed, believed = self.posted.failed, []
        doubtful = not self.posted.sent and len(self._bad) >= _UNKNOWN_IN_A_ROW
        for place, note, bare in self._bad:
            if doubtful or (bare and not self.posted.sent):
                failed[place] = replace(failed[place], bad_address=False)
            else:
                believed.append(note)
        if believed:
            self._journal.note(believed, at=self._at)


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
