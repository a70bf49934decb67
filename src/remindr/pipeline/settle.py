"""What a crash left behind, brought to its end by the next run."""

from dataclasses import dataclass
from pathlib import Path

from remindr.channels.discarding import DISCARDED
from remindr.channels.outbox import settle, sweep
from remindr.journal.journal import Journal
from remindr.model.outcome import State
from remindr.pipeline.discarding import complete


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

    @property
    def told(self) -> str:
        """What people should know of it."""
        if self.discarded:
            return f"taking back what run {self.run_id} wrote had been interrupted; its files are in {self.outbox} now"
        what = f"run {self.run_id} had been interrupted"
        messages = f"{self.messages} message{'' if self.messages == 1 else 's'}"
        if self.state is State.SENT:
            return f"{what}; it is complete now, with {messages} in {self.outbox}"
        if self.state is State.ABANDONED:
            return f"{what} before anything was passed on; its notices are planned again"
        return (
            f"{what}, and {self.outbox} is not as it was left: whether its {messages} went out cannot be told, and "
            "nobody gets them again"
        )


def recover(journal: Journal, root: Path, folder: str, at: str) -> tuple[Settled, ...]:
    """Settles what a crash left behind: a whole folder appears, half a one goes and its notices are free again.

    What was being taken back is taken back.
    """
    settled = []
    for left in journal.unfinished():
        state = settle(root / folder, left.target, left.state)
        journal.record(left.delivery_id, state, at=at, detail="settled by the next run")
        settled.append(Settled(left.run_id, f"{folder}/{left.target}", state, left.messages))
    sweep(root / folder)
    for begun in journal.begun_discards():
        notices = journal.written(begun.run_id)
        place = complete(journal, root / folder, begun, notices, at)
        settled.append(Settled(begun.run_id, f"{folder}/{DISCARDED}/{place.name}", State.ABANDONED, 0, discarded=True))
    return tuple(settled)
