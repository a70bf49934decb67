"""What names people is for the user alone, goes when it is to be forgotten, and is not kept for ever."""

import contextlib
import io
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from office import SETTINGS, Office, open_asking_office, open_office
from projects import write_files
from shop import ask, open_shop, run_arguments, visible

from remindr.cli import run_app

pytestmark = pytest.mark.usefixtures("new_years_eve")

NAMING = ("Oak & Sons", "oak-sons", "Oak &amp; Sons", "ap@oak.example", "442079460001", "they wept", "spoke to Mia")


@pytest.fixture
def open_to_all() -> Iterator[None]:
    """A while in which new files are for everybody unless somebody says otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(place: Path) -> dict[str, set[int]]:
    """The rights of all files and of all folders below a folder, itself included."""
    every = [place, *place.rglob("*")]
    files = {stat.S_IMODE(path.stat().st_mode) for path in every if path.is_file()}
    return {"files": files, "folders": {stat.S_IMODE(path.stat().st_mode) for path in every if path.is_dir()}}


@pytest.mark.usefixtures("open_to_all")
@pytest.mark.skipif(os.name != "posix", reason="Windows has no such rights")
def test_everything_that_a_run_leaves_is_for_its_user_alone(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "shop")
    assert run_app(run_arguments(shop)) == 0
    (run_id,) = visible(shop)
    assert {path.name for path in (shop / "outbox" / run_id).iterdir()} == {"email", "letters", "calls.csv"}
    key = ask(shop, "SELECT key FROM notices WHERE channels LIKE 'call%'")[0][0]
    assert run_app(["discard", key, "--yes", "-C", str(shop)]) == 0
    assert run_app(["forget", "01", "--yes", "-C", str(shop)]) == 0
    for place in (".remindr", "outbox"):
        assert modes(shop / place) == {"files": {0o600}, "folders": {0o700}}, place


def traces(root: Path) -> set[str]:
    """Whatever names the customer in the bytes and names of files below the project, but in what people put there."""
    ours = [path for name in ("outbox", ".remindr") for path in (root / name).rglob("*")]
    said = [path.name.encode() + (path.read_bytes() if path.is_file() else b"") for path in ours]
    return {name for name in NAMING for text in said if name.encode() in text}


@pytest.fixture
def noted(tmp_path: Path) -> Office:
    """An office that has written to Oak & Sons, noted what they said, and approved a step; an upgrade left a copy."""
    made = open_asking_office(tmp_path)
    made.does("note A2 dispute --by Ada --text", "they wept", on="2026-11-20")
    made.does("approve 007 --by Ada --text", "spoke to Mia", on="2026-11-23")
    assert made.run("2026-11-23") == {"email": 1}
    made.does("note A1 paid-says-customer --by Ada --text", "spoke to Mia", on="2026-11-24")
    copy = made.root / ".remindr" / "journal.db.0007.backup"
    copy.write_bytes(b"they wept")
    return made


def forget(office: Office, who: str, *more: str, code: int = 0) -> str:
    """What the command says; it knows no other day than today."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        assert run_app(["forget", who, "--yes", *more, "-C", str(office.root)]) == code, said.getvalue()
    return said.getvalue()


def test_nothing_that_names_a_forgotten_customer_is_left(noted: Office) -> None:
    assert traces(noted.root) >= {"Oak & Sons", "ap@oak.example", "they wept", "spoke to Mia"}
    steps = ask(noted.root, "SELECT customer_id, invoice_id, step FROM lines")
    found = json.loads(forget(noted, "oak", "--json"))
    assert (found["customer_id"], found["texts"]) == ("007", 3)
    assert found["messages"] >= 2
    assert traces(noted.root) == set()
    assert ask(noted.root, "SELECT customer_id, invoice_id, step FROM lines") == steps
    assert ask(noted.root, "SELECT DISTINCT recipient FROM notices") == [("",)]


