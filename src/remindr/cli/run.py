"""`remindr run`: makes today's plan and passes it on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindr import __version__
from remindr.cli.options import AsJson, AsOf, Directory, Quiet, Verbose
from remindr.cli.terminal import (
    confirmed,
    is_interactive,
    message_words,
    plural,
    say,
    tell,
    tell_json,
    tell_table,
    tell_unreadable,
)
from remindr.errors import Exit, ProjectError

if TYPE_CHECKING:
    from datetime import date

    from remindr.cli.session import Session
    from remindr.model.outcome import RunSummary
    from remindr.pipeline.run import FirstPlan, RunResult
    from remindr.pipeline.sending import Posted, Unsent

Allow = Annotated[
    list[str] | None,
    typer.Option("--allow", metavar="GUARD", help="Go ahead although a guard refuses; the refusal names it."),
]
Most = Annotated[
    int | None,
    typer.Option(
        "--max",
        metavar="N",
        min=1,
        help="Let at most N notices go; reminders, announced calls and thank-yous count, and the next run decides anew "
        "on the others.",
    ),
]
ExitCode = Annotated[bool, typer.Option("--exit-code", help="End with 4 when a person is needed.")]


def main(
    directory: Directory = Path(),
    as_of: AsOf = None,
    allow: Allow = None,
    most: Most = None,
    json: AsJson = False,
    exit_code: ExitCode = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Remind everybody who is due today.

    Writes e-mails, the call list and letters into a new folder of the outbox, which appears whole or not at
    all. A second run on the same day writes nothing. On a terminal the first run of a project asks before it writes.
    """
    from remindr.cli.session import all_mistakes_told, open_session, refuse_starter_company, tell_warnings
    from remindr.core.guards import GUARDS
    from remindr.pipeline.run import RunOrder, run

    _check_allowed(allow or [], tuple(GUARDS))
    session = open_session(directory, as_of)
    refuse_starter_company(session)
    real = _real_day(session)
    if session.today > real:
        raise ProjectError(
            f"--as-of {session.today} is in the future; a run writes only what is due by today, {real}",
            hint=f"to look ahead: remindr preview --as-of {session.today}",
        )
    ask = _lets_go if is_interactive() else None
    order = RunOrder(session.now, __version__, frozenset(allow or []), ask, most, sends=session.today == real)
    with all_mistakes_told(session):
        result = run(session.root, session.policy, session.today, order)
    tell_warnings(result.warnings, quiet=quiet and not result.summary.uncertain)
    tell_warnings(result.asides, quiet=not verbose)
    _tell_rehearsal(session.policy.project.delivery.email.redirect_all_to)
    if json:
        from remindr.cli.views import run_document

        tell_json(run_document(result.summary))
    elif not quiet or result.person_needed:
        _tell(result, verbose=verbose)
        if most is not None and (left := (result.summary.left or 0) - result.posted.untried):
            tell(f"Left for the next run: {plural(left, 'notice')} (--max {most}).")
    if result.is_partial:
        return Exit.PARTIAL
    return Exit.PERSON_NEEDED if exit_code and result.person_needed else Exit.DONE


def _check_allowed(allow: list[str], known: tuple[str, ...]) -> None:
    for word in allow:
        if word not in known:
            raise ProjectError(f"unknown guard '{word}' after --allow", hint=f"known: {', '.join(known)}")


def _real_day(session: "Session") -> "date":
    """The day that it is for the project, whatever --as-of says."""
    from zoneinfo import ZoneInfo

    return session.now.astimezone(ZoneInfo(session.policy.project.company.timezone)).date()


def _lets_go(plan: "FirstPlan") -> bool:
    """Whether the person at the terminal wants the first run to go ahead."""
    from remindr.core.told import totals_words

    about = totals_words(plan.totals)
    to = plural(plan.customers, "customer")
    say(f"This is the first run of this project: {message_words(plan.messages)} to {to}, about {about}.")
    if plan.live:
        say("They leave at once. remindr preview shows every one of them.")
    else:
        say("They are drafts that you send yourself. remindr preview shows every one, remindr discard takes them back.")
    count = sum(plan.messages.values())
    what = "this message" if count == 1 else f"these {count:,} messages"
    return confirmed(f"{'Send' if plan.live else 'Write'} {what}?")


def _tell(result: "RunResult", *, verbose: bool) -> None:
    summary = result.summary
    for held in result.held:
        say(f"held: {held.notice.customer.name} ({held.notice.customer.id})")
        say(str(held.problem))
    _tell_sent(summary, result.posted)
    if summary.skipped:
        tell(f"{plural(summary.skipped, 'open invoice')} without a notice today: remindr preview says why.")
    if result.waiting:
        waits = "waits" if result.waiting == 1 else "wait"
        tell(f"{plural(result.waiting, 'step')} {waits} for an approval: remindr approve lists what.")
    if result.quarantined:
        tell(f"{plural(len(result.quarantined), 'cell')} could not be read; the customers named there get no notice:")
        tell_unreadable(result.quarantined[:_FLAGS_SHOWN])
    _tell_flags(result, verbose=verbose)


def _tell_rehearsal(address: str | None) -> None:
    if address:
        say(f"note: a rehearsal (redirect_all_to): every e-mail goes to {address}, and no customer counts as reminded")


def _tell_sent(summary: "RunSummary", posted: "Posted") -> None:
    """What went out, what did not, and what nobody knows."""
    written = {channel: count for channel, count in summary.sent.items() if not (posted.mailed and channel == "email")}
    if posted.sent:
        copies = "a copy is" if posted.sent == 1 else "a copy of each is"
        tell(f"Sent {message_words({'email': posted.sent})}; {copies} in {summary.outbox}")
    if written:
        tell(f"Wrote {message_words(written)} to {summary.outbox}")
    if not (posted.mailed or written):
        tell(f"Nothing to send as of {summary.as_of}, a {summary.as_of:%A}.")
    for one in posted.failed:
        say(f"not sent: {one.customer_name} ({one.customer_id}): {one.told}; {_then(one)}")
    for one in posted.copies:
        say(f"a copy was not sent: {one.customer_name} ({one.customer_id}): {one.told}")
    for one in posted.uncertain:
        say(f"uncertain: {one.customer_name} ({one.customer_id}): {one.told}")
    if posted.uncertain:
        say("Nobody gets these again by themselves: remindr uncertain")
    if posted.stopped:
        left = message_words({"email": posted.untried}) if posted.untried else "nothing"
        say(f"stopped: {posted.stopped}; {left} left for the next run")


def _then(one: "Unsent") -> str:
    """What comes of an e-mail that was not sent."""
    from remindr.pipeline.sending import DAYS_TRIED

    if one.bad_address:
        return "its next notice takes another way"
    return f"it is planned again{f' (day {one.days} of {DAYS_TRIED})' if one.days else ''}"


def _tell_flags(result: "RunResult", *, verbose: bool) -> None:
    """The flags that are new, the others as a number; all of them with -v."""
    if not result.flags:
        return
    tell(f"{plural(len(result.flags), 'flag')} for a person to look at, {len(result.new_flags)} new:")
    shown = result.flags if verbose else result.new_flags[:_FLAGS_SHOWN]
    if shown:
        rows = [(flag.code, flag.customer_id, flag.invoice_id or "", flag.detail) for flag in shown]
        tell_table(("flag", "customer", "invoice", "because"), rows)
    if len(shown) < len(result.flags):
        tell("remindr preview lists them all.")


_FLAGS_SHOWN = 20
