"""A journal that was put back, deleted or moved may not know what went out: nothing is sent until that is allowed."""

import json
import os
import shutil
import stat
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from mailserver import MailServer, mail_server
from office import Office, open_office

from remindr.cli import run_app
from remindr.errors import Refused
from remindr.journal.seals import state_folder, this_machine
from remindr.model.delivery import Delivery, EmailDelivery, Smtp
from remindr.model.policy import Policy
from remindr.pipeline.approving import Choice, all_waiting, chosen, word_given
from remindr.pipeline.run import RunOrder, run
from remindr.pipeline.station import station
from remindr.project.load import load_policy

pytestmark = pytest.mark.usefixtures("new_years_eve")

FIRST, NEXT, LATER = "2026-11-09", "2026-11-10", "2026-11-11"
OTHER_MACHINE = "the last run with this journal was on another machine"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's state folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office after its first run, with a copy of the journal as it was then, and two customers for the next."""
    made = open_office(tmp_path / "office")
    assert made.run(FIRST, A1="1000.00") == {"email": 1}
    shutil.copytree(made.root / ".remindr", tmp_path / "backup")
    return made


def journal(office: Office) -> Path:
    return office.root / ".remindr" / "journal.db"


def live(root: Path, mail: MailServer) -> Policy:
    """The policy if e-mails leave through a mail server."""
    policy = load_policy(root).policy
    leaving = Delivery(email=EmailDelivery(via="smtp", smtp=Smtp(**mail.settings())))
    return replace(policy, project=policy.project.model_copy(update={"delivery": leaving}))


def seal(office: Office) -> Any:
    return json.loads((office.root / ".remindr" / "journal.seal").read_text("utf-8"))


def test_a_journal_from_a_backup_is_refused_until_allowed(office: Office, tmp_path: Path) -> None:
    assert office.run(NEXT) == {}
    shutil.copy(tmp_path / "backup" / "journal.db", journal(office))
    said = office.does("run", on=LATER, code=5)
    assert "the journal knows 1 run, but 2 were made with it: it is an older copy" in said
    assert "put back the journal of the last run if there is one" in said
    office.does("run", "--allow", "restored", on=LATER)
    office.does("run", on=LATER)


def copies(office: Office) -> list[str]:
    return sorted(copy.name for copy in journal(office).parent.glob("*.backup"))


def test_a_copy_is_left_once_a_week_and_two_are_kept(office: Office) -> None:
    found = []
    for day in ("2026-11-13", "2026-11-16", "2026-11-20", "2026-11-24", "2026-12-01"):
        office.run(day, A1="1000.00")
        found.append(copies(office))
    first, second, third = (f"journal.db.{day}.backup" for day in ("2026-11-16", "2026-11-24", "2026-12-01"))
    assert found == [[], [first], [first], [first, second], [second, third]]
    assert {path.name for path in journal(office).parent.iterdir() if ".new" in path.name} == set()
    if os.name == "posix":
        assert stat.S_IMODE((journal(office).parent / third).stat().st_mode) == 0o600


def test_a_damaged_journal_names_the_newest_copy_which_helps(office: Office) -> None:
    office.run("2026-11-16", A1="1000.00")
    office.run("2026-11-17")
    journal(office).write_bytes(journal(office).read_bytes()[:5000])
    said = office.does("run", on="2026-11-18", code=5)
    assert "put back a copy, the newest here is .remindr/journal.db.2026-11-16.backup; do not delete it" in said
    shutil.copy(journal(office).with_name("journal.db.2026-11-16.backup"), journal(office))
    assert "it is an older copy" in office.does("run", on="2026-11-18", code=5)
    office.does("run", "--allow", "restored", on="2026-11-18")
    assert "damaged" not in office.does("run", on="2026-11-18")


def test_a_run_that_cannot_leave_a_copy_says_so_and_is_done(office: Office) -> None:
    (journal(office).parent / ".backup.new").mkdir()
    office.export("2026-11-16", A1="1000.00")
    said = office.does("run", on="2026-11-16")
    assert "note: no copy of the journal could be made: .remindr/journal.db.2026-11-16.backup: the journal " in said
    assert copies(office) == []


def test_a_whole_folder_from_a_backup_is_known_by_the_seal_kept_elsewhere(office: Office, tmp_path: Path) -> None:
    assert office.run(NEXT) == {}
    shutil.copytree(tmp_path / "backup", office.root / ".remindr", dirs_exist_ok=True)
    assert "it is an older copy" in office.does("run", on=LATER, code=5)


@pytest.mark.parametrize("gone", ["journal.db", ""], ids=["the journal", "its folder"])
def test_a_deleted_journal_is_no_reason_to_write_to_everybody_again(office: Office, gone: str) -> None:
    """Not even by the second try, although the first has made a new one."""
    lost = office.root / ".remindr" / gone
    shutil.rmtree(lost) if lost.is_dir() else lost.unlink()
    for _ in range(2):
        said = office.does("run", on=NEXT, code=5)
        assert "the journal is new, but 1 run was made here with another" in said
    office.does("run", "--allow", "restored", on=NEXT)
    assert office.run(LATER) == {}


