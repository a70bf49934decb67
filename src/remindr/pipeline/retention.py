"""Messages are kept for a while, then their folders go: the journal knows without them what was said."""

from collections.abc import Collection
from datetime import timedelta

from remindr.channels.discarding import delete_folders
from remindr.errors import DataError
from remindr.pipeline.station import Station

_DAY = len("2026-11-20")  # with which the id of a run begins


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
