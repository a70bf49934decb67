"""Exports written into a folder, read into a book."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from remindr.model.policy import Project
from remindr.sources.book import Book, load_book

TODAY = date(2026, 11, 20)
Load = Callable[..., Book]


def project(
    currency: str = "EUR",
    aliases: dict[str, list[str]] | None = None,
    people: dict[str, Any] | None = None,
    styles: dict[str, Any] | None = None,
    **sources: Any,
) -> Project:
    return Project.model_validate(
        {
            "version": 1,
            "aliases": aliases or {},
            "contacts": people,
            "styles": styles,
            "company": {"name": "Quay", "email": "a@quay.example", "currency": currency, "timezone": "Europe/Berlin"},
            "sources": sources,
            "segments": [{"name": "all", "default": True, "sequence": "gentle"}],
        }
    )


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """`load(invoices="text of the file", customers=…, currency=…, dates=…)` gives the book; bytes are written as such.

    `files` maps other file names to their text; `pattern` is what `sources: invoices:` says, and `contacts` what
    `sources: customers:` does. `aliases` joins customers, `people` is what `contacts:` says, `own` names columns
    that are asked for.
    """
    with ExitStack() as books:

        def read(
            invoices: str | bytes | None = None,
            *,
            customers: str | bytes | None = None,
            payments: str | None = None,
            files: dict[str, str | bytes] | None = None,
            pattern: str = "invoices.csv",
            contacts: str | None = None,
            own: tuple[str, ...] = (),
            **settings: Any,
        ) -> Book:
            texts = {"invoices.csv": invoices, "customers.csv": customers, "payments.csv": payments, **(files or {})}
            for name, text in texts.items():
                if text is not None:
                    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
                    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
            sources: dict[str, Any] = {"invoices": pattern}
            sources |= {"customers": "customers.csv"} if customers is not None else {}
            sources |= {"customers": contacts} if contacts else {}
            sources |= {"payments": "payments.csv"} if payments is not None else {}
            return books.enter_context(load_book(tmp_path, project(**sources, **settings), today=TODAY, own=own))

        yield read


@pytest.fixture
def invoices() -> Callable[[Book], list[dict[str, Any]]]:
    """The rows of a book's invoices, in order."""
    return lambda book: rows(book, "invoices")


@pytest.fixture
def customers() -> Callable[[Book], list[dict[str, Any]]]:
    """The rows of a book's customers."""
    return lambda book: rows(book, "customers")


def rows(book: Book, table: str) -> list[dict[str, Any]]:
    answer = book.connection.execute(f"FROM {table}")
    names = [column[0] for column in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