def test_a_project_that_is_started_anew_in_the_same_place_is_another_one(office: Office) -> None:
    shutil.rmtree(office.root)
    assert run_app(["init", str(office.root), "-q"]) == 0
    (office.root / "remindr.yaml").unlink()
    again = open_office(office.root)
    assert again.run(FIRST, A1="1000.00") == {"email": 1}


def test_another_journal_in_its_place_is_refused(office: Office, tmp_path: Path) -> None:
    other = open_office(tmp_path / "other")
    other.run(FIRST, A1="1000.00")
    shutil.copy(journal(other), journal(office))
    assert "the journal is another one than the last run's" in office.does("run", on=NEXT, code=5)


def test_a_project_on_another_machine_is_refused_until_allowed(office: Office) -> None:
    file = office.root / ".remindr" / "journal.seal"
    file.write_text(json.dumps(seal(office) | {"machine": "elsewhere"}), "utf-8")
    if not this_machine():  # a container without an id cannot tell machines apart, and goes on
        assert office.run(NEXT) == {}
        return
    assert OTHER_MACHINE in office.does("run", on=NEXT, code=5)
    office.does("run", "--allow", "restored", on=NEXT)
    assert office.run(LATER) == {}


def test_status_tells_and_nobody_who_looks_writes(office: Office, state: Path) -> None:
    journal(office).unlink()
    before = {path: path.stat().st_mtime_ns for place in (office.root, state) for path in place.rglob("*")}
    assert "A run would be refused\n  the journal is new, but 1 run was made here" in office.does("status", on=NEXT)
    office.does("preview", on=NEXT)
    assert {path: path.stat().st_mtime_ns for place in (office.root, state) for path in place.rglob("*")} == before


def test_seals_are_for_this_user_alone_and_name_nothing_but_a_number(office: Office, state: Path) -> None:
    (kept,) = (state / "remindr" / "seals").iterdir()
    for file in (kept, office.root / ".remindr" / "journal.seal"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert json.loads(file.read_text("utf-8")).keys() == {"journal", "runs", "machine", "at"}
    assert seal(office)["runs"] == 1


def test_without_a_home_the_seal_beside_the_journal_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: Path
) -> None:
    """A file where the folder should be stands for a place that cannot be written to."""
    state.write_text("no folder", "utf-8")
    office = open_office(tmp_path / "office")
    assert office.run(FIRST, A1="1000.00") == {"email": 1}
    journal(office).unlink()
    assert "the journal is new" in office.does("run", on=NEXT, code=5)
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/")
    assert state_folder() == Path("/.local/state/remindr/seals")


def test_a_machine_without_an_id_has_no_mark(tmp_path: Path) -> None:
    assert this_machine(tmp_path / "nothing") == ""
    (tmp_path / "id").write_text("uninitialized\n", "ascii")
    assert this_machine(tmp_path / "id") == ""
    (tmp_path / "id").write_text("0123456789abcdef0123456789abcdef\n", "ascii")
    assert len(this_machine(tmp_path / "id")) == 32
    assert "0123456789abcdef" not in this_machine(tmp_path / "id")


def test_in_live_mode_everything_waits_for_one_approval_then(office: Office) -> None:
    """Whoever lets it go ahead has not yet seen what would go out twice."""
    with mail_server() as mail:
        _approved_once(office, live(office.root, mail))


def test_what_was_approved_before_does_not_let_everything_go_again(office: Office, tmp_path: Path) -> None:
    """The backup has the approvals of what has gone out since."""
    journal(office).unlink()
    with mail_server() as mail:
        policy = live(office.root, mail)
        _approve(office, policy, at="2027-01-02T08:00:00Z")
        shutil.copy(journal(office), tmp_path / "approved.db")
        assert run(office.root, policy, date.fromisoformat(NEXT), LATER_ON).summary.sent == {"email": 1}
        shutil.copy(tmp_path / "approved.db", journal(office))
        with pytest.raises(Refused, match="waits for one approval of its whole plan"):
            run(office.root, policy, date.fromisoformat(NEXT), LATER_ON)
        assert len(mail.accepted) == 1


LATER_ON = RunOrder(datetime(2027, 1, 2, 9, tzinfo=UTC), "test", frozenset({"restored"}))  # than any run of the office


def _approved_once(office: Office, policy: Policy) -> None:
    journal(office).unlink()
    day = date.fromisoformat(NEXT)
    for _ in range(2):
        with pytest.raises(Refused, match="the first live run with a journal that was put back waits for one approval"):
            run(office.root, policy, day, LATER_ON)
    _approve(office, policy, at=LATER_ON.at)
    assert run(office.root, policy, day, LATER_ON).summary.sent == {"email": 1}
    assert run(office.root, policy, day, RunOrder(LATER_ON.now, "test")).waiting == 0


def _approve(office: Office, policy: Policy, *, at: str) -> None:
    with station(office.root, policy, date.fromisoformat(NEXT), writing=True, at=at) as here:
        every = chosen(here, all_waiting(here), Choice(everything=True))
        given = [word_given(here, one, by="Ada", text="", refused=False) for one in every]
        here.journal.approve(given, at=at)
