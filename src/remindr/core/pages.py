"""The HTML of a message, made from the same text that stands in its plain part."""

import re
from collections.abc import Callable, Collection
from typing import Any

from jinja2 import Template, TemplateError
from markupsafe import Markup

from remindr.core.facts import TABLE_MARK
from remindr.core.sandbox import render
from remindr.core.stencil import Hole, Stencil, escaped, in_ascii
from remindr.core.table import Table, read_words
from remindr.core.table_page import TablePage
from remindr.core.templates import Templates
from remindr.errors import Problem, ProjectError

LAYOUT, LETTER, TABLE, WORDS = "_parts/layout.html", "_parts/letter.html", "_parts/table.html", "_parts/words"
_OPEN, _CLOSE = '<p style="margin:0 0 16px">', "</p>\n"
_BREAK = "\x01"
_BUTTON = (
    '<p class="pay" style="margin:0 0 16px"><a class="button" href="{1}" style="display:inline-block;padding:10px 20px;'
    'border-radius:6px;background:#1a56b0;color:#ffffff;font-weight:600;text-decoration:none">{0}</a><br>\n'
    '<span class="quiet" style="font-size:13px;color:#5a6270">{1}</span></p>\n'
)  # colours that differ in the dark are set by the layout
_MARKED = f"{_OPEN}{TABLE_MARK}{_CLOSE}"
_PAYING = re.compile(rf'{re.escape(_OPEN)}([^<>\n]+):\s<a href="([^"]*)">[^<]*</a>{_CLOSE}')
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
        site = _WEB.match(pay_link or "")
        self._link = escaped(site[0]) if site else ""

    def _cut(self, layout: Template | None) -> Stencil | None:
        if layout is None:
            return None
        try:
            return Stencil.cut(layout, {**self._frame, "subject": Hole(0), "body": Hole(1)})
        except TemplateError as error:
            raise ProjectError(self._templates.problem(error, LAYOUT)) from error

    def email(self, subject: str, body: str) -> str | None:
        """The whole page of an e-mail; None if the project has no layout, and so sends plain text."""
        if self._stencil:
            return self._stencil.fill((escaped(subject), body))
        if self._layout:
            return in_ascii(render(self._layout, {**self._frame, "subject": subject, "body": Markup(body)}))  # noqa: S704
        return None

    def letter(self, subject: str, body: str, facts: dict[str, Any]) -> str:
        """The whole page of a letter."""
        page = self._templates.page(LETTER)
        if page is None:
            raise ProjectError(_missing(LETTER))
        return in_ascii(render(page, {**facts, **self._frame, "subject": subject, "body": Markup(body)}))  # noqa: S704

    def own(self, page: Template, subject: str, facts: dict[str, Any], table: Callable[[], Table]) -> str:
        """The whole page as a template of the project's own has it, with the table where it is put."""
        html = render(page, {**facts, **self._frame, "subject": subject})
        return in_ascii(html.replace(TABLE_MARK, self._table_html(table())) if TABLE_MARK in html else html)

    def body(self, text: str, table: Table | None, links: Callable[[], Collection[str]]) -> str:
        """The text as paragraphs, with the table where it is marked and the company's own links alive."""
        html = escaped(text.replace("\n\n", _BREAK)).replace("\n", "<br>\n").replace(_BREAK, _CLOSE + _OPEN)
        html = f"{_OPEN}{html}{_CLOSE}"
        if self._link and self._link in html:
            html = self._with_links(html, {escaped(link) for link in links()})
        return html.replace(_MARKED, self._table_html(table)) if table else html

    def _table_html(self, table: Table) -> str:
        if self._table is None:
            raise ProjectError(_missing(TABLE))
        return self._table.html(table)

    def _with_links(self, html: str, links: Collection[str]) -> str:
        """The page with those addresses as links that we made ourselves; any other stays text.

        A paragraph of words, a colon and such a link is a button with these words.
        """
        html = re.sub(re.escape(self._link) + r"[^\s<>]*", lambda found: _anchor(found[0], links), html)
        return _PAYING.sub(lambda found: _BUTTON.format(*found.groups()), html)


def _anchor(found: str, links: Collection[str]) -> str:
    """The text as a link, if it is one of those we made; a full stop after it stays outside."""
    link = found if found in links else found.rstrip(".,;:!?)")
    return f'<a href="{link}">{link}</a>{found[len(link) :]}' if link in links else found


def _missing(name: str) -> Problem:
    hint = "`remindr init` in an empty folder writes a fresh one that can be copied"
    return Problem("this template is missing", f"templates/{name}.j2", hint=hint)
