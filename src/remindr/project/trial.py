"""A project that nobody wrote: the starter set around exports, for a first look."""

from dataclasses import replace
from pathlib import Path

from remindr.model.policy import Policy, Sources
from remindr.project.doubts import STARTER_EMAIL
from remindr.project.init import init_project
from remindr.project.load import load_policy
from remindr.sources.private import PrivateFolder

NAME = "Your company"


def starter_policy(sources: Sources, *, currency: str, timezone: str) -> Policy:
    """The starter set on these exports, without holidays and with a journal that is never kept.

    The project's files are gone when this returns, so nothing names a line of them.
    """
    company = {"name": NAME, "email": STARTER_EMAIL, "currency": currency, "timezone": timezone}
    with PrivateFolder() as folder:
        init_project(Path(folder), company=company)
        policy = load_policy(Path(folder), thorough=False).policy
    project = policy.project
    changed = {
        "company": project.company.model_copy(update={"country": None}),
        "reminding": project.reminding.model_copy(update={"holidays": None}),
        "sources": sources,
        "journal": ":memory:",
    }
    return replace(policy, project=project.model_copy(update=changed), places={})
