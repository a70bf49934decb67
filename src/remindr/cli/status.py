"""`remindr status`: what the last run did, what waits for a person, what comes next."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindr.cli.options import AsJson, AsOf, Directory, Quiet, Verbose
from remindr.cli.terminal import message_words, plural, tell, tell_json, tell_table
from remindr.errors import DataError, Exit, RemindrError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from remindr.cli.session import Session
    from remindr.core.attention import Place
    from remindr.journal.records import RunRecord
    from remindr.model.policy import Project
    from remindr.pipeline.status import Status

ExitCode = Annotated[bool, typer.Option("--exit-code", help="End with 4 when something waits for a person.")]

_Row = tuple[str, str, str, str]  # what, who, why, what to do
_SHOWN = 5  # of a kind, unless all are asked for


def main(
    directory: Directory = Path(),
    as_of: AsOf = None,
    json: AsJson = False,
    exit_code: ExitCode = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Say how things stand: the last run, what waits for you, what comes next.

    Each line ends with the command that deals with it. Changes nothing. With -v every line, however many there are.
    """
    from remindr.cli.session import all_mistakes_told, open_session, starter_company, tell_warnings
    from remindr.cli.status_views import status_document
    from remindr.pipeline.station import station
    from remindr.pipeline.status import status

    session = open_session(directory, as_of)
    try:
        with all_mistakes_told(session), station(session.root, session.policy, session.today) as at:
            tell_warnings(at.told(verbose=True), quiet=not verbose or json)
            found = status(at)
            if invented := starter_company(session):
                found = replace(found, refused=(invented, *found.refused))
    except DataError:
        if not (json or quiet):
            _tell_last_run(session)
        raise
    if json:
        tell_json(status_document(found))
    elif not quiet or found.person_needed:
        _tell(found, session.policy.project, in_full=verbose)
    return Exit.PERSON_NEEDED if exit_code and found.person_needed else Exit.DONE


def _tell_last_run(session: "Session") -> None:
    """What is known without the exports, which cannot be read."""
    from remindr.journal.database import open_journal
    from remindr.pipeline.status import at_work

    with (
        suppress(RemindrError),
        open_journal(session.policy.project.journal_in_use, session.root, create=False) as journal,
    ):
        last = journal.last_run()
        working = at_work(last, session.root, session.policy)
        tell(last_run_words(last, session.policy.project.company.timezone, working))


def _tell(found: "Status", project: "Project", *, in_full: bool) -> None:
    if address := project.delivery.email.redirect_all_to:
        tell(f"A rehearsal: every e-mail goes to {address} (redirect_all_to), and this is the journal of rehearsals.")
    tell(last_run_words(found.last, project.company.timezone, found.at_work))
    sections = [
        ("Waits for you", [*_asked(found, "waiting"), *_flags(found, "waiting"), *_unreadable(found), *_held(found)]),
        ("Went out or not? Nobody knows", list(_uncertain(found))),
        ("Promises", [*_asked(found, "promises"), *_flags(found, "promises"), *_due(found)]),
        ("Turning late", list(_flags(found, "late"))),
        ("Refused, and at rest", list(_rests(found))),
        ("Disputed, or on hold", list(_resting(found))),
    ]
    _tell_refused(found)
    for title, rows in sections:
        _tell_section(title, rows, in_full=in_full)
    if not (found.person_needed or found.calls):
        tell()
        tell("Nothing waits for you.")
    tell()
    for line in _next(found, live=project.delivery.is_live):
        tell(line)


