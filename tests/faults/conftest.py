"""Faults need strace, which kills a process at a system call or makes that call fail."""

import shutil
import subprocess

import pytest


@pytest.fixture(scope="session", autouse=True)
def _strace() -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: apt install strace")
    if subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace is not allowed to watch processes here")
