"""`remindr doctor`: try out what a run stands on, and send a test e-mail."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindr.cli.options import AsJson, Directory, Quiet
from remindr.cli.terminal import say, tell, tell_json
from remindr.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from remindr.cli.shapes import DoctorDocument
    from remindr.pipeline.doctor import Finding

SendTest = Annotated[
    str | None, typer.Option("--send-test", metavar="ADDRESS", help="Send a short e-mail the way that reminders leave.")
]


def main(
    send_test: SendTest = None,
    directory: Directory = Path(),
    json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Try out what a run stands on: exports, outbox, journal, mail server. Nothing is sent and nothing is recorded.

    Run it as the user that cron runs remindr as. --send-test sends one e-mail to an address of yours, no reminder.
    """
    from remindr.cli.session import open_session
    from remindr.pipeline import doctor

    session = open_session(directory, None)
    found = list(doctor.examine(session.root, session.policy, session.today, session.now))
    if json:
        tell_json(_document(found))
    else:
        _tell(found, quiet=quiet)
    mails_well = all(one.is_well for one in found if one.name == doctor.MAILS)
    if send_test is not None and not mails_well:
        say("no test e-mail was sent: see above")
    elif send_test is not None:
        said = doctor.send_test(session.root, session.policy, send_test, session.now)
        if not (quiet or json):
            tell(f"A test e-mail to {send_test} was taken{f': {said}' if said else ''}")
    return Exit.DONE if all(one.is_well for one in found) else Exit.STOPPED


def _tell(found: "Sequence[Finding]", *, quiet: bool) -> None:
    for one in found:
        if one.is_well and not quiet:
            tell(f"ok   {one.name}: {one.told}")
        for problem in one.problems:
            tell(f"NOT  {one.name}: {problem}")


def _document(found: "Sequence[Finding]") -> "DoctorDocument":
    """`doctor --json`"""
    return {
        "schema": "remindr.doctor/1",
        "findings": [
            {
                "name": one.name,
                "well": one.is_well,
                "told": one.told,
                "problems": [{"what": problem.what, "hint": problem.hint} for problem in one.problems],
            }
            for one in found
        ],
    }
