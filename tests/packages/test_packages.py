"""Every profile of an accounting package, on a sample of its export, with the book that has to come out.

A folder has the name of its profile, and after a dot that of another form of the export. It holds the sample, named by
what it is (`invoices.csv`, `customers.csv`, `payments.csv`, or .xlsx), the lines under `sources:` that such an export
needs (`sources.yaml`), and `expected.json`.
`pytest tests/packages --update-expected` writes the books anew; read them before you commit them.
"""

import json
from typing import Any

import pytest
import yaml
from samples import FOLDER, TODAY, project_of, sample_folders

from remindr.errors import DataError
from remindr.sources.book import Book, load_book
from remindr.sources.profiles import all_profiles, read_profile
from remindr.sources.synonyms import SYNONYMS, Role

PROFILES = {profile.name: profile for profile in all_profiles()}
FOLDERS = [folder.name for folder in sample_folders()]
PROFILE_OF = {folder: folder.partition(".")[0] for folder in FOLDERS}
USABLE = [folder for folder in FOLDERS if not PROFILES[PROFILE_OF[folder]].unusable]
HIDDEN = ("ordinal", "listed", "do_not_contact")


def told(book: Book) -> dict[str, Any]:
    """What a book holds and says, without what is empty."""
    return {
        "looks_like": {
            file.name: f"{file.profile.title}, {file.headers_known} of {len(file.profile.known)} columns"
            for file in book.files
        },
        "rows": {
            file.name: {"read": file.rows_read, "folded": file.rows_folded, "passed_over": file.rows_ignored}
            for file in book.files
        },
        "customers": _rows(book, "customers ORDER BY customer_id"),
        "invoices": _rows(book, "invoices WHERE kind = 'invoice' ORDER BY ordinal"),
        "credits": _rows(book, "invoices WHERE kind = 'credit' ORDER BY ordinal"),
        "payments": _rows(book, "payments ORDER BY ALL"),
        "quarantined": [f"{row.file}:{row.row}: {row.column}: {row.reason}" for row in book.quarantined],
        "told": list(book.warnings),
    }


def _rows(book: Book, query: str) -> list[dict[str, str]]:
    answer = book.connection.execute(f"FROM {query}")
    names = [column[0] for column in answer.description]
    rows = (dict(zip(names, row, strict=True)) for row in answer.fetchall())
    return [
        {
            name: _text(value)
            for name, value in row.items()
            if name not in HIDDEN and not (value is None or value is False)
        }
        for row in rows
    ]


def _json(document: dict[str, Any]) -> str:
    """JSON with one row of the book a line, so that it can be read beside the sample."""
    parts = []
    for key, value in document.items():
        rows = [json.dumps(row, ensure_ascii=False) for row in (value if isinstance(value, list) else [value])]
        block = ",\n    ".join(rows)
        parts.append(
            f'  "{key}": [\n    {block}\n  ]' if isinstance(value, list) and rows else f'  "{key}": {block or "[]"}'
        )
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _text(value: Any) -> str:
    return f"{value:.2f}" if hasattr(value, "quantize") else str(value).lower() if value is True else str(value)


@pytest.mark.parametrize("name", USABLE)
def test_sample_gives_the_expected_book(name: str, request: pytest.FixtureRequest) -> None:
    """Without `format:`, so that the sample is recognised by itself."""
    folder = FOLDER / name
    with load_book(folder, project_of(folder), today=TODAY) as book:
        found = _json(told(book))
        recognised = {file.profile.name for file in book.files}
    assert PROFILE_OF[name] in recognised
    expected = folder / "expected.json"
    if request.config.getoption("--update-expected"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name, profile in PROFILES.items() if profile.unusable])
def test_export_that_cannot_be_used_is_refused(name: str) -> None:
    folder = FOLDER / name
    with pytest.raises(DataError, match=f"an export of {PROFILES[name].title} cannot be used"):
        load_book(folder, project_of(folder), today=TODAY)


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_has_a_sample(name: str) -> None:
    assert name in PROFILE_OF.values(), f"put a sample into tests/packages/{name}/"


@pytest.mark.parametrize("name", USABLE)
def test_naming_the_package_changes_nothing(name: str) -> None:
    folder = FOLDER / name
    settings = project_of(folder)
    named = settings.model_copy(
        update={"sources": settings.sources.model_copy(update={"format": PROFILES[PROFILE_OF[name]].package})}
    )
    with load_book(folder, settings, today=TODAY) as book, load_book(folder, named, today=TODAY) as same:
        assert told(book) == told(same)


def written(**changes: Any) -> str:
    profile = {
        "package": "quay",
        "title": "Quay, Invoices",
        "role": "invoices",
        "headers": "Client;No;Due;Total",
        "columns": {"customer_name": "Client", "invoice_id": "No"},
    }
    return yaml.safe_dump({key: value for key, value in {**profile, **changes}.items() if value is not None})


def test_profile_says_what_columns_rows_and_words_mean() -> None:
    profile = read_profile("quay", written(statuses={"bezahlt": "paid"}, row="line", add_up=["amount"]))
    assert profile.headers == ("Client", "No", "Due", "Total")
    assert profile.states == {"bezahlt": "paid"}


@pytest.mark.parametrize(
    ("mistake", "what"),
    [
        ({"colums": {}}, "colums"),
        ({"title": None}, "lacks title"),
        ({"columns": {"custmer": "Client"}}, "no field of invoices is called custmer"),
        ({"columns": {"customer_name": "Customer"}}, "neither under `headers:` nor under `sometimes:`: customer_name"),
        ({"without": ["customer_name"]}, "under `columns:` and under `without:`, too: customer_name"),
        ({"statuses": {"Paid": "payed"}}, "payed"),
        ({"kinds": {"Bill": "bill"}}, "bill"),
        ({"row": "lines"}, "lines"),
        ({"cells": {"invoice_id": "("}}, "cells"),
        ({"numbers": {"R(": "credit"}}, "numbers"),
        ({"accounts": "[1-6"}, "accounts"),
        ({"add_up": ["total"]}, "add_up"),
    ],
)
def test_mistake_in_a_profile_is_told(mistake: dict[str, Any], what: str) -> None:
    with pytest.raises(ValueError, match=r"profiles/quay\.yaml") as caught:
        read_profile("quay", written(**mistake))
    assert what in str(caught.value)


@pytest.mark.parametrize("role", SYNONYMS)
def test_no_two_profiles_are_known_by_the_same_headers(role: Role) -> None:
    seen = [profile.known for profile in all_profiles() if profile.role == role]
    assert len(seen) == len(set(seen))
