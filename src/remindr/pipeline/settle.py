"""What a crash left behind, brought to its end by the next run."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from remindr.channels.discarding import DISCARDED, withdraw
from remindr.channels.outbox import hidden, remove_if_empty, settle, sweep
from remindr.journal.journal import Journal
from remindr.journal.records import UnfinishedDelivery
from remindr.model.outcome import State
from remindr.pipeline.discarding import complete


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


@dataclass(frozen=True, slots=True)
class Settled:
    """An interrupted run that the next one brought to its end: where its messages were to be, and where they stand.

    Or one that was being taken back: `discarded`, with the place of its files.
    """

    run_id: str
    outbox: str
    state: State
    messages: int
    discarded: bool = False
    mailed: bool = False  # by itself, each message alone
    copies: bool = False  # of e-mails that had gone out

    @property
    def told(self) -> str:
        """What people should know of it."""
        if self.discarded:
            return f"taking back what run {self.run_id} wrote had been interrupted; its files are in {self.outbox} now"
        what = f"run {self.run_id} had been interrupted"
        messages = f"{self.messages} message{'' if self.messages == 1 else 's'}"
        if self.copies:
            return f"{what}; {messages} went out without {'its' if self.messages == 1 else 'their'} copies"
        if self.mailed:
            return self._mailed(what, messages)
        if self.state is State.SENT:
            return f"{what}; it is complete now, with {messages} in {self.outbox}"
        if self.state is State.ABANDONED:
            return f"{what} before anything was passed on; its notices are planned again"
        return (
            f"{what}, and {self.outbox} is not as it was left: whether its {messages} went out cannot be told, and "
            "nobody gets them again: remindr uncertain"
        )

    def _mailed(self, what: str, messages: str) -> str:
        if self.state is State.ABANDONED:
            return f"{what}; {messages} had not left yet and {_are(self.messages)} planned again"
        again = "nobody gets it again" if self.messages == 1 else "nobody gets them again"
        return f"{what} while {messages} {_were(self.messages)} on the way; {again}: remindr uncertain"


_BY = "settled by the next run"


def recover(journal: Journal, root: Path, folder: str, at: str) -> tuple[Settled, ...]:
    """Settles what a crash left behind.

    E-mails that were about to be sent are free again, and one that was on its way is uncertain; of a folder that was to
    appear what belongs to the others does, and half a folder goes. What was being taken back is taken back.
    """
    left = journal.unfinished()
    settled = [*_mails(journal, left, folder, at)]
    for one in left:
        if one.kind == "outbox":
            withdraw(hidden(root / folder, one.target), _given_up(journal, one.run_id))
            state = settle(root / folder, one.target, one.state)
            journal.record(one.delivery_id, state, at=at, detail=_BY)
            settled.append(Settled(one.run_id, f"{folder}/{one.target}", state, one.messages))
            remove_if_empty(root / folder, one.target)
    sweep(root / folder)
    for begun in journal.begun_discards():
        notices = journal.written(begun.run_id)
        place = complete(journal, root / folder, begun, notices, at)
        settled.append(Settled(begun.run_id, f"{folder}/{DISCARDED}/{place.name}", State.ABANDONED, 0, discarded=True))
    return tuple(settled)


def _mails(journal: Journal, left: Sequence[UnfinishedDelivery], folder: str, at: str) -> Iterator[Settled]:
    """Settles the e-mails of interrupted runs, and tells of those to customers."""
    ends = {State.CLAIMED: State.ABANDONED, State.COMMITTING: State.UNCERTAIN}
    count = Counter[tuple[str, State]]()
    with journal.together():
        for one in left:
            if one.kind != "outbox":
                journal.record(one.delivery_id, ends[one.state], at=at, detail=_BY)
                count[one.run_id, ends[one.state]] += one.kind == "email"
    for (run_id, state), mails in count.items():
        if mails:
            yield Settled(run_id, f"{folder}/{run_id}", state, mails, mailed=True)
    for run_id, sent in _without_copies(left).items():
        yield Settled(run_id, f"{folder}/{run_id}", State.ABANDONED, len(sent), copies=True)


def _without_copies(left: Sequence[UnfinishedDelivery]) -> dict[str, set[str]]:
    """The notices by run whose e-mail had gone out, and a copy of it had not; nobody sends it any more."""
    waiting = {(one.run_id, one.target) for one in left if one.kind == "email"}
    found: dict[str, set[str]] = {}
    for one in left:
        if one.kind == "copy" and one.state is State.CLAIMED and (one.run_id, one.target) not in waiting:
            found.setdefault(one.run_id, set()).add(one.target)
    return found


def _given_up(journal: Journal, run_id: str) -> set[str]:
    """The notices of a run that nobody got, because their e-mail did not go out."""
    return {one.key for one in journal.written(run_id) if one.voided}
