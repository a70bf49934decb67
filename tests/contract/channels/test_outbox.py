"""The outbox folder appears whole or not at all, whatever happens on the way."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from messages import company, message

from remindr.channels import stage as stage_module
from remindr.channels.base import Sender
from remindr.channels.outbox import Outbox, settle, sweep
from remindr.channels.stage import Stage
from remindr.errors import DataError
from remindr.model.outcome import State

RUN = "2026-11-20-1"
PARTIAL = f".{RUN}.partial"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def outbox(base: Path) -> Outbox:
    return Outbox(base, RUN, Sender(company()))


def names(base: Path) -> list[str]:
    return sorted(path.name for path in base.iterdir())


def left(base: Path, name: str, *, inside: int = 3) -> None:
    """A folder as an interrupted run leaves it."""
    (base / name / "email").mkdir(parents=True)
    for number in range(inside):
        (base / name / "email" / f"{number}.eml").write_text("x")


# The way of a run


def test_nothing_is_there_before_it_is_published_and_everything_after(base: Path, outbox: Outbox) -> None:
    with outbox.stage():
        outbox.add(message(channel="email"))
        outbox.add(message(channel="call"))
        outbox.add(message(channel="letter"))
        outbox.add(message(channel="sms"))
        assert names(base) == [PARTIAL]
        outbox.finish()
        assert names(base) == [PARTIAL]
        outbox.publish()
    assert names(base) == [RUN]
    assert names(outbox.path) == ["calls.csv", "email", "letters", "sms.csv"]
    assert len(list((outbox.path / "email").iterdir())) == 1


def test_there_is_a_file_only_where_there_is_something_for_it(base: Path, outbox: Outbox) -> None:
    with outbox.stage():
        outbox.add(message(channel="call"))
        outbox.finish()
        outbox.publish()
    assert names(outbox.path) == ["calls.csv"]


def test_a_run_that_fails_before_it_is_finished_leaves_nothing(base: Path, outbox: Outbox) -> None:
    def interrupted() -> None:
        with outbox.stage():
            outbox.add(message(channel="email"))
            outbox.add(message(channel="call"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert names(base) == []


def test_a_run_that_stops_after_it_is_finished_can_still_be_published(base: Path, outbox: Outbox) -> None:
    def stopped() -> None:
        with outbox.stage():
            outbox.add(message())
            outbox.finish()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stopped()
    assert names(base) == [PARTIAL]
    assert settle(base, RUN, State.COMMITTING) is State.SENT
    assert names(base) == [RUN]


def test_a_run_with_nothing_to_say_leaves_no_folder(base: Path, outbox: Outbox) -> None:
    with outbox.stage():
        pass
    assert names(base) == []


def test_what_is_written_is_for_our_eyes_only_whatever_the_umask(base: Path, outbox: Outbox) -> None:
    before = os.umask(0)
    try:
        with outbox.stage():
            for channel in ("email", "call", "letter", "sms"):
                outbox.add(message(channel=channel))
            outbox.finish()
            outbox.publish()
    finally:
        os.umask(before)
    for path in (base, *base.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_an_unfinished_folder_of_the_same_run_is_replaced(base: Path, outbox: Outbox) -> None:
    left(base, PARTIAL)
    with outbox.stage():
        outbox.add(message())
        outbox.finish()
        outbox.publish()
    assert len(list((outbox.path / "email").iterdir())) == 1


@pytest.mark.parametrize(
    "run_id", ["", "..", "../x", "2026-11-20", "2026-11-20-1/..", "2026-11-20-x", ".2026-11-20-1", "x\0"]
)
def test_a_run_id_is_never_a_way_out(base: Path, run_id: str) -> None:
    with pytest.raises(ValueError, match="is not the id of a run"):
        Outbox(base, run_id, Sender(company()))
    with pytest.raises(ValueError, match="is not the id of a run"):
        settle(base, run_id, State.CLAIMED)


# What cannot be written to


def refused(outbox: Outbox) -> str:
    with pytest.raises(DataError) as caught, outbox.stage():
        pytest.fail("nothing may be added")
    return str(caught.value)


def test_a_folder_that_exists_already_is_never_touched(base: Path, outbox: Outbox) -> None:
    left(base, RUN)
    assert refused(outbox) == (
        f"{base / RUN}: this outbox folder exists already\n  hint: move it away if it is not this project's"
    )
    assert len(list((base / RUN / "email").iterdir())) == 3


def test_a_folder_that_appears_meanwhile_is_never_replaced(base: Path, outbox: Outbox) -> None:
    with outbox.stage():
        outbox.add(message())
        outbox.finish()
        (base / RUN).mkdir()
        with pytest.raises(DataError, match="exists already"):
            outbox.publish()
    assert names(base) == [PARTIAL, RUN]


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("x")
    said = refused(Outbox(tmp_path / "outbox", RUN, Sender(company())))
    assert "the outbox cannot be written: not a directory" in said
    assert "hint: check that the disk is not full" in said


def test_an_outbox_that_everybody_may_write_to_is_refused(base: Path, outbox: Outbox) -> None:
    base.mkdir()
    base.chmod(0o777)
    assert refused(outbox) == (
        f"{base}: everybody on this machine may write to the outbox\n  hint: take that right away: chmod go-w {base}"
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_refused(base: Path, outbox: Outbox) -> None:
    base.mkdir(mode=0o500)
    assert "the outbox cannot be written: permission denied" in refused(outbox)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_noticed_before_anything_is_claimed(
    base: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    real = os.open

    def opened(path: Any, *rest: Any, **more: Any) -> int:
        return os.dup(full) if ".probe" in str(path) else real(path, *rest, **more)

    monkeypatch.setattr(os, "open", opened)
    assert "the outbox cannot be written: no space left on device" in refused(outbox)
    os.close(full)
    assert names(base) == []


def test_a_link_in_place_of_a_file_or_folder_is_not_followed(base: Path, outbox: Outbox, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("x")
    base.mkdir()
    (base / PARTIAL).symlink_to(elsewhere)
    with outbox.stage():
        outbox.add(message())
        outbox.finish()
        outbox.publish()
    assert names(elsewhere) == ["precious"]
    assert not (base / RUN).is_symlink()


def test_a_planted_file_is_not_written_through(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "stage")
    (stage.path / "letters").mkdir()
    with pytest.raises(FileExistsError):
        stage.write("letters", "a.html", b"x")
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (stage.path / "calls.csv").symlink_to(victim)
    with pytest.raises(FileExistsError):
        stage.list("calls.csv")
    assert victim.read_text() == "precious"


# After a crash


@pytest.mark.parametrize(
    ("state", "found", "becomes", "remains"),
    [
        (State.CLAIMED, [PARTIAL], State.ABANDONED, []),
        (State.CLAIMED, [], State.ABANDONED, []),
        (State.CLAIMED, [RUN], State.UNCERTAIN, [RUN]),
        (State.COMMITTING, [PARTIAL], State.SENT, [RUN]),
        (State.COMMITTING, [RUN], State.SENT, [RUN]),
        (State.COMMITTING, [], State.UNCERTAIN, []),
        (State.SENT, [RUN], State.SENT, [RUN]),
        (State.FAILED, [], State.FAILED, []),
        (State.UNCERTAIN, [PARTIAL], State.UNCERTAIN, [PARTIAL]),
        (State.ABANDONED, [], State.ABANDONED, []),
    ],
)
def test_what_a_crash_left_is_brought_to_an_end(
    base: Path, state: State, found: list[str], becomes: State, remains: list[str]
) -> None:
    base.mkdir()
    for name in found:
        left(base, name)
    for _ in range(2):
        assert settle(base, RUN, state) is becomes
        assert names(base) == remains


def test_a_folder_in_the_place_of_an_interrupted_one_is_told_and_neither_is_lost(base: Path) -> None:
    for name in (PARTIAL, RUN):
        left(base, name)
    with pytest.raises(DataError, match="exists already"):
        settle(base, RUN, State.COMMITTING)
    assert names(base) == [PARTIAL, RUN]


def test_an_outbox_that_never_came_to_be_is_settled_too(base: Path) -> None:
    assert settle(base, RUN, State.CLAIMED) is State.ABANDONED
    assert settle(base, RUN, State.COMMITTING) is State.UNCERTAIN
    sweep(base)
    assert not base.exists()


def test_folders_that_no_claim_speaks_of_are_swept_away(base: Path) -> None:
    for name in (PARTIAL, ".2026-11-19-12.partial", RUN, ".notes.partial"):
        left(base, name)
    (base / ".probe-12").write_text("x")
    (base / "own.txt").write_text("x")
    sweep(base)
    assert names(base) == [".notes.partial", RUN, "own.txt"]


DYING = """
import os, sys
from pathlib import Path
sys.path[:0] = {support!r}
from messages import company, message
import remindr.channels.calls, remindr.channels.email
from remindr.channels.base import Sender
from remindr.channels.outbox import Outbox, settle
from remindr.model.outcome import State

