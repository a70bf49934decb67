"""Every export that cannot be used, with the exact message it gets.

A folder holds the files, the settings where the default is not enough (`sources.yaml`), and the message.
`REMINDR_ACCEPT=1 pytest tests/errors/exports` rewrites the expectations.
"""

import os
from datetime import date
from pathlib import Path

import pytest
import yaml

from remindr.errors import RemindrError
from remindr.model.policy import Project
from remindr.sources.book import load_book

HERE = Path(__file__).parent
MISTAKES = sorted(folder.name for folder in HERE.iterdir() if folder.is_dir() and not folder.name.startswith("__"))


def project(folder: Path) -> Project:
    settings = folder / "sources.yaml"
    return Project.model_validate(
        {
            "version": 1,
            "company": {"name": "Quay", "email": "a@quay.example", "currency": "EUR", "timezone": "Europe/Berlin"},
            "sources": yaml.safe_load(settings.read_text("utf-8")) if settings.exists() else {"invoices": "invoices.*"},
            "segments": [{"name": "all", "default": True, "sequence": "gentle"}],
        }
    )


@pytest.mark.parametrize("mistake", MISTAKES)
def test_export_that_cannot_be_used_is_refused_with_place_fact_and_hint(mistake: str) -> None:
    folder = HERE / mistake
    with pytest.raises(RemindrError) as caught:
        load_book(folder, project(folder), today=date(2026, 11, 20))
    told = f"exit {caught.value.exit_code:d}\n{caught.value}\n"
    expected = folder / "expected.txt"
    if os.environ.get("REMINDR_ACCEPT"):
        expected.write_text(told, encoding="utf-8")
    assert told == expected.read_text(encoding="utf-8")
