"""The outbox of a run: a folder that appears whole or not at all.

Everything is written into a hidden folder beside it and made durable there; publishing is one rename. What a
crash leaves behind can be told apart with the state that the journal holds: see `settle`.
"""

import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from remindr import registry
from remindr.channels import CHANNELS
from remindr.channels.stage import Stage, make_private, sync_folder
from remindr.errors import DataError, Problem
from remindr.model.outcome import State
from remindr.model.plan import Message

if TYPE_CHECKING:
    from remindr.channels.base import Channel, Sender

RUN_ID = re.compile(r"\d{4}-\d{2}-\d{2}-\d{1,9}")


class Outbox:
    """The outbox folder of one run, from the first message to its appearance."""

    def __init__(self, base: Path, run_id: str, sender: "Sender") -> None:
        """Nothing is touched yet; `base` need not exist."""
        self._base = base
        self._partial, self._final = _places(base, run_id)
        self._sender = sender
        self._stage: Stage | None = None
        self._channels: dict[str, Channel] = {}
        self._finished = False

    @property
    def path(self) -> Path:
        """Where the folder appears."""
        return self._final

    @property
    def hidden(self) -> Path:
        """Where it is made, until it appears."""
        return self._partial

    @contextmanager
    def stage(self) -> Iterator[Self]:
        """Makes the hidden folder, after a trial that the disk takes what is written; DataError if it does not.

        The folder goes when the block ends before `finish`. After that the journal may count on it, and it is
        left for `publish`, or for the `settle` of the next run.
        """
        try_outbox(self._base)
        with writing(self._base):
            _refuse_if_there(self._final)
            _remove(self._partial)
            self._stage = Stage(self._partial)
        try:
            yield self
        finally:
            if not self._finished:
                self.discard_stage()

    def add(self, message: Message) -> str | None:
        """Writes the message through its channel; its file as seen from the folder, if it has one to itself."""
        try:
            channel = self._channels.get(message.channel)
            if channel is None:
                channel = registry.load(CHANNELS[message.channel])(self._staged(), self._sender)
                self._channels[message.channel] = channel
            return channel.add(message)
        except OSError as error:
            raise _refused(error, self._base) from error

    def finish(self) -> None:
        """Returns when all that was added would survive a power cut."""
        with writing(self._base):
            for channel in self._channels.values():
                channel.close()
            self._staged().settle()
            sync_folder(self._base)
        self._finished = True

    def publish(self) -> None:
        """Makes the folder appear under its name."""
        with writing(self._base):
            _rename(self._partial, self._final)

    def discard_stage(self) -> None:
        """Removes the hidden folder with all that was added."""
        for channel in self._channels.values():
            with suppress(OSError):
                channel.close()
        if self._stage:
            self._stage.release()
        with suppress(OSError):  # what cannot be removed now, the next run sweeps away
            _remove(self._partial)

    def _staged(self) -> Stage:
        if self._stage is None:
            raise RuntimeError("stage() comes first")
        return self._stage


def settle(base: Path, run_id: str, state: State) -> State:
    """Brings the folder of an interrupted run to an end, and returns the state the run is in after that.

    `state` is what the journal says. A run that only claimed its notices is undone, one that had begun to
    publish is published. If that cannot be told from what is there, the answer is `uncertain`; DataError if
    another folder stands in the place of ours. Interrupted itself, it can be asked again and comes to the same end.
    """
    partial, final = _places(base, run_id)
    if state is State.CLAIMED:
        if _there(final):
            return State.UNCERTAIN
        with writing(base):
            _remove(partial)
        return State.ABANDONED
    if state is State.COMMITTING:
        if not _there(final) and not _there(partial):
            return State.UNCERTAIN
        with writing(base):
            if _there(partial):
                _rename(partial, final)
            sync_folder(base)
        return State.SENT
    return state