def die_at(last):
    calls = 0
    def counted(real):
        def call(*rest, **more):
            nonlocal calls
            calls += 1
            if calls == last:
                os._exit(137)
            return real(*rest, **more)
        return call
    for name in ("open", "write", "fsync", "close", "rename", "mkdir", "unlink", "rmdir"):
        setattr(os, name, counted(getattr(os, name)))

def story(base, journal):
{story}

for last in range(1, 100):
    child = os.fork()
    if not child:
        die_at(last)
        place = Path({place!r}) / str({once} or last)
        place.mkdir(exist_ok=True)
        story(place / "outbox", place / "journal")
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        print(last - 1)
        break
"""

RUN_STORY = """
    outbox = Outbox(base, "2026-11-20-1", Sender(company()))
    with outbox.stage():
        journal.write_text("claimed")
        for number in range(3):
            outbox.add(message(key=str(number)))
        outbox.add(message(channel="call"))
        outbox.finish()
        journal.write_text("committing")
        outbox.publish()
        journal.write_text("sent")
"""

SETTLE_STORY = """
    state = State(journal.read_text())
    journal.write_text(settle(base, "2026-11-20-1", state).value)
"""


def deaths(story: str, place: Path, *, once: bool = False) -> int:
    """Tells a story again and again, killed at its first, second, third … call of the system, until it gets through.

    Each telling has a folder of its own, or all share one (`once`). Returns how many were killed.
    """
    support = [str(Path(__file__).parents[2] / "support")]
    code = DYING.format(story=story, place=str(place), support=support, once=int(once))
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return int(done.stdout)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_run_killed_anywhere_is_settled_whole_or_gone(tmp_path: Path) -> None:
    assert deaths(RUN_STORY, tmp_path) >= 30
    for place in tmp_path.iterdir():
        base, journal = place / "outbox", place / "journal"
        if journal.exists():
            settled = settle(base, RUN, State(journal.read_text()))
            assert settled in {State.SENT, State.ABANDONED}
            sweep(base)
            assert names(base) == ([RUN] if settled is State.SENT else [])
            if settled is State.SENT:
                assert names(base / RUN) == ["calls.csv", "email"]
                assert len(names(base / RUN / "email")) == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(("state", "end"), [("claimed", "abandoned"), ("committing", "sent")])
def test_settling_may_be_killed_and_repeated(tmp_path: Path, state: str, end: str) -> None:
    place = tmp_path / "1"
    left(place / "outbox", PARTIAL)
    (place / "journal").write_text(state)
    assert deaths(SETTLE_STORY, tmp_path, once=True) >= 1
    assert (place / "journal").read_text() == end
    assert names(place / "outbox") == ([RUN] if end == "sent" else [])


# Many files


def test_many_files_are_brought_to_disk_in_one_go(base: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = 0
    real = os.fsync

    def counted(file: int) -> None:
        nonlocal synced
        synced += 1
        real(file)

    monkeypatch.setattr(os, "fsync", counted)
    with outbox.stage():
        for number in range(200):
            outbox.add(message(key=str(number)))
        outbox.finish()
        outbox.publish()
    assert len(list((outbox.path / "email").iterdir())) == 200
    if sys.platform.startswith("linux"):
        assert synced < 20


def test_where_the_file_system_cannot_be_asked_each_file_is_synced(
    base: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(stage_module, "_sync_file_system", lambda _: False)
    monkeypatch.setattr(stage_module, "sync", synced.append)
    with outbox.stage():
        for number in range(50):
            outbox.add(message(key=str(number)))
        outbox.finish()
    assert len(synced) == 50
