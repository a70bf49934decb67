"""What every command on a project starts with: the folder, the policy, the day."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from remindr.cli.terminal import say
from remindr.errors import Problem, ProjectError
from remindr.model.policy import Policy
from remindr.project.doubts import STARTER_EMAIL
from remindr.project.load import find_root, load_policy
from remindr.project.yaml import Document

if TYPE_CHECKING:
    from remindr.journal.journal import Journal


@dataclass(frozen=True, slots=True)
class Session:
    """A project as a command sees it. `chosen` tells that the day came from --as-of."""

    root: Path
    policy: Policy
    warnings: tuple[Problem, ...]
    today: date
    now: datetime
    chosen: bool
    document: Document  # remindr.yaml


def open_session(directory: Path, as_of: date | None, *, thorough: bool = False) -> Session:
    """The project at or above a folder, on the given day or on today's date in the project's time zone.

    Only `thorough` looks into every template; otherwise those that are used are read when they are used.
    """
    root = find_root(directory)
    loaded = load_policy(root, thorough=thorough)
    policy = loaded.policy
    now = datetime.now(UTC)
    today = now.astimezone(ZoneInfo(policy.project.company.timezone)).date()
    return Session(root, policy, loaded.warnings, as_of or today, now, as_of is not None, loaded.document)


@contextmanager
def locked(session: Session, work: str) -> Iterator[None]:
    """Holds the project for a command that writes; a person is told for whom it waits."""
    from remindr.journal.lock import run_lock

    with run_lock(session.root, session.policy.project.journal_in_use, work, waiting=say):
        yield


@contextmanager
def settled_journal(session: Session, work: str) -> Iterator["Journal"]:
    """The journal for a command that settles or takes back: locked, and with what a crash left brought to its end."""
    from remindr.journal.database import open_journal
    from remindr.journal.records import moment
    from remindr.pipeline.settle import recover

    project = session.policy.project
    with locked(session, work), open_journal(project.journal_in_use, session.root, create=True) as journal:
        for settled in recover(journal, session.root, project.delivery.email.outbox, moment(session.now)):
            say(f"note: {settled.told}")
        yield journal


def refuse_starter_company(session: Session) -> None:
    """ProjectError while the company is still the invented one that init writes: customers would see it."""
    if problem := starter_company(session):
        raise ProjectError(problem)


def starter_company(session: Session) -> Problem | None:
    """What is to be said while the company is still the invented one."""
    if session.policy.project.company.email != STARTER_EMAIL:
        return None
    return Problem(
        "the company in remindr.yaml is still the starter's; customers would get reminders from it",
        hint="write your company's name, e-mail, country, currency and bank details under 'company:'",
    )


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


def refuse_future(session: Session) -> None:
    """ProjectError for a day to come: nobody can have said anything on it."""
    real = session.now.astimezone(ZoneInfo(session.policy.project.company.timezone)).date()
    if session.today > real:
        raise ProjectError(
            f"--as-of {session.today} is in the future; today is {real}",
            hint="leave --as-of out, or give a day up to today",
        )


def user_name() -> str:
    """The name of the user who is logged in."""
    from getpass import getuser

    try:
        return getuser()
    except (OSError, KeyError, ImportError):  # nobody is logged in where a service runs us
        return "somebody"
