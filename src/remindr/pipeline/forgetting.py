"""Forgetting a customer: the files of their messages go, and what names them in the journal."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from remindr.channels.discarding import delete_notices
from remindr.errors import DataError, Refused
from remindr.journal.database import open_journal
from remindr.journal.journal import Journal
from remindr.model.policy import REHEARSED, Policy
from remindr.pipeline.find import customer_meant, one_of
from remindr.pipeline.settle import Settled, recover
from remindr.pipeline.station import station


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten: how many messages were deleted, and how many texts emptied.

    `unread` are lists in the outbox that somebody has saved in another way, so that their rows are nobody's.
    """

    messages: int = 0
    texts: int = 0
    unread: tuple[str, ...] = ()
    settled: tuple[Settled, ...] = ()  # what a crash had left, brought to its end before


def ids_meant(root: Path, policy: Policy, today: date, word: str) -> tuple[str, frozenset[str]]:
    """The id of the customer that a word means, and all under which the journal knows them.

    One who has left the exports, or whose exports cannot be read, goes by the number. DataError if it means nobody.
    """
    with open_journal(policy.project.journal_in_use, root, create=False) as journal:
        customer_id = _meant(root, policy, today, word, journal)
        formers = policy.project.aliases.get(customer_id, ())
        return customer_id, journal.whose([customer_id, *formers]).customers


def _meant(root: Path, policy: Policy, today: date, word: str, journal: Journal) -> str:
    try:
        with station(root, policy, today) as at:
            return customer_meant(at, word)
    except (DataError, Refused):
        customers, _ = journal.called(word.strip())
        if not customers:
            raise
        return one_of(word, customers, [], command="forget").customer_id


def forget(root: Path, policy: Policy, customers: Collection[str], at: str) -> Forgotten:
    """Forgets customers of these ids, in what was rehearsed, too; it can be done again."""
    email = policy.project.delivery.email
    done = _forget(root, policy.project.journal, email.dir, customers, at)
    if not (root / REHEARSED).exists():
        return done
    more = _forget(root, REHEARSED, email.rehearsals, customers, at)
    return Forgotten(
        done.messages + more.messages, done.texts + more.texts, (*done.unread, *more.unread),
        (*done.settled, *more.settled),
    )  # fmt: skip


def _forget(root: Path, location: str, folder: str, customers: Collection[str], at: str) -> Forgotten:
    """Files go first, for the journal knows which."""
    with open_journal(location, root, create=True) as journal:
        settled = recover(journal, root, folder, at)
        keys = journal.keys_of(customers)
        deleted, unread = delete_notices(root / folder, keys) if keys else (0, [])
        texts = journal.forget(customers)
    return Forgotten(deleted, texts, tuple(path.relative_to(root).as_posix() for path in unread), settled)
