"""What several stories have in common."""

from collections.abc import Iterator

import pytest
import time_machine


@pytest.fixture
def new_years_eve() -> Iterator[None]:
    """The last day of 2026, whenever the tests run: nothing in the stories of that year is in the future."""
    with time_machine.travel("2026-12-31T12:00:00Z", tick=False):
        yield