def test_who_is_forgotten_is_not_reminded_again(noted: Office) -> None:
    forget(noted, "007")
    assert noted.run("2026-11-23") == {}
    assert noted.run("2026-11-26") == {}
    assert json.loads(forget(noted, "007", "--json"))["messages"] == 0


def test_a_forgotten_dispute_goes_on_resting(tmp_path: Path) -> None:
    office = open_office(tmp_path)
    assert office.run("2026-11-09", A1="1000.00") == {"email": 1}
    office.does("note A1 dispute --text", "they wept", on="2026-11-10")
    forget(office, "007")
    office.export("2026-11-30", A1="1000.00")
    assert office.run("2026-11-30") == {}
    assert "disputed" in office.why_silent("2026-11-30", "A1")


def test_only_their_rows_go_from_a_list(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "shop")
    assert run_app(run_arguments(shop)) == 0
    (run_id,) = visible(shop)
    calls = shop / "outbox" / run_id / "calls.csv"
    assert "Ring Ltd" in calls.read_text("utf-8-sig")
    assert run_app(["forget", "Ring Ltd", "--yes", "-C", str(shop)]) == 0
    assert "Ring Ltd" not in calls.read_text("utf-8-sig")
    assert "Bell Ltd" in calls.read_text("utf-8-sig")


def test_what_was_taken_back_is_forgotten_too_and_a_list_saved_otherwise_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = open_shop(tmp_path / "shop")
    assert run_app(run_arguments(shop)) == 0
    (run_id,) = visible(shop)
    calls = shop / "outbox" / run_id / "calls.csv"
    calls.write_text(calls.read_text("utf-8-sig").replace(",", ";"), "utf-8")
    assert run_app(["discard", run_id, "--yes", "-C", str(shop)]) == 0
    capsys.readouterr()
    assert run_app(["forget", "01", "--yes", "-C", str(shop)]) == 0
    place = f"outbox/discarded/{run_id}"
    assert f"note: {place}/calls.csv was saved in another way" in capsys.readouterr().err
    assert not list((shop / place / "email").glob("*oak-sons*"))


def test_a_customer_who_has_left_the_exports_is_forgotten_by_number(noted: Office) -> None:
    for file in (noted.root / "exports").iterdir():
        file.unlink()
    forget(noted, "007")
    assert traces(noted.root) == set()
    assert "no file matches" in forget(noted, "Oak & Sons", code=1), "names stand in the exports alone"


def test_nothing_is_forgotten_unasked(noted: Office) -> None:
    assert run_app(["forget", "007", "-C", str(noted.root)]) == 2
    assert "they wept" in traces(noted.root)


@pytest.mark.parametrize(("keep", "left"), [("30 days", []), ("forever", ["2026-11-09-1"])])
def test_old_folders_of_the_outbox_go_at_the_end_of_a_run(tmp_path: Path, keep: str, left: list[str]) -> None:
    """What no run has written stays, and so does what is in doubt."""
    office = open_office(tmp_path, SETTINGS.replace("30 days", "300 days") + f"delivery:\n  keep: {keep}\n")
    office.run("2026-11-09", A1="1000.00")
    mine = {"outbox/2020-01-01-1/a.txt": "no run of ours", "outbox/mine/a.txt": "a folder"}
    write_files(office.root, mine)
    assert "deleted" not in office.does("run -v", on="2026-12-09")
    said = office.does("run -v", on="2026-12-10")
    assert ("1 folder of runs before 2026-11-10 deleted from the outbox" in said) == (not left)
    there = [path.name for path in (office.root / "outbox").iterdir() if path.name.startswith("2026-11")]
    assert there == left
    assert all((office.root / path).exists() for path in mine)


def test_a_length_in_working_days_is_refused(tmp_path: Path) -> None:
    office = open_office(tmp_path, SETTINGS + "delivery:\n  keep: 5 working days\n")
    assert "is not a number of calendar days" in office.does("check", on="2026-11-09", code=2)
