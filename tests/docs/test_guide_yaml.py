"""What the guide says to write can be written."""

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from remindr.model.policy import Project, Sequence
from remindr.project.yaml import parse_yaml

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
_YAML = re.compile(r"^( *)```yaml\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
PROJECT = {
    "version": 1,
    "company": {"name": "Quay", "email": "a@quay.example", "currency": "GBP", "timezone": "Europe/London"},
    "sources": {"invoices": "invoices.csv"},
    "segments": [{"name": "all", "default": True, "sequence": "gentle"}],
}
EVERYBODY = {"name": "others", "default": True, "sequence": "gentle"}


def examples() -> list[Any]:
    """The examples that are pieces of a project or a whole sequence."""
    found = []
    for page in sorted(GUIDE.glob("*.md")):
        for number, (_, text) in enumerate(_YAML.findall(page.read_text("utf-8")), start=1):
            data = parse_yaml(dedent(text), page.name).data
            if isinstance(data, dict) and (set(data) <= set(Project.model_fields) or "steps" in data):
                found.append(pytest.param(data, id=f"{page.stem}-{number}"))
    return found


@pytest.mark.parametrize("written", examples())
def test_example_is_accepted(written: dict[str, Any]) -> None:
    if "steps" in written:
        assert Sequence.model_validate(written).steps
        return
    pieces = {
        key: {**PROJECT[key], **value} if key in ("company", "sources") else value for key, value in written.items()
    }
    if "segments" in pieces and not any(one.get("default") for one in pieces["segments"]):
        pieces["segments"] = [*pieces["segments"], EVERYBODY]
    assert Project.model_validate(PROJECT | pieces)