def try_outbox(base: Path) -> None:
    """Sees that the outbox takes what is written; DataError if it does not."""
    with writing(base):
        _make_base(base)
        _try_out(base)


def remove_if_empty(base: Path, run_id: str) -> bool:
    """Removes the folder of a run that has no file in it; whether it is gone."""
    _, final = _places(base, run_id)
    with writing(base):
        if any(path.is_file() for path in final.rglob("*")):
            return False
        _remove(final)
        return True


def hidden(base: Path, run_id: str) -> Path:
    """Where the folder of a run is made, until it appears."""
    return _places(base, run_id)[0]


def sweep(base: Path) -> None:
    """Removes hidden folders that no claim in the journal speaks of. It comes after every `settle`."""
    with writing(base):
        for path in base.glob(".*.partial") if base.is_dir() else ():
            if RUN_ID.fullmatch(path.name[1:].removesuffix(".partial")):
                _remove(path)
        for path in base.glob(".probe-*") if base.is_dir() else ():
            _remove(path)


def _places(base: Path, run_id: str) -> tuple[Path, Path]:
    if not RUN_ID.fullmatch(run_id):
        raise ValueError(f"'{run_id}' is not the id of a run")
    return base / f".{run_id}.partial", base / run_id


@contextmanager
def writing(base: Path) -> Iterator[None]:
    """Turns what the operating system refuses into a message for a person."""
    try:
        yield
    except OSError as error:
        raise _refused(error, base) from error


def _refused(error: OSError, base: Path) -> DataError:
    reason = (error.strerror or str(error)).lower()
    hint = "check that the disk is not full and that the folder may be written to"
    return DataError(Problem(f"the outbox cannot be written: {reason}", str(base), hint=hint))


def _make_base(base: Path) -> None:
    if not base.exists():
        make_private(base)
    if os.name == "posix":
        _refuse_shared(base, base.stat())


def _refuse_shared(base: Path, facts: os.stat_result) -> None:
    """DataError where others may put links and files into the outbox, or take them out of it."""
    if facts.st_uid not in (os.geteuid(), 0):
        hint = "run remindr as the one whose it is, or name another folder under 'delivery: email: dir:'"
        raise DataError(Problem("the outbox belongs to another user of this machine", str(base), hint=hint))
    by_group = facts.st_mode & stat.S_IWGRP and not _is_private(facts.st_gid, facts.st_uid)
    if by_group or facts.st_mode & stat.S_IWOTH:
        who = "everybody" if facts.st_mode & stat.S_IWOTH else "a group of users"
        hint = f"take that right away: chmod go-w {base}"
        raise DataError(Problem(f"{who} on this machine may write to the outbox", str(base), hint=hint))


def _is_private(group: int, user: int) -> bool:
    """Whether a group is one that the system made for this user alone: it is called as they are and has no others."""
    from grp import getgrgid
    from pwd import getpwuid

    try:
        name, found = getpwuid(user).pw_name, getgrgid(group)
    except KeyError:
        return False
    return found.gr_name == name and set(found.gr_mem) <= {name}


def _try_out(base: Path) -> None:
    """Writes, syncs and removes a file, so that a full or read-only disk is noticed before anything is claimed."""
    probe = base / f".probe-{os.getpid()}"
    probe.unlink(missing_ok=True)
    file = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, b"remindr\n" * 512)
        os.fsync(file)
    finally:
        os.close(file)
        probe.unlink(missing_ok=True)


def _rename(partial: Path, final: Path) -> None:
    _refuse_if_there(final)
    partial.rename(final)
    sync_folder(final.parent)


def _refuse_if_there(final: Path) -> None:
    if _there(final):
        hint = "move it away if it is not this project's"
        raise DataError(Problem("this outbox folder exists already", str(final), hint=hint))


def _there(path: Path) -> bool:
    return os.path.lexists(path)


def _remove(path: Path) -> None:
    """Removes the folder; a link in its place is removed itself, not what it leads to."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
