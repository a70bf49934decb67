"""The starter set: the sequences and templates that ship with remindr, and the settings to begin with."""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

FOLDERS = ("sequences", "templates")


def starter_root() -> Traversable:
    """The folder with the starter's `sequences` and `templates`.

    An installed remindr has it inside the package; in a checkout they are the repository's own folders.
    """
    packaged = files("remindr") / "starter"
    return packaged if packaged.is_dir() else Path(__file__).parents[3]


def starter_files() -> Iterator[tuple[PurePosixPath, str]]:
    """Every sequence and template of the starter set: where it goes in a project, and its text."""
    for folder in FOLDERS:
        yield from _below(starter_root() / folder, PurePosixPath(folder))


def starter_settings() -> str:
    """The remindr.yaml to begin with."""
    return (files("remindr.project") / "starter.yaml").read_text(encoding="utf-8")


def _below(folder: Traversable, shown: PurePosixPath) -> Iterator[tuple[PurePosixPath, str]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _below(entry, shown / entry.name)
        elif entry.name.endswith((".yaml", ".j2")):
            yield shown / entry.name, entry.read_text(encoding="utf-8")
