"""`remindr try`: a first look at exports, without a project."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from remindr.cli.options import AsOf, Quiet, Verbose
from remindr.cli.terminal import plural, say, tell
from remindr.errors import Exit

if TYPE_CHECKING:
    from remindr.cli.preview_page import Written
    from remindr.cli.trial_views import Counts
    from remindr.core.audit import Audit
    from remindr.pipeline.trial import Trial

PAGE = "remindr-try.html"
Files = Annotated[
    list[str],
    typer.Argument(metavar="EXPORT...", help="Your invoice export, and if you have them those of customers, payments."),
]
Html = Annotated[str, typer.Option("--html", metavar="FILE", help="Where the page goes; - is stdout.")]
Open = Annotated[bool, typer.Option("--open", help="Show the page in the browser.")]


def main(
    files: Files,
    html: Html = PAGE,
    open_page: Open = False,
    as_of: AsOf = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """See what remindr would do with your exports, before you set anything up.

    Needs no project and changes nothing: it reads the files with the starter set and writes one page, with who pays
    how, today's notices as customers would see them, and what the last 90 days would have brought.
    """
    from remindr.cli.preview_page import check_target, finish, listed, put, show_page
    from remindr.cli.trial_views import add_replay, counts_of, replay_line, trial_of
    from remindr.pipeline.replay import replay
    from remindr.pipeline.trial import trial

    check_target(html, show=open_page)
    timezone = machine_timezone()
    with trial(files, as_of, timezone) as tried:
        for note in (*tried.exports.notes, *((*tried.at.book.warnings, *tried.at.book.asides) if verbose else ())):
            if not quiet:
                say(f"note: {note}")
        counts = counts_of(tried)
        own, audit = trial_of(tried, counts, datetime.now(UTC).astimezone(ZoneInfo(timezone)).date())
        written = listed(tried.at)
        lines = _lines(tried, counts, audit, written)
        past = replay(tried.at) if counts.has_paid_dates else None  # last: it looks at the book on other days
        add_replay(own, past)
        finish(written, tried.at, (), own)
        lines.append(replay_line(past))
    path = put(html, written.html)
    if path and not quiet:
        _tell(lines, html)
    if path and open_page:
        show_page(path)
    return Exit.DONE


def machine_timezone() -> str:
    """The name of the machine's time zone, UTC where it has none that is known."""
    link = Path("/etc/localtime").resolve().as_posix()
    for name in (os.environ.get("TZ", "").lstrip(":"), link.partition("zoneinfo/")[2]):
        try:
            return ZoneInfo(name).key if name else "UTC"
        except (KeyError, ValueError, OSError):
            continue
    return "UTC"


def _lines(tried: "Trial", counts: "Counts", audit: "Audit", written: "Written") -> "list[str]":
    from remindr.cli.trial_views import overdue_text, read_text, segments_text

    overdue = overdue_text(audit.all.balances) or "nothing"
    unnamed = [] if tried.currencies else ["No file names a currency: amounts are shown without one."]
    return [
        f"Read {read_text(tried, counts)}.",
        *unnamed,
        f"{plural(audit.all.customers, 'customer')}: {segments_text(audit)}. Overdue: {overdue}.",
        _today(written),
    ]


def _today(written: "Written") -> str:
    from remindr.cli.trial_views import channels_text

    notices, alone = written.states["goes out"], written.states["left alone"]
    rest = f"; {plural(alone, 'customer')} with open invoices left alone, each with the reason" if alone else ""
    return f"Today: {plural(notices, 'notice')}{channels_text(written.channels)}{rest}."


def _tell(lines: "list[str]", html: str) -> None:
    private = ", and only you can read it" if os.name == "posix" else ""
    for line in lines:
        tell(line)
    tell(f"Everything, word for word and with the reasons: {html} (your customers' data{private}).")
    tell("Nothing was sent and nothing else was written. To go on: remindr init starts a project.")
