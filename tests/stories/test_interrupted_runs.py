"""What people hear of a run that was interrupted, and what becomes of its messages if its folder was moved about."""

import json
import shutil
from pathlib import Path

import pytest
from shop import DAY, NOTICES, ask, look, open_shop, run_arguments, states, visible

from remindr.cli import run_app

FIRST, SECOND = f"{DAY}-1", f"{DAY}-2"
PARTIAL = f".{FIRST}.partial"
STATES = ["claimed", "committing", "sent"]


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A shop after a run."""
    root = open_shop(tmp_path / "shop")
    assert run_app(run_arguments(root)) == 0
    capsys.readouterr()
    return root


def take_back(root: Path, state: str, *folders: str) -> None:
    """Takes the end of the run away again, back to a state, with its folder under these names, or under none."""
    ask(root, "DELETE FROM run_results")
    ask(root, f"DELETE FROM delivery_states WHERE ordinal > {STATES.index(state) + 1}")
    folder = (root / "outbox" / FIRST).rename(root / "taken")
    for name in folders:
        shutil.copytree(folder, root / "outbox" / name)
    shutil.rmtree(folder)


def run(root: Path, *more: str, code: int = 0) -> None:
    assert run_app([*run_arguments(root), *more]) == code


def test_a_run_interrupted_at_its_end_is_completed_and_told(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    take_back(shop, "committing", PARTIAL)
    run(shop)
    said = capsys.readouterr()
    assert said.err == (
        f"note: run {FIRST} had been interrupted; it is complete now, with 7 messages in outbox/{FIRST}\n"
    )
    assert said.out.startswith("Nothing to send")
    assert visible(shop) == [FIRST]
    assert set(look(shop).claims) == {(key, "sent") for key, _ in look(shop).claims}


def test_a_run_interrupted_before_its_end_is_done_again_and_told(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take_back(shop, "claimed", PARTIAL)
    run(shop)
    said = capsys.readouterr()
    told = "had been interrupted before anything was passed on; its notices are planned again"
    assert said.err == f"note: run {FIRST} {told}\n"
    assert visible(shop) == [SECOND]
    assert list(look(shop).notices.values()) == [1] * NOTICES


@pytest.mark.parametrize(("state", "found"), [("committing", []), ("claimed", [FIRST])])
def test_messages_in_doubt_are_told_even_quietly_and_never_written_again(
    shop: Path, capsys: pytest.CaptureFixture[str], state: str, found: list[str]
) -> None:
    """A folder that is gone may have been passed on; one that is there before its time was put there by somebody."""
    take_back(shop, state, *found)
    run(shop, "-q", code=3)
    assert f"whether its {NOTICES} messages went out cannot be told" in capsys.readouterr().err
    assert states(shop) == {FIRST: "uncertain"}
    run(shop, "-q")
    assert capsys.readouterr() == ("", "")
    assert visible(shop) == found


def test_messages_in_doubt_are_counted(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    take_back(shop, "committing")
    run(shop, "--json", code=3)
    assert json.loads(capsys.readouterr().out)["uncertain"] == NOTICES


def test_another_folder_in_its_place_stops_all_runs_until_it_is_moved(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the interrupted run had written is not thrown away for it."""
    take_back(shop, "committing", PARTIAL, FIRST)
    for _ in range(2):
        run(shop, code=1)
        assert f"{FIRST}: this outbox folder exists already\n  hint: move it away" in capsys.readouterr().err
    (shop / "outbox" / FIRST).rename(shop / "elsewhere")
    run(shop)
    assert visible(shop) == [FIRST]
    assert list(look(shop).notices.values()) == [1] * NOTICES


def test_a_refused_run_still_tells_what_it_completed(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    take_back(shop, "committing", PARTIAL)
    assert run_app(["run", "-C", str(shop), "--as-of", "2025-04-17"]) == 5
    assert f"run {FIRST} had been interrupted; it is complete now" in capsys.readouterr().err
    assert visible(shop) == [FIRST]
