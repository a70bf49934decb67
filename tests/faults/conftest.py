"""Faults need strace, which kills a process at a system call or makes that call fail."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from shop import Undisturbed, look, open_shop, run_command
from strace import changes, watch


@pytest.fixture(scope="session", autouse=True)
def _strace() -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: apt install strace")
    if subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace is not allowed to watch processes here")


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """A run of the shop that went well, to compare others with."""
    root = open_shop(tmp_path_factory.mktemp("undisturbed") / "shop")
    ended = watch(run_command(root), root.with_suffix(".log"))
    assert (ended.code, ended.err) == (0, "")
    return Undisturbed(changes(ended.calls, root), look(root))


@pytest.fixture(scope="module")
def workers() -> Iterator[ThreadPoolExecutor]:
    """As many commands at once as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield pool
        pool.shutdown(cancel_futures=True)
