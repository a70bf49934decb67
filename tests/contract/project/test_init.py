import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from remindr.errors import DataError, ProjectError
from remindr.project.init import init_project
from remindr.project.load import load_policy
from remindr.project.starter import starter_files, starter_root

CHECKOUT = Path(__file__).parents[3]


def test_started_project_has_no_mistakes_and_one_thing_to_fill_in(tmp_path: Path) -> None:
    init_project(tmp_path)
    loaded = load_policy(tmp_path)
    assert [warning.what for warning in loaded.warnings] == ["the company is still the one of the starter set"]
    assert [segment.name for segment in loaded.policy.project.segments] == ["new", "problem", "slow", "reliable"]


def test_every_file_written_is_listed(tmp_path: Path) -> None:
    written = init_project(tmp_path)
    assert sorted(written) == sorted(path for path in tmp_path.rglob("*") if path.is_file())


def test_companys_own_words_are_written_whatever_they_are(tmp_path: Path) -> None:
    own = {
        "name": 'Müller & Söhne: "Licht" #1 \\ {x}',
        "email": "büro@müller.example",
        "country": "DE",
        "language": "de",
        "currency": "EUR",
        "timezone": "Europe/Berlin",
    }
    init_project(tmp_path, company=own)
    project = load_policy(tmp_path).policy.project
    assert own.items() <= project.company.model_dump().items()
    assert list(map(str, project.reminding.ignore_below)) == ["10 EUR"]
    assert project.reminding.holidays == "DE"


@pytest.mark.parametrize(
    ("company", "what"),
    [
        ({"timezone": "Berlin"}, "did you mean 'Europe/Berlin'?"),
        ({"currency": "Euro"}, "'Euro' is not a currency"),
        ({"currency": "EUX"}, "unknown currency 'EUX'"),
        ({"country": "UK"}, "did you mean 'GB'?"),
        ({"email": "me"}, "'me' is not an e-mail address"),
        ({"name": "x\x1b[31m"}, "invisible character"),
    ],
)
def test_company_that_cannot_be_is_refused_before_anything_is_written(
    tmp_path: Path, company: dict[str, str], what: str
) -> None:
    with pytest.raises(ProjectError) as caught:
        init_project(tmp_path, company=company)
    assert what in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_project_is_never_started_twice(tmp_path: Path) -> None:
    init_project(tmp_path)
    (tmp_path / "remindr.yaml").write_text("mine")
    with pytest.raises(ProjectError, match="a project here already"):
        init_project(tmp_path)
    assert (tmp_path / "remindr.yaml").read_text() == "mine"


def test_file_of_somebody_else_is_never_overwritten(tmp_path: Path) -> None:
    mine = tmp_path / "sequences" / "firm.yaml"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(ProjectError, match=r"sequences/firm\.yaml: is there already"):
        init_project(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]
    assert mine.read_text() == "mine"


def test_start_that_was_cut_short_can_be_repeated(tmp_path: Path) -> None:
    init_project(tmp_path)
    (tmp_path / "remindr.yaml").unlink()
    assert init_project(tmp_path) == [tmp_path / "remindr.yaml"]


def test_gitignore_of_the_folder_is_kept_and_completed(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.tmp\noutbox/")
    init_project(tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "*.tmp\noutbox/\n.remindr/journal*\n.remindr/rehearsal*\nexports/\n"


def test_editors_are_told_which_schema_a_file_has(tmp_path: Path) -> None:
    init_project(tmp_path)
    for path in (tmp_path / "remindr.yaml", *(tmp_path / "sequences").iterdir()):
        _, _, schema = path.read_text().splitlines()[0].partition("# yaml-language-server: $schema=")
        assert json.loads((path.parent / schema).read_text())["$schema"].endswith("2020-12/schema")


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DataError, match="cannot be written"):
        init_project(tmp_path / "project")


def test_target_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "project").write_text("")
    with pytest.raises(DataError, match="cannot be written"):
        init_project(tmp_path / "project")


def test_starter_set_is_found_where_remindr_is_installed() -> None:
    paths = {path.as_posix() for path, _ in starter_files()}
    assert {"sequences/steady.yaml", "templates/steady/first.email.j2"} <= paths


@pytest.mark.skipif(not (CHECKOUT / "src" / "remindr").is_dir(), reason="not in a checkout")
def test_starter_set_is_the_same_in_a_checkout() -> None:
    code = "from remindr.project.starter import starter_root; print(starter_root())"
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT / "src")}
    found = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, cwd="/"
    )
    assert Path(found.stdout.strip()) == CHECKOUT
    for path, text in starter_files():
        assert (CHECKOUT / path).read_text(encoding="utf-8") == text
    assert (starter_root() / "sequences").is_dir()


def test_starter_files_have_no_flow_braces() -> None:
    for path, text in starter_files():
        if path.suffix == ".yaml":
            assert "{" not in text, path
