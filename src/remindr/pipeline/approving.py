"""What waits for a person's word, and the word that a person gives."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remindr.core.promises import MOST_BROKEN, promise_words
from remindr.core.told import money_words
from remindr.errors import DataError, ProjectError
from remindr.model.approvals import Approval, Bound, Waiting
from remindr.model.notes import Promise
from remindr.pipeline.find import Meant, meant
from remindr.pipeline.plan import segments, waiting_steps

if TYPE_CHECKING:
    from remindr.pipeline.station import Station


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person picked of what waits: everything, a segment, or customers and invoices by these words."""

    words: tuple[str, ...] = ()
    everything: bool = False
    segment: str | None = None


def all_waiting(at: "Station", steps: Iterable[Waiting] | None = None) -> list[Waiting]:
    """Steps and promises that wait for a person's word, by customer; those that one has refused included.

    Who has gone through all decisions already brings the `steps`.
    """
    found = [*(waiting_steps(at) if steps is None else steps), *_waiting_promises(at)]
    return sorted(found, key=lambda one: (one.customer_id, one.promise != "", one.since, one.invoice_id))


def _waiting_promises(at: "Station") -> Iterator[Waiting]:
    said = {one.promise: one for one in at.journal.approvals(at.today) if one.promise}
    for customer_id, progress in at.progress.items():
        promises = [one for one in progress.noted.promises if one.standing == "not accepted"]
        for customer, _, classification in segments(at, customer_id) if promises else ():
            for promise in promises:
                refused = said.get(promise.note.key)
                yield _promised(promise, customer.name, classification.segment, refused)


def _promised(promise: Promise, name: str, segment: str, refused: Approval | None) -> Waiting:
    note = promise.note
    bound = Bound("", "promise", 0, "", money_words(promise.owed, note.currency), "")
    why = f"they broke {MOST_BROKEN} promises before, so this one rests nothing until a person approves it"
    if refused:
        why = f"refused on {refused.on} by {refused.by}{f': {refused.text}' if refused.text else ''}"
    return Waiting(
        note.customer_id, name, note.invoice_id, segment, bound, f"promise of {promise_words(note)}", 0, (), "",
        promise.owed, note.currency, note.on, promise.rests_until, why, refused, note.key,
    )  # fmt: skip


def chosen(at: "Station", waiting: Sequence[Waiting], choice: Choice) -> list[Waiting]:
    """Those that a person picked; what was refused only where it is named. DataError if a word picks nothing."""
    asked = [one for one in waiting if not one.refused]
    if choice.everything:
        return asked
    if choice.segment is not None:
        return _of_segment(at, asked, choice.segment)
    found: list[Waiting] = []
    for word in choice.words:
        target = meant(at, word)
        own = [one for one in waiting if _is_about(one, target)]
        if not own:
            raise DataError(
                f"nothing of '{word}' waits for an approval on {at.today}",
                hint="remindr approve lists what does; remindr explain tells why the rest is silent",
            )
        found += [one for one in own if one not in found]
    return found


def _of_segment(at: "Station", asked: Sequence[Waiting], segment: str) -> list[Waiting]:
    names = [one.name for one in at.policy.project.segments]
    if segment not in names:
        raise ProjectError(f"unknown segment '{segment}'", hint=f"known: {', '.join(names)}")
    return [one for one in asked if one.segment == segment]


def _is_about(one: Waiting, target: Meant) -> bool:
    return one.customer_id == target.customer_id and target.invoice_id in (None, one.invoice_id)


def word_given(at: "Station", one: Waiting, *, by: str, text: str, refused: bool) -> Approval:
    """What is recorded of it."""
    until = None if refused else one.until
    return Approval(one.customer_id, one.invoice_id, one.bound, at.today, by, text, until, one.promise)
