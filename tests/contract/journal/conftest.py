"""A journal on a real file for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from journals import LOCATION, Desk

from remindr.journal.database import open_journal


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A new journal in an empty project."""
    made = Desk(tmp_path, open_journal(LOCATION, tmp_path, create=True))
    yield made
    made.journal.close()
