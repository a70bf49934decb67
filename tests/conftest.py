"""Options of the whole suite, and the server that tests of it share."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from postgres import Server

settings.register_profile("untimed", deadline=None)  # a slow machine is no mistake
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --update-expected` accepts what golden files would have to say now."""
    parser.addoption("--update-expected", action="store_true", help="rewrite golden files")


@pytest.fixture(autouse=True, scope="session")
def _state_of_this_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What remindr remembers of projects outside them is of no concern to anybody's own projects."""
    with pytest.MonkeyPatch.context() as patch:
        state = tmp_path_factory.mktemp("state")
        (state / "remindr" / "seals").mkdir(parents=True)  # no run has more to do than another
        patch.setenv("XDG_STATE_HOME", str(state))
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator["Server"]:
    """A real PostgreSQL server, started when the first test asks for it."""
    from postgres import running_server

    with running_server() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: "Server") -> Iterator["Server"]:
    """The server, without what other tests have put there."""
    with postgres_server.cleared():
        yield postgres_server
