"""Taking back what a run wrote: files out of the way, steps free again, whole or not at all, whatever interrupts it."""

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from shop import DAY, NOTICES, ask, look, open_shop, run_arguments, visible

from remindr.cli import run_app

FIRST, SECOND = f"{DAY}-1", f"{DAY}-2"
DISCARDED = Path("outbox", "discarded")


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A shop after a run."""
    root = open_shop(tmp_path / "shop")
    assert run_app(run_arguments(root)) == 0
    capsys.readouterr()
    return root


def discard(root: Path, what: str, *more: str, code: int = 0) -> None:
    assert run_app(["discard", what, "-C", str(root), "--as-of", DAY, "--yes", *more]) == code


def runs(root: Path) -> list[str]:
    return [name for name in visible(root) if name != "discarded"]


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def call(root: Path) -> dict[str, str]:
    """The first call of the run's list."""
    return rows(root / "outbox" / FIRST / "calls.csv")[0]


def test_a_run_is_taken_back_as_a_whole_and_the_next_run_decides_anew(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(shop / "outbox" / FIRST)
    discard(shop, FIRST, "--text", "wrong bank details", "--by", "Ada")
    said = capsys.readouterr().out
    assert said.startswith(f"Took back run {FIRST}: 4 e-mails, ")
    assert f"to 7 customers; the files are in outbox/discarded/{FIRST}." in said
    assert runs(shop) == []
    assert files(shop / DISCARDED / FIRST) == before
    assert ask(shop, "SELECT run_id, notice_id, discarded_by, text FROM discards") == [
        (FIRST, None, "Ada", "wrong bank details")
    ]
    assert run_app(run_arguments(shop)) == 0
    assert runs(shop) == [SECOND]
    assert files(shop / "outbox" / SECOND) == before


def test_one_notice_is_taken_back_by_its_file(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (oak,) = (shop / "outbox" / FIRST / "email").glob("*oak*.eml")
    discard(shop, str(oak))
    assert f"Took back step 'first' of run {FIRST}: 1 e-mail to 1 customer" in capsys.readouterr().out
    assert not oak.exists()
    assert files(shop / DISCARDED / f"{FIRST}-1") == [f"email/{oak.name}"]
    assert run_app([*run_arguments(shop), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sent"] == {"email": 1}
    assert len(look(shop).notices) >= NOTICES


def test_one_call_is_taken_back_by_its_key(shop: Path) -> None:
    listed = rows(shop / "outbox" / FIRST / "calls.csv")
    discard(shop, listed[0]["key"])
    assert rows(shop / "outbox" / FIRST / "calls.csv") == listed[1:]
    assert rows(shop / DISCARDED / f"{FIRST}-1" / "calls.csv") == listed[:1]
    for row in listed[1:]:
        discard(shop, row["key"])
    assert not (shop / "outbox" / FIRST / "calls.csv").exists()


def test_what_is_left_of_a_run_is_taken_back_after_single_notices(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    discard(shop, call(shop)["key"])
    capsys.readouterr()
    discard(shop, FIRST, "--json")
    done = json.loads(capsys.readouterr().out)
    assert (done["whole"], len(done["notices"]), done["moved_to"]) == (True, NOTICES - 1, f"outbox/discarded/{FIRST}")
    assert runs(shop) == []


def test_nothing_is_taken_back_twice_and_nothing_unknown(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    discard(shop, f"{DAY}-7", code=1)
    last = f"hint: remindr discard RUN, the last are {FIRST}"
    assert f"run {DAY}-7 is not in the journal\n  {last}" in capsys.readouterr().err
    discard(shop, "oak", code=1)
    said = capsys.readouterr().err
    assert f"no run or notice 'oak' is known\n  {last}; for one notice its key, or the file of" in said
    discard(shop, FIRST)
    discard(shop, FIRST, code=1)
    said = capsys.readouterr().err
    assert f"{FIRST} was taken back before" in said
    assert "hint: what is due is written again by the next remindr run" in said


def test_what_may_have_been_passed_on_is_not_taken_back(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (oak,) = (shop / "outbox" / FIRST / "email").glob("*oak*.eml")
    oak.unlink()
    discard(shop, FIRST, code=5)
    said = capsys.readouterr().err
    assert f"messages are not in outbox/{FIRST} any more: email to customer 01" in said
    assert "or take back the others one by one: remindr discard KEY" in said
    assert runs(shop) == [FIRST]
    (zoe,) = (shop / "outbox" / FIRST / "email").glob("*zoe*.eml")
    discard(shop, str(zoe))


def test_a_list_that_a_spreadsheet_saved_its_own_way_moves_with_its_folder(shop: Path) -> None:
    path = shop / "outbox" / FIRST / "calls.csv"
    path.write_text(path.read_text("utf-8-sig").replace('","', '";"'), encoding="utf-8")
    discard(shop, FIRST)


def test_a_notice_on_which_later_ones_are_built_stays(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    later = "2025-03-27"
    (export,) = (shop / "exports").glob("invoices*")
    shutil.copy(export, shop / "exports" / f"invoices-{later}.csv")
    shutil.copy(shop / "exports" / f"customers-{DAY}.csv", shop / "exports" / f"customers-{later}.csv")
    assert run_app(["run", "-C", str(shop), "--as-of", later]) == 0
    discard(shop, FIRST, code=5)
    said = capsys.readouterr().err
    assert f"run {FIRST} cannot be taken back: what was written later is built on it" in said
    assert f"of {later} about 000" in said
    assert f"take that back first: remindr discard {later}-1; or take back the others one by one: remindr" in said
    (oak,) = (shop / "outbox" / FIRST / "email").glob("*oak*.eml")
    discard(shop, str(oak), code=5)
    (key,) = re.findall(r"take that back first: remindr discard ([0-9a-f]{24})\n", capsys.readouterr().err)
    discard(shop, key)
    discard(shop, str(oak))
    discard(shop, f"{later}-1")
    discard(shop, FIRST)


def test_a_call_that_was_made_stays(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = shop / "calls.csv"
    assert run_app(["calls", "--csv", str(sheet), "-C", str(shop), "--as-of", DAY]) == 0
    made = rows(sheet)
    made[0]["Outcome"] = "reached"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(made[0]))
        writer.writeheader()
        writer.writerows(made)
    assert run_app(["calls", "import", str(sheet), "-C", str(shop), "--as-of", DAY]) == 0
    capsys.readouterr()
    discard(shop, FIRST, code=5)
    said = capsys.readouterr().err
    assert f"what came of the call was noted on {DAY}" in said
    (customer, number) = re.findall(r"take that back first: remindr note (\S+) (\d+) --undo; or take back", said)[0]
    assert run_app(["note", customer, number, "--undo", "-C", str(shop), "--as-of", DAY]) == 0
    discard(shop, FIRST)


def test_nobody_is_there_to_ask_so_nothing_happens(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_app(["discard", FIRST, "-C", str(shop), "--as-of", DAY]) == 2
    assert "hint: add --yes to go ahead without asking" in capsys.readouterr().err
    assert runs(shop) == [FIRST]


def interrupted(root: Path) -> None:
    """Takes the end of the last discard away again, as a crash before it would have left the journal."""
    ask(root, "DELETE FROM discard_results WHERE discard_id = (SELECT max(id) FROM discards)")
    ask(root, "UPDATE notices SET voided = 0")


@pytest.mark.parametrize("moved", [True, False])
def test_a_run_whose_taking_back_was_interrupted_is_taken_back_by_the_next_run(
    shop: Path, capsys: pytest.CaptureFixture[str], moved: bool
) -> None:
    discard(shop, FIRST)
    interrupted(shop)
    if not moved:
        (shop / DISCARDED / FIRST).rename(shop / "outbox" / FIRST)
    capsys.readouterr()
    assert run_app([*run_arguments(shop), "--json"]) == 0
    said = capsys.readouterr()
    told = f"taking back what run {FIRST} wrote had been interrupted; its files are in outbox/discarded/{FIRST} now"
    assert f"note: {told}" in said.err
    assert sum(json.loads(said.out)["sent"].values()) >= NOTICES
    assert runs(shop) == [SECOND]
    assert (shop / DISCARDED / FIRST).is_dir()


@pytest.mark.parametrize("moved", ["nothing", "row written twice", "all"])
def test_a_notice_whose_taking_back_was_interrupted_is_taken_back_by_the_next_command(
    shop: Path, capsys: pytest.CaptureFixture[str], moved: str
) -> None:
    """The row of the call is in its new place before it leaves the old one."""
    folder, row = shop / "outbox" / FIRST, call(shop)
    shutil.copytree(folder, shop / "before")
    discard(shop, row["key"])
    interrupted(shop)
    if moved != "all":
        shutil.copy(shop / "before" / "calls.csv", folder / "calls.csv")
    if moved == "nothing":
        shutil.rmtree(shop / DISCARDED)
    capsys.readouterr()
    discard(shop, row["key"], code=1)
    assert "was taken back before" in capsys.readouterr().err
    assert rows(shop / DISCARDED / f"{FIRST}-1" / "calls.csv") == [row]
    assert row not in rows(folder / "calls.csv") if (folder / "calls.csv").exists() else True
    assert ask(shop, "SELECT count(*) FROM notices WHERE voided") == [(1,)]
