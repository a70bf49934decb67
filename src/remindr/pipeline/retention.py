"""What is kept: the folders of messages for a while, for the journal knows what was said; a copy of that each week."""

from collections.abc import Collection
from datetime import timedelta

from remindr.channels.discarding import delete_folders
from remindr.errors import DataError, RemindrError
from remindr.pipeline.station import Station

_DAY = len("2026-11-20")  # with which the id of a run begins


def back_up(here: Station) -> tuple[str, ...]:
    """Leaves a weekly copy of the journal beside it; a line that says so if that cannot be done, for the run has."""
    try:
        here.journal.back_up(here.today)
    except RemindrError as error:
        return (f"no copy of the journal could be made: {error.problems[0].what}",)
    return ()


def clear_old(here: Station) -> tuple[str, ...]:
    """Deletes the folders of runs that are older than the project keeps them; a line that says so, if there were any.

    Those of runs that never came to their end, or left something in doubt, stay.
    """
    keep = here.policy.project.delivery.keep
    if keep is None:
        return ()
    until = here.today - timedelta(keep.days)

    def old(runs: Collection[str]) -> Collection[str]:
        before = {run_id for run_id in runs if run_id[:_DAY] < until.isoformat()}
        return here.journal.ended(before) if before else ()

    try:
        count = delete_folders(here.root / here.policy.project.delivery.email.outbox, old)
    except DataError as error:
        return (f"old folders of the outbox could not be deleted: {error.problems[0].what}",)
    folders = f"{count} folder{'' if count == 1 else 's'}"
    return (f"{folders} of runs before {until} deleted from the outbox (delivery: keep: {keep})",) if count else ()
