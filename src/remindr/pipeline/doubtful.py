"""Settling what is in doubt, by the word of a person who has looked: it went out, or it goes out again."""

from collections.abc import Sequence
from dataclasses import dataclass

from remindr.channels.outbox import RUN_ID
from remindr.errors import DataError
from remindr.journal.journal import Journal
from remindr.journal.uncertain import InDoubt
from remindr.model.outcome import BY, State


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of messages in doubt: whether they were `sent`, and who says so."""

    sent: bool
    by: str


def meant(found: Sequence[InDoubt], word: str) -> list[InDoubt]:
    """Those that a notice's key, or a run's id, stands for. DataError if there are none, or not without others."""
    of = [one for one in found if word in (one.key, one.run_id)]
    if not of:
        known = "; ".join(dict.fromkeys(one.settled_as for one in found[:5]))
        hint = f"in doubt are {known}" if found else "nothing is in doubt"
        raise DataError(f"no notice or run '{word}' is in doubt", hint=hint)
    if not RUN_ID.fullmatch(word) and not of[0].alone:
        run_id = of[0].run_id
        raise DataError(
            f"this notice was in the folder of run {run_id}, which went out as a whole or not at all",
            hint=f"settle all of it: {run_id} instead of {word}",
        )
    return of


def settle_doubts(journal: Journal, found: Sequence[InDoubt], said: Said, *, at: str) -> None:
    """Writes it down. What did not go out is planned again by the next run, under the key that it had."""
    state = State.SENT if said.sent else State.FAILED
    with journal.together():
        for delivery_id in dict.fromkeys(one.delivery_id for one in found):
            journal.record(delivery_id, state, at=at, detail=f"{BY}{said.by}")
