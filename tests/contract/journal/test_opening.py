"""A journal is made private and whole; one that cannot be trusted is refused with a clear word."""

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from journals import DAY, LOCATION, SEVEN, Desk, notice

from remindr.errors import DataError, Exit, Locked, ProjectError, Refused, RemindrError
from remindr.journal.database import open_journal
from remindr.journal.location import journal_url, shown


@pytest.fixture
def location() -> str:
    """Tests of what is on disk."""
    return LOCATION


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(root: Path, *, create: bool = True, location: str = LOCATION) -> RemindrError:
    with pytest.raises(RemindrError) as caught:
        open_journal(location, root, create=create)
    return caught.value


@contextmanager
def ordinary_user() -> Iterator[None]:
    """A while in which file permissions count, which they do not for root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def lent(tmp_path: Path) -> Iterator[Path]:
    """A project folder that belongs to an ordinary user."""
    if os.geteuid() != 0:
        yield tmp_path
        return
    above = [tmp_path, *tmp_path.parents[:-2]]
    modes = [(folder, stat.S_IMODE(folder.stat().st_mode)) for folder in above]
    for folder, mode in modes:
        folder.chmod(mode | 0o011)
    os.chown(tmp_path, 65534, 65534)
    yield tmp_path
    for folder, mode in modes:
        folder.chmod(mode)


def test_looking_leaves_no_trace(tmp_path: Path) -> None:
    with open_journal(LOCATION, tmp_path, create=False) as journal:
        assert journal.last_run() is None
        assert journal.next_run_id(DAY) == "2026-11-20-1"
        assert journal.progress([("C1", "INV-1")], today=DAY, contacts_since=DAY) == {}
    assert list(tmp_path.iterdir()) == []


def test_looking_at_a_journal_changes_nothing(desk: Desk) -> None:
    desk.send(notice())
    desk.journal.close()
    before = everything_in(desk.root)
    with open_journal(LOCATION, desk.root, create=False) as journal:
        assert journal.progress([("C1", "INV-1")], today=DAY, contacts_since=DAY)["C1"].noticed_today
    assert everything_in(desk.root) == before
    desk.reopen()


def test_a_journal_is_for_its_user_alone(desk: Desk) -> None:
    desk.claim(notice())
    assert stat.S_IMODE(desk.file.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in desk.file.parent.iterdir()} == {0o600}


def test_a_journal_stays_private_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with open_journal("deep/er/journal.db", tmp_path, create=True) as journal:
            journal.next_run_id(DAY)
            assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "deep").rglob("journal*")} == {0o600}
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "deep", tmp_path / "deep" / "er")} == {0o700}


def test_nothing_else_is_left_in_its_folder(desk: Desk) -> None:
    desk.send(notice())
    desk.journal.close()
    assert [path.name for path in desk.file.parent.iterdir()] == ["journal.db"]
    desk.reopen()


def test_a_commit_is_durable(desk: Desk) -> None:
    with desk.journal._reading() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}


@pytest.mark.parametrize("name", ["odd ?#%41 name.db", "größe & co.db"])
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    for create in (True, False):
        with open_journal(name, tmp_path, create=create) as journal:
            if create:
                journal.begin(Desk(tmp_path, journal).start(), at=SEVEN)
            assert journal.highest_as_of() == DAY
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_url_names_the_same_file(desk: Desk) -> None:
    desk.journal.begin(desk.start(), at=SEVEN)
    with open_journal(f"sqlite:///{LOCATION}", desk.root, create=False) as journal:
        assert journal.highest_as_of() == DAY


@pytest.mark.parametrize(
    "location", ["carrier-pigeon://roof", "://", "postgresql+pigeon://roof/journal", "mysql://h/books", "sqlite://"]
)
def test_an_unknown_database_is_a_mistake_in_the_project(tmp_path: Path, location: str) -> None:
    error = refused(tmp_path, location=location)
    assert isinstance(error, ProjectError)
    assert str(error).startswith("journal: ")
    assert "write a path such as .remindr/journal.db" in str(error)


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    assert "s3cret" not in str(refused(tmp_path, location="mssql://ada:s3cret@host/books"))
    assert "s3cret" not in str(refused(tmp_path, location="oracle://ada:s3cret@host/books"))


def test_a_missing_library_is_told_with_how_to_get_it(tmp_path: Path) -> None:
    script = f"""
