"""`init` and `schema`: the folder named either way, silence, lists and JSON as everywhere else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

Remindr = Callable[..., Any]


def test_init_prints_what_it_wrote_as_json(remindr: Remindr, tmp_path: Path) -> None:
    document = remindr("init", tmp_path / "new", "--json").json
    jsonschema.validate(document, remindr("schema", "--output").json["remindr.init/1"])
    assert document["project"] == str(tmp_path / "new")
    assert {"remindr.yaml", "sequences/gentle.yaml", ".gitignore"} <= set(document["written"])
    assert all((tmp_path / "new" / path).is_file() for path in document["written"])


def test_init_takes_the_folder_after_c_as_well(remindr: Remindr, tmp_path: Path) -> None:
    assert remindr("init", "-C", tmp_path / "new").code == 0
    assert (tmp_path / "new" / "remindr.yaml").is_file()
    assert remindr("init", tmp_path / "twice", "-C", tmp_path / "twice").code == 0


def test_init_asks_which_of_two_folders(remindr: Remindr, tmp_path: Path) -> None:
    result = remindr("init", tmp_path / "one", "-C", tmp_path / "other")
    assert result.code == 2
    assert "two folders are named" in result.err
    assert not list(tmp_path.iterdir())


def test_init_is_silent_or_lists_every_file(remindr: Remindr, tmp_path: Path) -> None:
    quiet = remindr("init", tmp_path / "quiet", "-q")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    assert "  templates/gentle/first.email.j2\n" in remindr("init", tmp_path / "loud", "-v").out


def test_schema_renews_what_the_editor_reads(remindr: Remindr, tmp_path: Path) -> None:
    remindr("init", tmp_path, "-q")
    schema = tmp_path / ".remindr" / "schemas" / "remindr.json"
    fresh = schema.read_text()
    schema.write_text("{}")
    result = remindr("schema", "--write", "-C", tmp_path, "-v")
    paths = ["  .remindr/schemas/remindr.json", "  .remindr/schemas/sequence.json"]
    assert result.out.splitlines() == ["Renewed 2 schemas for your editor", *paths]
    assert schema.read_text() == fresh
    assert remindr("schema", "--write", "-C", tmp_path, "-q").out == ""


def test_schema_needs_a_project_only_to_write(remindr: Remindr, tmp_path: Path) -> None:
    assert remindr("schema", "-C", tmp_path, "--json").code == 0
    assert remindr("schema", "-C", tmp_path, "--write").code == 10


@pytest.mark.parametrize("command", ["init", "check", "segment", "explain", "preview", "run", "schema"])
def test_every_command_has_the_common_options(remindr: Remindr, command: str) -> None:
    told = remindr(command, "-h").out
    assert all(option in told for option in ("-C DIR", "--json", "-q, --quiet", "-v, --verbose", "-h, --help"))
