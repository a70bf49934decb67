"""remindr with one of its safeguards taken out, for tests that must notice: python mutant.py WHICH ARGUMENTS…"""

import sys
from pathlib import Path

from remindr.channels import outbox, stage
from remindr.cli import run_app
from remindr.journal import sqlite


def _files_are_not_synced() -> None:
    vars(stage)["sync"] = _forgotten


def _folders_are_not_synced() -> None:
    vars(stage)["sync_folder"] = vars(outbox)["sync_folder"] = _forgotten


def _journal_is_not_durable() -> None:
    sqlite._DURABLE = ("journal_mode = WAL", "synchronous = OFF")


def _forgotten(_path: Path) -> None:
    """What the mutant does instead of syncing."""


MUTANTS = {
    "files are not synced": _files_are_not_synced,
    "folders are not synced": _folders_are_not_synced,
    "the journal is not durable": _journal_is_not_durable,
}

if __name__ == "__main__":
    MUTANTS[sys.argv[1]]()
    sys.exit(run_app(sys.argv[2:]))