def last_run_words(last: "RunRecord | None", timezone: str, at_work: str | None) -> str:
    """The last run in a sentence, its time as clocks in that time zone show it; `at_work` is who goes on with it."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    if last is None:
        return "Nothing was run yet: remindr preview shows what would go out."
    on = f", on the export of {last.exported_on}" if last.exported_on else ""
    begun = datetime.fromisoformat(last.started_at).astimezone(ZoneInfo(timezone))
    head = f"Last run {last.run_id} at {begun:%Y-%m-%d %H:%M}, as of {last.as_of}{on}"
    if at_work is not None:
        return f"{head}, is not at its end yet: {at_work}."
    if last.finished_at is None:
        return f"{head}: it did not come to its end. The next run settles what it left: remindr run"
    did = [f"wrote {message_words(last.sent)}" if last.sent else "nothing to send"]
    did += ["all of it taken back since"] if last.taken_back else []
    did += [f"{count} {what}" for count, what in ((last.failed, "failed"), (last.uncertain, "uncertain")) if count]
    did += [f"{plural(last.left, 'e-mail')} left for the next run"] if last.left else []
    did += [f"{plural(last.held, 'notice')} held"] if last.held else []
    left = f"; {plural(last.skipped, 'open invoice')} without a notice" if last.skipped else ""
    return f"{head}: {', '.join(did)}{left}."


def _tell_section(title: str, rows: "Sequence[_Row]", *, in_full: bool) -> None:
    if not rows:
        return
    tell()
    tell(title)
    shown = list(rows if in_full else _few(rows))
    tell_table(("",) * 4, [(f"  {what}", *rest) for what, *rest in shown], heading=False)


def _tell_refused(found: "Status") -> None:
    if found.refused:
        tell()
        tell("A run would be refused")
    for problem in found.refused:
        tell(f"  {problem.what}")
        if problem.hint:
            tell(f"    hint: {problem.hint}")


def _few(rows: "Iterable[_Row]") -> "Iterator[_Row]":
    """The first of each kind, and how many more there are."""
    from itertools import groupby

    for what, group in groupby(rows, key=lambda row: row[0]):
        own = list(group)
        yield from own[:_SHOWN]
        if len(own) > _SHOWN:
            yield what, f"and {len(own) - _SHOWN:,} more", "", "remindr status -v"


def _who(found: "Status", customer_id: str, invoices: "Iterable[str]" = ()) -> str:
    from remindr.core.told import shortlist

    name = found.names.get(customer_id, customer_id)
    who = customer_id if name == customer_id else f"{name} ({customer_id})"
    return " ".join((who, shortlist(tuple(invoices)))).strip()


def _asked(found: "Status", place: "Place") -> "Iterator[_Row]":
    from remindr.core.attention import asked_words, command_for, place_of

    for one in found.asked:
        if place_of(one.code) == place:
            waiting = one.waiting
            who = _who(found, waiting.customer_id, filter(None, [waiting.invoice_id]))
            yield one.code, who, _since(one.since) + asked_words(waiting), command_for(one.code, waiting.customer_id)


def _rests(found: "Status") -> "Iterator[_Row]":
    from remindr.core.attention import asked_words, command_for

    for one in found.rests:
        who = _who(found, one.customer_id, filter(None, [one.invoice_id]))
        yield "refused", who, asked_words(one), command_for("refused", one.customer_id, one.invoice_id)


def _resting(found: "Status") -> "Iterator[_Row]":
    for one in found.resting:
        since = f"since {one.since}: " if one.since else ""
        yield one.code, _who(found, one.customer_id, one.invoices), since + one.detail, one.command


def _since(day: "date | None") -> str:
    return f"since {day}: " if day else "new: "


def _flags(found: "Status", place: "Place") -> "Iterator[_Row]":
    from remindr.core.attention import command_for, place_of

    for one in found.flags:
        flag = one.flag
        if place_of(flag.code) == place:
            who = _who(found, flag.customer_id, filter(None, [flag.invoice_id]))
            yield (
                flag.code,
                who,
                _since(one.since) + flag.detail,
                command_for(flag.code, flag.customer_id, flag.invoice_id),
            )


def _unreadable(found: "Status") -> "Iterator[_Row]":
    for cell in found.unreadable:
        why = f"{cell.column} '{cell.value}': {cell.reason}"
        yield "unreadable_row", " ".join((f"{cell.file}:{cell.row}", cell.customer_id or "")), why, "remindr check"


def _held(found: "Status") -> "Iterator[_Row]":
    for one in found.held:
        customer = one.notice.customer
        yield "held", f"{customer.name} ({customer.id})", one.problem.what, "remindr check"


def _uncertain(found: "Status") -> "Iterator[_Row]":
    from remindr.core.attention import command_for

    for one in found.uncertain:
        told = f"{one.step}, about {', '.join(one.invoices)}"
        command = command_for("in_doubt", one.customer_id, one.invoices[0])
        yield f"{one.on}", _who(found, one.customer_id), told, command


def _due(found: "Status") -> "Iterator[_Row]":
    from remindr.core.attention import command_for
    from remindr.core.promises import part_words

    for promise in found.promises:
        note, day = promise.note, promise.part.on
        when = "today" if day == found.today else f"{day}"
        command = command_for("broken_promise", note.customer_id)
        told = part_words(promise.part, note.currency)
        if day < found.today <= promise.rests_until:
            told += f"; in time until the end of {promise.rests_until}"
        elif day < found.today:
            told += f"; an export of {promise.rests_until} or later will tell"
        yield f"due {when}", _who(found, note.customer_id, note.covers), told, command


def _next(found: "Status", *, live: bool) -> "Iterator[str]":
    if found.calls:
        yield f"{plural(len(found.calls), 'call')} to make today: remindr calls"
    if found.sends:
        messages = message_words(found.sends)
        when = "Once that is put right, a run" if found.refused else "A run now"
        verb, verbs = ("send", "sends") if live else ("write", "writes")
        yield f"{when} would {verb} {messages}: remindr preview shows them, remindr run {verbs} them."
    elif found.next_contact:
        about = plural(found.next_invoices, "open invoice")
        day = f"{found.next_contact:%A}, {found.next_contact}"
        yield f"A run now would send nothing. Next: {day}, about {about}: remindr preview --as-of {found.next_contact}"
    else:
        yield "A run now would send nothing, and no day is known on which one would."
