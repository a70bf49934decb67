"""`remindr preview --html`: the preview as one page for the browser, private to whoever made it."""

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from remindr.cli.terminal import plural, say, tell
from remindr.errors import DataError, Exit

if TYPE_CHECKING:
    from decimal import Decimal

    from remindr.errors import Problem
    from remindr.pages.document import Trial
    from remindr.pages.preview import PreviewPage
    from remindr.pipeline.station import Station

STDOUT = "-"


@dataclass(slots=True)
class Written:
    """The page, and what there is to say about it."""

    page: "PreviewPage"
    html: str = ""
    asked: "list[tuple[str, Decimal]]" = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)  # leading ones


def write_page(
    file: str | None, customer: str | None, directory: Path, as_of: date | None, *, show: bool, json: bool, quiet: bool
) -> int:
    """Writes the page to a file or to stdout, and shows it if asked to."""
    from remindr.cli.session import all_mistakes_told, open_session, tell_warnings
    from remindr.pipeline.guarded import refused_by
    from remindr.pipeline.station import station

    if file is None:
        raise typer.BadParameter("it shows the page that --html FILE writes", param_hint="--open")
    if json:
        raise typer.BadParameter("choose one of --html and --json", param_hint="--json")
    check_target(file, show=show)
    session = open_session(directory, as_of)
    with all_mistakes_told(session), station(session.root, session.policy, session.today, thorough=True) as at:
        written = listed(at, customer)
        finish(written, at, refused_by(at))
        tell_warnings(at.warnings, quiet=quiet)
    path = put(file, written.html)
    if path and not quiet:
        _tell_written(file, written)
    if path and show:
        show_page(path)
    return Exit.PARTIAL if written.states["held"] else Exit.DONE


def listed(at: "Station", customer: str | None = None) -> Written:
    """Everybody, or one customer, ready for the page; Refused if too many notices cannot be put into words."""
    from remindr.cli.page_views import page_case, page_row
    from remindr.pages.preview import PreviewPage
    from remindr.pipeline.everybody import all_told
    from remindr.pipeline.find import customer_meant
    from remindr.pipeline.plan import Held, refuse_if_too_many

    customer = None if customer is None else customer_meant(at, customer)
    written = Written(PreviewPage())
    held: list[Held] = []
    for told in all_told(at, customer):
        row = page_row(told)
        written.page.add(row, page_case(told))
        written.states[row["state"]] += 1
        written.channels.update(row["channels"][:1])
        written.asked += [total for notice in told.case.notices for total in notice.total.items()]
        held += [told.decided.held] if told.decided.held else []
    refuse_if_too_many(held, written.states["goes out"])
    return written


def finish(written: Written, at: "Station", refused: Sequence["Problem"], trial: "Trial | None" = None) -> None:
    """Makes the page of those listed, with what the guards said; `trial` stands above everything."""
    from remindr.cli.page_views import page_head, sums_text
    from remindr.cli.preview import rest_day
    from remindr.core.calendar import Calendars

    notes = list(rest_day(Calendars(at.policy.project).home, at.today))
    head = page_head(at, refused, notes, sums_text(written.asked))
    if trial is not None:
        head["trial"] = trial
    written.html = written.page.html(head)


def _tell_written(file: str, written: Written) -> None:
    going, alone = plural(written.states["goes out"], "notice"), plural(written.states["left alone"], "customer")
    size = len(written.html) / 1e6
    tell(f"{file}: {going}, {alone} left alone, {size:,.1f} MB. {private_words()}")


def private_words() -> str:
    """A sentence on whom a page is for."""
    private = "; only you can read it" if os.name == "posix" else ""
    return f"It holds your customers' data{private}."


def check_target(file: str, *, show: bool) -> None:
    """Refuses a place where the page cannot be put, before the work is done rather than after it."""
    if file != STDOUT:
        _refuse_folder(Path(file))
    elif show:
        raise typer.BadParameter("what goes to stdout cannot be shown; name a file", param_hint="--open")


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise DataError(f"{path} is a folder", hint=f"name a file in it: --html {path / 'preview.html'}")
    if not path.absolute().parent.is_dir():
        raise DataError(f"{path} cannot be written: there is no folder {path.parent}", hint="make it, or name another")


def put(file: str, html: str) -> Path | None:
    """Writes the page; where it is now, None on stdout."""
    path = Path(file) if file == STDOUT else Path(file).resolve()
    put_file(path, html.encode(), option="--html")  # the page says that it is UTF-8, whatever the terminal is
    return None if file == STDOUT else path


def put_file(path: Path, content: bytes, *, option: str) -> None:
    """Puts it there: a file whole or not at all, in place of an older one; to stdout, a pipe or a device as it is."""
    if path == Path(STDOUT):
        sys.stdout.buffer.write(content)
        return
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
        else:
            _replace_privately(path, content)
    except OSError as error:
        hint = f"{option} can name a file in another folder"
        raise DataError(f"{path} cannot be written: {error.strerror}", hint=hint) from error


def _replace_privately(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # for the owner's eyes only
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        Path(temporary).replace(path)
    except OSError:
        with suppress(OSError):
            Path(temporary).unlink()
        raise


def show_page(path: Path) -> None:
    """Opens the page in the browser that is set up, or says that there is none."""
    import webbrowser

    if not webbrowser.open(path.as_uri()):
        say(f"note: no browser could be started; open {path} yourself")
