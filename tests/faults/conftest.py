"""Faults need strace, which kills a process at a system call or makes that call fail."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest
from shop import DAY, LATER, Undisturbed, open_later, open_shop, undisturbed_run


@pytest.fixture(scope="session", autouse=True)
def _strace() -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: apt install strace")
    if subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace is not allowed to watch processes here")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures that tests have recorded: how much was tried, and what came of it."""
    told = [
        f"{what}: {figure}"
        for report in terminalreporter.getreports("")
        for what, figure in getattr(report, "user_properties", [])
    ]
    if told:
        terminalreporter.section("faults")
    for line in told:
        terminalreporter.line(line)


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """A run of the shop that went well, to compare others with: its first."""
    return undisturbed_run(open_shop(tmp_path_factory.mktemp("first") / "shop"), DAY)


@pytest.fixture(scope="session")
def undisturbed_later(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """A run that went well of a shop that has a journal already."""
    return undisturbed_run(open_later(tmp_path_factory.mktemp("later") / "shop"), LATER)


@pytest.fixture(scope="module")
def workers() -> Iterator[ThreadPoolExecutor]:
    """As many commands at once as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield pool
        pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    """Two or more at work; they load the libraries once."""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        yield pool
        pool.shutdown(cancel_futures=True)
