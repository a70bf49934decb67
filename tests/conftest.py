"""Options of the whole suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --update-expected` accepts what golden files would have to say now."""
    parser.addoption("--update-expected", action="store_true", help="rewrite golden files")
