"""Every rule and step can be found again in its file."""

from remindr.project.places import places
from remindr.project.yaml import parse_yaml

PROJECT = """\
segments:
  - name: new
    when: paid_invoices < 3
  # a note
  - name: rest
    default: true
traits:
  big: open_amount > 10
overrides:
  007:
    segment: rest
flags:
"""
SEQUENCE = """\
name: plain
steps:
  - id: first
    at: on due

  -
    id: second
"""


def test_rules_and_steps_have_their_lines() -> None:
    found = places(parse_yaml(PROJECT, "remindr.yaml"), {"plain": parse_yaml(SEQUENCE, "sequences/plain.yaml")})
    assert found == {
        ("segments", 0): "remindr.yaml:2",
        ("segments", 1): "remindr.yaml:5",
        ("traits", "big"): "remindr.yaml:8",
        ("overrides", "007"): "remindr.yaml:10",
        ("sequences", "plain"): "sequences/plain.yaml:1",
        ("sequences", "plain", "steps", 0): "sequences/plain.yaml:3",
        ("sequences", "plain", "steps", 1): "sequences/plain.yaml:7",
    }
