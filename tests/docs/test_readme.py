"""What README says is so: its commands, its exit codes, its links, its first five minutes."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer.core
import typer.main

from remindr.cli import app
from remindr.errors import Exit

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def remindr(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "remindr", *arguments]
    return subprocess.run(command, check=False, cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def test_readme_opens_with_the_two_commands() -> None:
    first_block = README.split("```")[1].splitlines()[1:]
    assert [line.split("  ")[0] for line in first_block if line] == ["make demo", "make test"]


def test_every_command_in_readme_exists_and_the_other_way_round() -> None:
    named = set(re.findall(r"^remindr ([a-z]+)|`remindr ([a-z]+)", README, re.MULTILINE))
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    assert {first or second for first, second in named} == set(group.commands)


def test_readme_lists_every_exit_code() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    assert listed == set(Exit)


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_readme_links_lead_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_first_five_minutes_end_with_an_outbox_and_a_second_run_writes_nothing(tmp_path: Path) -> None:
    project = tmp_path / "reminders"
    (init,) = re.findall(r"^remindr (init .+)$", README, re.MULTILINE)
    shutil.copytree(ROOT / "examples" / "quickstart" / "exports", tmp_path / "exports")
    assert remindr(*shlex.split(init), cwd=tmp_path).returncode == Exit.DONE
    for command in re.findall(r"^remindr (\w+)$", README, re.MULTILINE):
        done = remindr(command, "--as-of", "2026-11-20", cwd=project)
        # The example has one row that cannot be read; a run that sees it for the first time says so with its code.
        assert done.returncode == (Exit.PARTIAL if command == "run" else Exit.DONE), done.stderr
    (outbox,) = (project / "outbox").iterdir()
    assert any(outbox.glob("email/*.eml"))
    assert remindr("run", "--as-of", "2026-11-20", cwd=project).returncode == Exit.DONE
    assert list((project / "outbox").iterdir()) == [outbox]
