"""Names from exports lead to no file but those that remindr makes, under names of its own."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hostile import BROKEN, EVERY
from messages import customer, notice
from siege import Siege

from remindr.channels.names import file_name

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")


def test_nothing_is_written_outside_the_outbox_and_the_journal(siege: Siege, show: Callable[..., None]) -> None:
    found = [path.relative_to(siege.root) for path in siege.root.rglob("*")]
    assert {path.parts[0] for path in found} == {
        "remindr.yaml", "exports", "sequences", "templates", "outbox", ".remindr",
    }  # fmt: skip
    beside = {path.name for path in siege.root.parent.iterdir()}
    assert beside == {"project", "page.html", "calls.csv", "calls.xlsx"}
    folders = {path.parts[1:3] for path in found if path.parts[0] == "outbox" and len(path.parts) == 4}
    assert {name for _, name in folders} == {"email", "letters"}
    files = list(siege.files())
    for file in files:
        assert _NAME.fullmatch(file.name), file.name
        assert not file.is_symlink()
    assert len({file.name.casefold() for file in files}) == len(files)
    show(f"files: {len(EVERY)} texts, {len(files)} files in the outbox, 0 elsewhere")


@pytest.mark.parametrize("text", [*EVERY, *BROKEN])
def test_every_name_makes_a_short_plain_file_name(text: str) -> None:
    name = file_name(7, notice(who=customer(id=text, name=text), key=text), ".eml")
    assert _NAME.fullmatch(name)
    assert name.startswith("0007-")


def test_nothing_that_stands_in_an_export_was_run(siege: Siege) -> None:
    places = (*siege.root.parent.rglob("*"), *Path.cwd().iterdir())
    assert [path for path in places if path.stem == "owned"] == []
