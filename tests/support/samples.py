"""The samples of what accounting packages export, and the projects that read them."""

from datetime import date
from pathlib import Path

import yaml

from remindr.model.policy import Project
from remindr.sources.synonyms import SYNONYMS

FOLDER = Path(__file__).parent.parent / "packages"
TODAY = date(2026, 11, 20)


def sample_folders() -> list[Path]:
    """The folders of all samples, each of the name of its profile."""
    return sorted(path for path in FOLDER.iterdir() if (path / "expected.json").exists() or list(path.glob("*.csv")))


def project_of(folder: Path) -> Project:
    """A company in pounds; `sources:` names the files that are there."""
    sources = {role: next(folder.glob(f"{role}.*")).name for role in SYNONYMS if list(folder.glob(f"{role}.*"))}
    more = folder / "sources.yaml"
    settings = yaml.safe_load(more.read_text("utf-8")) if more.exists() else {}
    return Project.model_validate(
        {
            "version": 1,
            "company": {"name": "Quay", "email": "a@quay.example", "currency": "GBP", "timezone": "Europe/London"},
            "sources": sources | settings,
            "segments": [{"name": "all", "default": True, "sequence": "gentle"}],
        }
    )
