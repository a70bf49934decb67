"""A journal for every test, on a real file and on a real server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from journals import LOCATION, Desk

from remindr.journal.database import open_journal


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest) -> str:
    """Where a journal may be: a path, or the URL of a database that has an empty one already."""
    if request.param == "sqlite":
        return LOCATION
    journal: str = request.getfixturevalue("postgres").new_journal()
    return journal


@pytest.fixture
def desk(tmp_path: Path, location: str) -> Iterator[Desk]:
    """A new journal of an empty project."""
    made = Desk(tmp_path, open_journal(location, tmp_path, create=True), location)
    yield made
    made.journal.close()
