"""The HTML of a message, made from the same text that stands in its plain part."""

import re
from collections.abc import Collection
from typing import Any

from jinja2 import Template
from markupsafe import Markup, escape

from remindr.core.sandbox import render
from remindr.core.stencil import Hole, Stencil
from remindr.core.table import Page as TablePage
from remindr.core.table import Table, read_words
from remindr.core.templates import Templates
from remindr.errors import Problem, ProjectError

LAYOUT, LETTER, TABLE, WORDS = "_parts/layout.html", "_parts/letter.html", "_parts/table.html", "_parts/words"
_OPEN, _CLOSE = '<p style="margin:0 0 16px">', "</p>\n"
_WEB = re.compile(r"https?://[^\s/{}]+")


class Pages:
    """Turns rendered text into pages: e-mails through the layout, letters through the letter."""

    def __init__(self, templates: Templates, company: dict[str, str], language: str, pay_link: str | None) -> None:
        self._templates = templates
        self._frame: dict[str, Any] = {"company": company, "language": language}
        self._layout: Template | None = templates.page(LAYOUT)
        self._stencil = self._cut(self._layout)
        self.words = read_words(templates.text(WORDS), f"templates/{WORDS}.j2")
        table = templates.page(TABLE)
        self._table = TablePage(table, self.words) if table else None
        self._links = _link_finder(pay_link)

    def _cut(self, layout: Template | None) -> Stencil | None:
        if layout is None:
            return None
        return Stencil.cut(layout, {**self._frame, "subject": Hole(0), "body": Hole(1)})

    def email(self, subject: str, body: str) -> str | None:
        """The whole page of an e-mail; None if the project has no layout, and so sends plain text."""
        if self._stencil:
            return self._stencil.fill((str(escape(subject)), body))
        if self._layout:
            return render(self._layout, {**self._frame, "subject": subject, "body": Markup(body)})  # noqa: S704
        return None

    def letter(self, subject: str, body: str, facts: dict[str, Any]) -> str:
        """The whole page of a letter."""
        page = self._templates.page(LETTER)
        if page is None:
            raise ProjectError(_missing(LETTER))
        return render(page, {**facts, **self._frame, "subject": subject, "body": Markup(body)})  # noqa: S704

    def body(self, pieces: Collection[str], table: Table | None, links: Collection[str]) -> str:
        """The text as paragraphs, with the table between its pieces."""
        html = [self._paragraphs(piece, links) for piece in pieces]
        return self._table_html(table).join(html) if table else "".join(html)

    def _table_html(self, table: Table) -> str:
        if self._table is None:
            raise ProjectError(_missing(TABLE))
        return self._table.html(table)

    def _paragraphs(self, text: str, links: Collection[str]) -> str:
        if not text:
            return ""
        html = str(escape(text)).replace("\n\n", "\x00").replace("\n", "<br>\n").replace("\x00", _CLOSE + _OPEN)
        if self._links and links:
            html = self._links.sub(lambda found: _anchor(found[0], links), html)
        return f"{_OPEN}{html}{_CLOSE}"


def _link_finder(pay_link: str | None) -> re.Pattern[str] | None:
    """Finds what could be the company's own pay link; None if it has none on the web."""
    start = _WEB.match(pay_link or "")
    return re.compile(re.escape(str(escape(start[0]))) + r"[^\s<>]*") if start else None


def _anchor(found: str, links: Collection[str]) -> str:
    """The text as a link, if it is one of those we made; a full stop after it stays outside."""
    link = found if found in links else found.rstrip(".,;:!?)")
    return f'<a href="{link}">{link}</a>{found[len(link) :]}' if link in links else found


def _missing(name: str) -> Problem:
    hint = "`remindr init` in an empty folder writes a fresh one that can be copied"
    return Problem("this template is missing", f"templates/{name}.j2", hint=hint)
