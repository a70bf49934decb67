"""What the guide says to write can be written."""

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml
from projects import starter, write_files

from remindr.model.policy import Project
from remindr.project.load import load_policy
from remindr.project.yaml import parse_yaml

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
_YAML = re.compile(r"^( *)```yaml\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
PROJECT: dict[str, Any] = {
    "version": 1,
    "company": {"name": "Quay", "email": "a@quay.example", "currency": "GBP", "timezone": "Europe/London"},
    "sources": {"invoices": "invoices.csv"},
    "segments": [{"name": "all", "default": True, "sequence": "gentle"}],
    "traits": {"on_a_plan": "tags has plan", "high_value": "open_amount >= 5000"},
}
EVERYBODY = {"name": "others", "default": True, "sequence": "gentle"}


def examples() -> list[Any]:
    """The examples that are pieces of a project or a whole sequence."""
    found = []
    for page in sorted(GUIDE.glob("*.md")):
        for number, (_, text) in enumerate(_YAML.findall(page.read_text("utf-8")), start=1):
            data = parse_yaml(dedent(text), page.name).data
            if isinstance(data, dict) and (set(data) <= set(Project.model_fields) or "steps" in data):
                found.append(pytest.param(data, dedent(text), id=f"{page.stem}-{number}"))
    return found


@pytest.mark.parametrize(("written", "text"), examples())
def test_example_is_accepted(written: dict[str, Any], text: str, tmp_path: Path) -> None:
    files = starter() | {
        "templates/_any/any.email.j2": "Subject: {{ count }} open\n\n{{ total }} by {{ counted_until }}"
    }
    pieces = dict(written)
    if "steps" in written:
        files[f"sequences/{written['name']}.yaml"] = text
        pieces = {}
    for key in {"company", "sources", "traits"} & pieces.keys():
        pieces[key] = {**PROJECT[key], **pieces[key]}
    if not any(one.get("default") for one in pieces.get("segments", [EVERYBODY])):
        pieces["segments"] = [*pieces["segments"], EVERYBODY]
    files["remindr.yaml"] = yaml.safe_dump(PROJECT | pieces, sort_keys=False, allow_unicode=True)
    assert load_policy(write_files(tmp_path, files)).policy.project.segments
