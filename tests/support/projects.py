"""Projects as people have them: a folder with settings, the starter set and exports."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from remindr.project.starter import starter_files

COMPANY = """\
version: 1
company:
  name: Harbour & Finch Ltd
  email: accounts@harbourfinch.example
  country: GB
  currency: GBP
  timezone: Europe/London
"""
QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart"


def write_files(root: Path, files: Mapping[str, str]) -> Path:
    """The folder, with these texts in it by their paths."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def starter(*wanted: str) -> dict[str, str]:
    """The texts of the starter set by their paths; all of them, or those of `welcome`, `_parts` and the like."""
    return {
        path.as_posix(): text
        for path, text in starter_files()
        if not wanted or path.parts[1].removesuffix(".yaml") in wanted
    }


def copy_quickstart(root: Path) -> Path:
    """The example with the starter set, as its README says."""
    shutil.copytree(QUICKSTART, root, ignore=shutil.ignore_patterns("expected", "__pycache__"))
    return write_files(root, starter())