import sys
from pathlib import Path
sys.modules["psycopg"] = None  # as where it is not installed
from remindr.errors import ProjectError
from remindr.journal.database import open_journal
from remindr.journal.lock import run_lock
for use in (lambda: open_journal(place, root, create=True), lambda: run_lock(root, place).__enter__()):
    root, place = Path({str(tmp_path)!r}), "postgresql://ada:s3cret@host/books"
    try:
        use()
    except ProjectError as error:
        print(error)
"""
    said = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    what = "journal: a journal on a PostgreSQL server needs a library that is not installed"
    assert said.stdout == f"{what}\n  hint: pip install 'remindr[postgres]'\n" * 2


@pytest.mark.parametrize("driver", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_a_server_is_spoken_to_in_one_way(driver: str) -> None:
    url = journal_url(f"{driver}://ada:s3cret@host:5433/books?sslmode=require&password=s3cret")
    assert url.drivername == "postgresql+psycopg"
    assert shown(url) == "postgresql://ada:***@host:5433/books?sslmode=require"


def test_an_emptied_journal_is_not_taken_for_a_new_one(desk: Desk) -> None:
    desk.journal.close()
    desk.file.write_bytes(b"")
    for create in (True, False):
        error = refused(desk.root, create=create)
        assert error.exit_code == Exit.REFUSED
        assert str(error) == (
            ".remindr/journal.db: the journal is damaged: the file is empty\n"
            "  hint: put back the newest backup of this file; do not delete it, for without its journal remindr "
            "would write to everybody again"
        )


@pytest.mark.parametrize("content", [b"customer,invoice\nC1,INV-1\n" * 200, b"SQLite format 3\0", bytes(4096)])
def test_a_file_that_is_no_database_is_refused(desk: Desk, content: bytes) -> None:
    desk.journal.close()
    desk.file.write_bytes(content)
    error = refused(desk.root)
    assert "the journal is damaged: it is not a database" in str(error)
    assert desk.file.read_bytes() == content


def test_a_database_of_somebody_else_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "photos.db")) as theirs:
        theirs.execute("CREATE TABLE photos (id)")
    error = refused(tmp_path, location="photos.db")
    assert error.exit_code == Exit.REFUSED
    assert "photos.db: is a database, but not a journal of remindr" in str(error)


def test_a_folder_in_its_place_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / LOCATION).mkdir(parents=True)
    error = refused(tmp_path)
    assert error.exit_code == Exit.STOPPED
    assert "the journal cannot be used: Is a directory" in str(error)


@pytest.mark.parametrize("keep", [99, 100, 4096, 20_000, -4096, -1])
def test_a_journal_cut_short_is_refused(desk: Desk, keep: int) -> None:
    desk.send(*(notice(f"C{number}") for number in range(50)))
    desk.journal.close()
    whole = desk.file.read_bytes()
    desk.file.write_bytes(whole[:keep])
    for create in (True, False):
        error = refused(desk.root, create=create)
        assert error.exit_code == Exit.REFUSED
        assert "the journal is damaged: " in str(error)


def test_a_damaged_page_is_refused_or_does_no_harm(desk: Desk) -> None:
    """A changed letter in an identifier looks like any other; whatever SQLite can see is told in our words."""
    asked = [(f"C{number}", "INV-1") for number in range(120)]
    desk.send(*(notice(customer) for customer, _ in asked))
    desk.journal.close()
    whole = desk.file.read_bytes()
    words = []
    for place in range(100, len(whole), 1531):
        broken = bytearray(whole)
        broken[place : place + 64] = bytes(byte ^ 0xA5 for byte in broken[place : place + 64])
        desk.file.write_bytes(broken)
        try:
            with open_journal(LOCATION, desk.root, create=True) as journal:
                journal.last_run()
                journal.unfinished()
                journal.progress(asked, today=DAY, contacts_since=DAY)
        except Refused as error:
            words.append(str(error))
    assert len(words) > 10
    assert all(word.startswith(".remindr/journal.db: the journal is damaged: ") for word in words)


def test_a_damaged_big_journal_is_told_when_its_page_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not every page of a long history is looked at each day; the small tables always are."""
    asked = [(f"C{number}", "INV-1") for number in range(2000)]
    desk.send(*(notice(customer) for customer, _ in asked))
    desk.journal.close()
    with desk.file.open("r+b") as file:
        for place in range(desk.file.stat().st_size // 2, desk.file.stat().st_size, 4096):
            file.seek(place // 4096 * 4096)
            file.write(b"\xff" * 512)
    monkeypatch.setattr("remindr.journal.database._SMALL", 0)
    with open_journal(LOCATION, desk.root, create=True) as journal:
        assert journal.unfinished() == []
        with pytest.raises(Refused, match="the journal is damaged: database disk image is malformed"):
            journal.progress(asked, today=DAY, contacts_since=DAY)


def test_a_lost_journal_whose_other_half_is_there_is_not_begun_anew(desk: Desk) -> None:
    desk.claim(notice())
    waiting = desk.file.with_name("journal.db-wal").read_bytes()
    desk.journal.close()
    desk.file.unlink()
    desk.file.with_name("journal.db-wal").write_bytes(waiting)
    for create in (True, False):
        assert "it is gone, but its other half journal.db-wal is there" in str(refused(desk.root, create=create))
    assert not desk.file.exists()


def test_a_folder_that_cannot_be_written_stops_a_run(lent: Path) -> None:
    lent.chmod(0o500)
    with ordinary_user():
        error = refused(lent)
        assert error.exit_code == Exit.STOPPED
        assert str(error) == (
            ".remindr/journal.db: the journal cannot be used: Permission denied\n"
            "  hint: nothing was sent; see that this user may write to the folder it is in"
        )
        with open_journal(LOCATION, lent, create=False) as journal:
            assert journal.last_run() is None


def test_a_journal_in_a_read_only_folder_can_be_looked_at_but_not_run_with(lent: Path) -> None:
    with ordinary_user():
        desk = Desk(lent, open_journal(LOCATION, lent, create=True))
        desk.send(notice())
        desk.journal.close()
        desk.file.chmod(0o400)
        desk.file.parent.chmod(0o500)
        with open_journal(LOCATION, lent, create=False) as journal:
            assert journal.highest_as_of() == DAY
        error = refused(lent)
        assert error.exit_code == Exit.STOPPED
        assert "the journal cannot be written: " in str(error)
        assert [path.name for path in desk.file.parent.iterdir()] == ["journal.db"]
        desk.file.parent.chmod(0o700)


def test_a_journal_of_another_user_cannot_be_used(lent: Path) -> None:
    with ordinary_user():
        open_journal(LOCATION, lent, create=True).close()
        (lent / LOCATION).chmod(0)
        for create in (True, False):
            error = refused(lent, create=create)
            assert error.exit_code == Exit.STOPPED
            assert "the journal cannot be used: Permission denied" in str(error)


def test_a_journal_on_a_network_is_refused(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.journal.close()
    table = tmp_path / "mounts"
    table.write_text(f"server:/books {tmp_path} nfs4 rw,relatime 0 0\n")
    monkeypatch.setattr("remindr.journal.places._MOUNT_TABLE", table)
    error = refused(tmp_path)
    assert error.exit_code == Exit.REFUSED
    assert ".remindr/journal.db: is on a network file system (nfs4)" in str(error)
    assert "other/journal.db: is on a network" in str(refused(tmp_path, location="other/journal.db"))
    assert not (tmp_path / "other" / "journal.db").exists()


def test_a_journal_that_another_program_holds_is_locked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remindr.journal.sqlite.BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(desk.file, isolation_level=None)) as viewer:
        viewer.execute("BEGIN IMMEDIATE")
        desk.reopen()
        with pytest.raises(Locked, match="another program has held the journal") as caught:
            desk.claim(notice())
        assert caught.value.exit_code == Exit.LOCKED
        viewer.execute("ROLLBACK")
    desk.claim(notice())


def test_a_journal_that_another_program_holds_for_itself_cannot_even_be_opened(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("remindr.journal.sqlite.BUSY_SECONDS", 0.05)
    desk.journal.close()
    with closing(sqlite3.connect(desk.file, isolation_level=None)) as viewer:
        viewer.execute("PRAGMA locking_mode = EXCLUSIVE")
        viewer.execute("BEGIN EXCLUSIVE")
        assert isinstance(refused(desk.root), Locked)


def test_a_full_disk_stops_a_claim_and_leaves_nothing(desk: Desk) -> None:
    desk.send(notice("C0"))
    with desk.journal._reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DataError, match="the journal cannot be written: database or disk is full") as caught:
        desk.claim(*(notice(f"C{number}") for number in range(1, 500)))
    assert caught.value.exit_code == Exit.STOPPED
    assert desk.reopen().next_run_id(DAY) == "2026-11-20-2"
    assert desk.journal.unfinished() == []
    desk.claim(*(notice(f"C{number}") for number in range(1, 500)))
