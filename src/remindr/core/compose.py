"""Notices become messages: each customer's words on each channel, rendered once and never again.

The text and the HTML of a message come from the same rendered source, so they cannot tell different stories.
What an export says is a value and never part of a template.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from jinja2 import TemplateError

from remindr.core.addresses import mailbox, recipient
from remindr.core.cleaning import one_line
from remindr.core.correspondents import envelopes_of
from remindr.core.facts import TABLE_MARK, Context, FactBook, Facts
from remindr.core.pages import Pages
from remindr.core.sandbox import render
from remindr.core.styles import Speaker
from remindr.core.table import Table, as_text, lay_out, told_of_files
from remindr.core.template_text import SUBJECT_END
from remindr.core.templates import Templates, Words
from remindr.core.text_message import text_message
from remindr.core.variables import LISTS, VARIABLES
from remindr.errors import Problem, RemindrError
from remindr.model.classification import History
from remindr.model.outcome import Progress
from remindr.model.plan import PLAIN, ChannelName, Message, Notice
from remindr.model.policy import Policy

__all__ = ["VARIABLES", "ComposeError", "Composer"]

_EMPTY_LINES = re.compile(r"\n[ \t]*\n[ \t\n]*\n")
_FILLING_ERRORS = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)


class ComposeError(RemindrError):
    """The words of one notice could not be made. That customer is held; the others are not affected."""

    def __init__(self, notice: Notice, problem: Problem) -> None:
        super().__init__(problem)
        self.notice = notice
        self.problem = problem


class Composer:
    """A policy's templates, ready to put notices into words."""

    def __init__(self, policy: Policy, counted_until: date) -> None:
        """`counted_until` is the day up to which payments are counted: the export's, not the run's."""
        company = policy.project.company
        self._policy = policy
        self._templates = Templates(policy.templates)
        self._facts = FactBook(company, counted_until, policy.project.owners)
        self._envelopes = envelopes_of(policy.project)
        self._pages = Pages(self._templates, self._facts.company, self._facts.language, company.pay_link)
        styles = policy.project.styles
        self._speaker = Speaker(styles, self._pages.words) if styles else None
        self._names: dict[tuple[str, str, str], str | None] = {}

    def compose(self, notice: Notice, history: History, progress: Progress) -> list[Message]:
        """One message for each channel of the notice; ComposeError if any of them cannot be made."""
        chosen = [(channel, self._words(notice, channel)) for channel in notice.channels]
        wanted = history if any(words.wants_metrics for _, words in chosen) else None
        try:
            envelope = PLAIN
            if "email" in notice.channels:
                mailbox(recipient(notice))
                envelope = self._envelopes.of(notice) if self._envelopes else PLAIN
            context = self._facts.of(notice, wanted, progress)
            if self._speaker:
                context.facts.update(self._speaker.facts(notice.customer))
        except _FILLING_ERRORS as error:
            raise _held(notice, Problem(f"customer {one_line(notice.customer.id)}: {error}")) from error
        made = [self._message(notice, channel, words, context, progress) for channel, words in chosen]
        if envelope is PLAIN:
            return made
        return [replace(one, envelope=envelope) if one.channel == "email" else one for one in made]

    def _words(self, notice: Notice, channel: ChannelName) -> Words:
        wanted = (notice.sequence, notice.step, channel)
        if wanted not in self._names:
            self._names[wanted] = self._policy.template_for(*wanted)
        name = self._names[wanted]
        if name is None:
            what = f"no template for the {channel} of step '{notice.step}' in sequence '{notice.sequence}'"
            hint = f"write templates/{notice.sequence}/{notice.step}.{channel}.j2"
            raise ComposeError(notice, Problem(what, hint=hint))
        return self._templates.words(name)

    def _message(
        self, notice: Notice, channel: ChannelName, words: Words, context: Context, progress: Progress
    ) -> Message:
        facts = context.facts
        try:
            heading, _, body = render(words.template, facts).partition(SUBJECT_END)
            subject, marked = " ".join(heading.split()), _tidy(body)
            if notice.attachments or notice.left_out:
                marked = _with_files(marked, facts, channel, self._pages.words)
            table = lay_out(context, self._pages.words) if TABLE_MARK in marked else None
            text = marked.replace(TABLE_MARK, as_text(table, self._pages.words)) if table else marked
            html = self._html(channel, subject, marked, table, words, context)
        except _FILLING_ERRORS as error:
            raise _held(notice, self._templates.problem(error, words.source.name)) from error
        if channel == "sms":
            text = text_message(text, facts["company"]["name"])
        return Message(notice, channel, subject, text, html, _first_key(notice, progress))

    def _html(
        self, channel: ChannelName, subject: str, text: str, table: Table | None, words: Words, context: Context
    ) -> str | None:
        if channel not in {"email", "letter"}:
            return None
        facts = context.facts
        if words.page is not None and words.source.name.endswith(f".{channel}"):
            return self._pages.own(words.page, subject, facts, lambda: table or lay_out(context, self._pages.words))
        body = self._pages.body(text, table, lambda: _links(facts))
        if channel == "email":
            return self._pages.email(subject, body)
        return self._pages.letter(subject, body, facts)


def _tidy(rendered: str) -> str:
    """The text without empty lines at its ends or several in a row, the invoice table a paragraph of its own."""
    if TABLE_MARK in rendered:
        rendered = f"\n\n{TABLE_MARK}\n\n".join([piece.strip() for piece in rendered.split(TABLE_MARK)])
    if "\n\n\n" in rendered or " \n" in rendered:
        rendered = _EMPTY_LINES.sub("\n\n", rendered)
    return rendered.strip()


def _with_files(text: str, facts: Facts, channel: ChannelName, words: Mapping[str, str]) -> str:
    """An e-mail's text with what is said of its files below the table; without a table it says that itself."""
    told = told_of_files(facts, words) if channel == "email" else ""
    return text.replace(TABLE_MARK, f"{TABLE_MARK}\n\n{told}", 1) if told else text


def _links(facts: Facts) -> set[str]:
    """The pay links of this message."""
    links = {line["pay_link"] for name in LISTS for line in facts[name]}
    return links - {""}


def _first_key(notice: Notice, progress: Progress) -> str | None:
    """The key of the first notice about the leading invoice, None if this is the first."""
    if not notice.invoices:
        return None
    contacts = progress.contacts.get(notice.invoices[0].invoice.id, ())
    for contact in contacts:
        if contact.notice_key:
            return contact.notice_key
    return None


def _held(notice: Notice, problem: Problem) -> ComposeError:
    who = one_line(notice.customer.id)
    hint = problem.hint or f"customer {who} gets nothing until this is mended; others are not affected"
    return ComposeError(notice, replace(problem, hint=hint))
