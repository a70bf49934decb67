"""One project under siege for all tests: they only read what it wrote and printed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from siege import Guest, Siege, besiege, endure, guests


@pytest.fixture(scope="session")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Siege:
    """The project with every hostile text, after every command."""
    return endure(besiege(tmp_path_factory.mktemp("siege") / "project", guests()))


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Siege:
    """The same project with harmless texts, of one line and of several."""
    texts = ("Oak", "Oak and Ash Ltd", "Oak\nAsh", "Elm, 1 Elm Lane", "Ash\nElm\nFir")
    invited = [*guests(texts, ("ap@elm.example",)), *guests(("Bay", "Fir", "Yew"), ())]
    told = [Guest(one.text, number, one.route, one.email) for number, one in enumerate(invited)]
    return endure(besiege(tmp_path_factory.mktemp("twin") / "project", told))


@pytest.fixture(scope="session")
def show() -> Callable[..., None]:
    """Prints figures, to be seen with -s."""
    return lambda *told: print("\n ", *told)  # noqa: T201


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder for a project of a test's own."""
    return tmp_path / "project"
