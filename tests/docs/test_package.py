"""What is in the package people install, and that the installed program finds it."""

import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import remindr

ROOT = Path(__file__).parents[2]
Build = Callable[[str, Path], Path]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Builds `wheel` or `sdist` of a source tree and returns the file."""
    pytest.importorskip("hatchling", reason="hatchling is needed to build the package")

    def build_one(kind: str, tree: Path) -> Path:
        target = tmp_path_factory.mktemp(kind)
        command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)]
        subprocess.run(command, cwd=tree, check=True, capture_output=True)
        return next(target.iterdir())

    return build_one


@pytest.fixture(scope="module")
def wheel(build: Build) -> Path:
    """The wheel under test: the one `make test` has built and installed, else a fresh one."""
    given = os.environ.get("REMINDR_WHEEL")
    return Path(given) if given else build("wheel", ROOT)


@pytest.fixture(scope="module")
def unpacked_sdist(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(build("sdist", ROOT)) as archive:
        archive.extractall(target, filter="data")
    return next(target.iterdir())


def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not name.partition("/")[0].endswith(".dist-info")}


def files_below(*folders: Path) -> Iterator[tuple[Path, str]]:
    """Each file worth shipping, with its path below its folder."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path, path.relative_to(folder).as_posix()


def test_wheel_holds_the_package_with_its_data_and_nothing_else(wheel: Path) -> None:
    package = {name for _, name in files_below(ROOT / "src")}
    starter = {
        f"remindr/starter/{folder}/{name}"
        for folder in ("sequences", "templates")
        for _, name in files_below(ROOT / folder)
    }
    assert contents(wheel) == package | starter


def test_wheel_is_typed_and_brings_a_sequence_for_every_kind_of_payer(wheel: Path) -> None:
    sequences = {f"remindr/starter/sequences/{name}.yaml" for name in ("welcome", "gentle", "steady", "firm")}
    assert contents(wheel) >= sequences | {"remindr/py.typed"}


def test_source_distribution_builds_the_same_wheel(wheel: Path, build: Build, unpacked_sdist: Path) -> None:
    assert contents(build("wheel", unpacked_sdist)) == contents(wheel)


def test_source_distribution_brings_tests_docs_and_the_lock(unpacked_sdist: Path) -> None:
    for name in ("LICENSE", "Makefile", "requirements.lock", "docs/CODE.md", "tests/docs/test_package.py"):
        assert (unpacked_sdist / name).is_file(), name


@pytest.mark.skipif("REMINDR_WHEEL" not in os.environ, reason="only `make test` promises to test the wheel")
def test_tests_run_against_the_installed_wheel() -> None:
    assert ROOT / "src" not in Path(remindr.__file__).parents


@pytest.mark.parametrize("environment", [{}, {"PYTHONPATH": str(ROOT / "src")}], ids=["installed", "checkout"])
def test_init_copies_the_whole_starter_set(tmp_path: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "remindr", "init"]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path, env={**os.environ, **environment})
    for folder in ("sequences", "templates"):
        shipped = {name for _, name in files_below(ROOT / folder)}
        assert {name for _, name in files_below(tmp_path / folder)} == shipped
