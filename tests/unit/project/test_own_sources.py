"""Patterns that match tomorrow's export of the same kind, and the sources of a new remindr.yaml."""

from typing import Any

import pytest

from remindr.errors import ProjectError
from remindr.project.own_sources import OwnSources, pattern_for
from remindr.project.starter import starter_settings
from remindr.project.yaml import parse_yaml


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("exports/invoices-2026-11-20.csv", "exports/invoices-*.csv"),
        ("exports/invoices.csv", "exports/invoices*.csv"),
        ("exports/Invoices (3).csv", "exports/Invoices*.csv"),
        ("exports/export_20261120_153000.xlsx", "exports/export_*.xlsx"),
        ("exports/Sales Invoices 20 Nov 2026.csv", "exports/Sales Invoices *.csv"),
        ("exports/Nov2026 list.csv", "exports/* list.csv"),
        ("exports/OP-Liste 20.11.2026.csv", "exports/OP-Liste *.csv"),
        ("exports/March Ltd.csv", "exports/March Ltd*.csv"),
        ("exports/20261120.csv", "exports/[0-9]*.csv"),
        ("exports/[open] 7.csv", "exports/[[]open] *.csv"),
    ],
)
def test_date_or_running_number_in_a_name_becomes_a_star(name: str, pattern: str) -> None:
    assert pattern_for(name, ()) == pattern


def test_pattern_never_takes_another_export() -> None:
    others = ["exports/invoices-customers.csv"]
    assert pattern_for("exports/invoices-2026-11-20.csv", others) == "exports/invoices-2026-11-20.csv"


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (("in/page (1).csv", "in/page (2).csv"), "in/page*.csv"),
        (("in/open.csv", "in/paid.csv"), "in/*.csv"),
        (("in/open.csv", "in/paid.xlsx"), "in/*"),
    ],
)
def test_pattern_takes_all_parts_of_a_list(names: tuple[str, str], pattern: str) -> None:
    assert pattern_for(names[0], (), parts=names[1:]) == pattern


def test_parts_beside_other_files_need_a_folder_of_their_own() -> None:
    with pytest.raises(ProjectError, match="put the parts into a folder of their own"):
        pattern_for("in/open.csv", ["in/people.csv"], parts=["in/paid.csv"])


def read(text: str) -> dict[str, Any]:
    return dict(parse_yaml(text, "remindr.yaml").data)


def test_sources_replace_those_of_the_starter_and_nothing_else() -> None:
    own = OwnSources(
        {"invoices": "exports/open*.csv", "payments": "exports/[0-9]*.csv"},
        titles={"invoices": "Xero, Sales Invoices"},
        settings={"format": "xero", "max_age": "9 days"},
        columns={"balance": "No", "due_date": "Pay: before"},
    )
    before, after = read(starter_settings()), read(own.written_into(starter_settings()))
    assert after.pop("sources") == {
        "invoices": "exports/open*.csv",
        "payments": "exports/[0-9]*.csv",
        "format": "xero",
        "columns": {"balance": "No", "due_date": "Pay: before"},
        "max_age": "9 days",
    }
    before.pop("sources")
    assert after == before
