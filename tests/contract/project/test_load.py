import os
from pathlib import Path

import pytest

from remindr.errors import Exit, NoProject, ProjectError
from remindr.project.init import init_project
from remindr.project.load import find_root, load_policy


@pytest.fixture
def project(tmp_path: Path) -> Path:
    init_project(tmp_path / "project")
    return tmp_path / "project"


def told(root: Path) -> str:
    with pytest.raises(ProjectError) as caught:
        load_policy(root)
    return str(caught.value)


def test_project_is_found_from_any_folder_below_it(project: Path) -> None:
    deep = project / "exports" / "2026"
    deep.mkdir(parents=True)
    assert find_root(deep) == find_root(project) == project.resolve()


def test_folder_without_project_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(NoProject) as caught:
        find_root(tmp_path)
    assert caught.value.exit_code == Exit.NO_PROJECT
    assert "remindr init" in str(caught.value)


def test_settings_called_yml_are_found_but_not_read(tmp_path: Path) -> None:
    (tmp_path / "remindr.yml").write_text("version: 1\n")
    with pytest.raises(NoProject, match=r"rename it to remindr\.yaml"):
        find_root(tmp_path)


def test_files_saved_on_windows_mean_the_same(project: Path) -> None:
    before = load_policy(project).policy
    for path in (*project.rglob("*.yaml"), *project.rglob("*.j2")):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_policy(project).policy == before


def test_fingerprint_changes_with_every_file_and_with_nothing_else(project: Path) -> None:
    seen = {load_policy(project, thorough=False).policy.fingerprint}
    for name in ("remindr.yaml", "sequences/firm.yaml", "templates/firm/final.email.j2"):
        with (project / name).open("a") as file:
            file.write("\n")
        seen.add(load_policy(project, thorough=False).policy.fingerprint)
    os.utime(project / "remindr.yaml", (0, 0))
    (project / "notes.txt").write_text("not ours")
    seen.add(load_policy(project, thorough=False).policy.fingerprint)
    assert len(seen) == 4


def test_hidden_files_of_editors_and_systems_are_left_alone(project: Path) -> None:
    (project / "sequences" / "._firm.yaml").write_bytes(b"\x00\x05\x16\x07")
    (project / "sequences" / ".#firm.yaml").symlink_to("nobody@nowhere")
    (project / "templates" / "firm" / "._first.email.j2").write_bytes(b"\xff")
    load_policy(project)


def test_text_that_is_not_utf8_is_told_with_line_and_column(project: Path) -> None:
    path = project / "remindr.yaml"
    path.write_bytes(path.read_bytes().replace(b"Your Company", "Grüner".encode("latin-1")))
    lines = told(project).splitlines()
    assert lines[0].endswith(":11: a character that is not UTF-8")
    assert lines[1].endswith("name: Gr�ner Ltd")
    assert lines[2] == " " * 14 + "^"


def test_text_saved_as_utf16_is_told_as_such(project: Path) -> None:
    path = project / "sequences" / "firm.yaml"
    path.write_bytes(path.read_text().encode("utf-16"))
    assert told(project).startswith("sequences/firm.yaml: is saved as UTF-16 ('Unicode'), not as UTF-8\n")


def test_binary_file_is_told_without_its_bytes(project: Path) -> None:
    (project / "sequences" / "firm.yaml").write_bytes(b"PK\x03\x04\x14\x00\x06\x00")
    assert told(project).startswith("sequences/firm.yaml:1:3: an invisible character (U+0003)")


@pytest.mark.parametrize("name", ["remindr.yaml", "sequences/firm.yaml", "templates/firm/first.email.j2"])
def test_file_of_more_than_a_megabyte_is_not_read(project: Path, name: str) -> None:
    with (project / name).open("a") as file:
        file.write("#" * 1_000_001)
    assert told(project).startswith(f"{name}: is larger than 1 MB")


def test_file_that_cannot_be_read_is_told_like_any_other_mistake(project: Path) -> None:
    (project / "sequences" / "odd.yaml").mkdir()
    (project / "sequences" / "gone.yaml").symlink_to("nowhere")
    assert told(project).splitlines() == [
        "sequences/gone.yaml: cannot be read: No such file or directory",
        "sequences/odd.yaml: cannot be read: Is a directory",
    ]


def test_commands_that_compose_nothing_need_not_wait_for_templates(project: Path) -> None:
    (project / "templates" / "firm" / "first.email.j2").write_text("Subject: x\n\n{{ nobody }}\n")
    assert load_policy(project, thorough=False).policy.sequences
    assert "unknown variable 'nobody'" in told(project)


def test_project_without_sequences_names_the_file_that_is_missing(project: Path) -> None:
    (project / "sequences").rename(project / "elsewhere")
    assert "hint: there is no sequences/welcome.yaml" in told(project)
