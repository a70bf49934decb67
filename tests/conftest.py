"""Options of the whole suite."""

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # a slow machine is no mistake
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --update-expected` accepts what golden files would have to say now."""
    parser.addoption("--update-expected", action="store_true", help="rewrite golden files")
