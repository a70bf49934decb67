"""What every command on a project starts with: the folder, the policy, the day."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from remindr.cli.terminal import say
from remindr.errors import Problem, ProjectError
from remindr.model.policy import Policy
from remindr.project.load import find_root, load_policy


@dataclass(frozen=True, slots=True)
class Session:
    """A project as a command sees it. `chosen` tells that the day came from --as-of."""

    root: Path
    policy: Policy
    warnings: tuple[Problem, ...]
    today: date
    now: datetime
    chosen: bool


def open_session(directory: Path, as_of: datetime | None, *, thorough: bool = False) -> Session:
    """The project at or above a folder, on the given day or on today's date in the project's time zone.

    Only `thorough` looks into every template; otherwise those that are used are read when they are used.
    """
    root = find_root(directory)
    loaded = load_policy(root, thorough=thorough)
    policy = loaded.policy
    now = datetime.now(UTC)
    today = now.astimezone(ZoneInfo(policy.project.company.timezone)).date()
    return Session(root, policy, loaded.warnings, as_of.date() if as_of else today, now, as_of is not None)


@contextmanager
def all_mistakes_told(session: Session) -> Iterator[None]:
    """A mistake in the project's files that is met on the way is told together with all the others."""
    try:
        yield
    except ProjectError:
        load_policy(session.root)
        raise


def tell_warnings(warnings: tuple[str, ...], *, quiet: bool) -> None:
    """What reading the files left to say."""
    if not quiet:
        for warning in warnings:
            say(f"note: {warning}")
