"""Taking back what a run wrote and nobody has passed on: noted as begun, files out of the way, noted as done."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shlex import quote

from remindr.channels.discarding import DISCARDED, discard_notice, discard_run, in_the_way, key_of, missing
from remindr.channels.outbox import RUN_ID
from remindr.core.told import shortlist
from remindr.errors import DataError, Problem, Refused
from remindr.journal.discards import BuiltOn, Discard, WrittenNotice
from remindr.journal.journal import Journal
from remindr.model.outcome import State

_KEY = re.compile(r"[0-9a-f]{24}")
_SHOWN = 5
_ONE_BY_ONE = "one by one: remindr discard KEY, or the file of an e-mail or a letter"
_OTHERS = f"the others {_ONE_BY_ONE}"


@dataclass(frozen=True, slots=True)
class Taken:
    """What is to be taken back: all that is left of a run, or one notice of it."""

    run_id: str
    notices: tuple[WrittenNotice, ...]
    whole: bool

    @property
    def by_channel(self) -> Counter[str]:
        """How many messages that is."""
        return Counter(channel for one in self.notices for channel in one.channels)

    @property
    def customers(self) -> int:
        """To how many customers they would have gone."""
        return len({one.customer_id for one in self.notices})


def to_discard(journal: Journal, outbox: Path, word: str) -> Taken:
    """What a run's id, a notice's key, or the path of a file in the outbox means; an error if it cannot be taken back.

    It can if it was not taken back before, all its files are there, and nothing was built on it.
    """
    found = _meant(journal, word)
    left = tuple(one for one in found.notices if not one.voided)
    if not left:
        hint = "what is due is written again by the next remindr run"
        raise DataError(f"{word} was taken back before; nothing is left of it to discard", hint=hint)
    taken = Taken(found.run_id, left, found.whole)
    _refuse_doubtful(taken)
    _refuse_sent(taken)
    _refuse_if_built_on(journal, taken)
    _refuse_if_gone(outbox, taken)
    return taken


def _meant(journal: Journal, word: str) -> Taken:
    name = Path(word.rstrip("/\\")).name
    if RUN_ID.fullmatch(name):
        notices = journal.written(name)
        if not notices:
            what = "wrote nothing" if journal.has_run(name) else "is not in the journal"
            raise DataError(f"run {name} {what}", hint=_last_runs(journal))
        return Taken(name, tuple(notices), whole=True)
    found = journal.written(key=name) if _KEY.fullmatch(name) else _by_file(journal, Path(word))
    if not found:
        hint = f"{_last_runs(journal)}; for one notice its key, or the file of an e-mail or a letter"
        raise DataError(f"no run or notice '{word}' is known", hint=hint)
    one = next((one for one in reversed(found) if not one.voided), found[-1])
    return Taken(one.run_id, (one,), whole=False)


def _last_runs(journal: Journal) -> str:
    runs = journal.recent_runs(_SHOWN)
    return f"remindr discard RUN, the last are {', '.join(runs)}" if runs else "nothing was written yet: remindr run"


def _by_file(journal: Journal, path: Path) -> list[WrittenNotice]:
    """The notice whose e-mail or letter the path names."""
    if path.suffix not in (".eml", ".html"):
        return []
    run_id = next((part for part in path.parts if RUN_ID.fullmatch(part)), None)
    written = journal.written(run_id)
    key = key_of(path.name, {one.key for one in written})
    return [one for one in written if one.key == key]


def _refuse_doubtful(taken: Taken) -> None:
    if any(one.state is not State.SENT for one in taken.notices):
        what = f"whether the messages of run {taken.run_id} went out cannot be told, so nothing can be taken back"
        raise Refused(what, hint="nobody gets them again; remindr uncertain has them, and settles them")


def _refuse_sent(taken: Taken) -> None:
    sent = [one for one in taken.notices if one.kind == "email"]
    if sent:
        mails = "1 e-mail of it has been sent" if len(sent) == 1 else f"{len(sent)} e-mails of it have been sent"
        hint = f"calls, letters and text messages can be taken back {_ONE_BY_ONE}" if taken.whole else None
        raise Refused(f"{_name(taken)} cannot be taken back: {mails}", hint=hint)


def _refuse_if_built_on(journal: Journal, taken: Taken) -> None:
    later = journal.built_on(taken.notices)
    if not later:
        return
    told = list(dict.fromkeys(map(_built, later)))
    undo = "; ".join(list(dict.fromkeys(_undo(one, whole=taken.whole) for one in later))[:_SHOWN])
    what = "what was written later is built on it:\n  " + "\n  ".join(told[:_SHOWN])
    more = f"\n  and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    others = f"; or take back {_OTHERS}" if taken.whole else ""
    hint = f"take that back first: {undo}{others}"
    raise Refused(f"{_name(taken)} cannot be taken back: {what}{more}", hint=hint)


def _built(later: BuiltOn) -> str:
    return f"customer {later.notice.customer_id}, step '{later.notice.step}': {later.what}"


def _undo(later: BuiltOn, *, whole: bool) -> str:
    """The command that takes back what was built on a notice, or on one of a whole run."""
    if later.note:
        return f"remindr note {quote(later.notice.customer_id)} {later.note} --undo"
    return f"remindr discard {later.run_id if whole else later.key}"


def _refuse_if_gone(outbox: Path, taken: Taken) -> None:
    pieces = [(channel, one.key) for one in taken.notices for channel in one.channels]
    gone = missing(outbox, taken.run_id, pieces, whole=taken.whole)
    if gone:
        of = {one.key: one for one in taken.notices}
        told = [f"{channel} to customer {of[key].customer_id}" for channel, key in gone]
        what = f"{len(gone)} of {len(pieces)} messages are not in {outbox.name}/{taken.run_id} any more"
        hint = f"they may have been passed on; put them back there, or take back {_OTHERS}"
        raise Refused(Problem(f"{what}: {shortlist(told, _SHOWN)}", hint=hint))
    if taken.whole and in_the_way(outbox, taken.run_id):
        place = f"{outbox.name}/{DISCARDED}/{taken.run_id}"
        raise DataError(
            Problem("this folder exists already", place, hint=f"move it away, then remindr discard {taken.run_id}")
        )


def _name(taken: Taken) -> str:
    return f"run {taken.run_id}" if taken.whole else f"notice {taken.notices[0].key}"


def discard(journal: Journal, outbox: Path, taken: Taken, *, on: date, by: str, text: str, at: str) -> Path:
    """Takes it back; where its files are now. Interrupted, it is completed by the next run, or the next discard."""
    notice = None if taken.whole else taken.notices[0].number
    begun = journal.begin_discard(taken.run_id, notice, on=on, by=by, text=text, at=at)
    return complete(journal, outbox, begun, taken.notices, at)


def complete(journal: Journal, outbox: Path, begun: Discard, notices: Sequence[WrittenNotice], at: str) -> Path:
    """Brings what was begun to its end, from wherever it stands; where the files are now."""
    target = next((one.target for one in notices if one.kind == "outbox"), begun.run_id)
    if begun.notice is None:
        place = discard_run(outbox, target)
    else:
        key = next(one.key for one in notices if one.number == begun.notice)
        place = discard_notice(outbox, target, f"{begun.run_id}-{begun.number}", key)
    journal.end_discard(begun, at=at)
    return place
