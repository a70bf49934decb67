"""Do addresses in remindr.yaml work, and are the account owners of the export known."""

from collections.abc import Collection, Iterable, Iterator

from remindr.core.addresses import mailbox
from remindr.core.correspondents import folded
from remindr.core.told import shortlist
from remindr.errors import Problem
from remindr.model.policy import Project
from remindr.project.near import did_you_mean
from remindr.project.rules import mapping
from remindr.project.yaml import Document, Keys


def mistakes_in_correspondents(document: Document, project: Project | None) -> Iterator[Problem]:
    """Addresses that no mail can go to, and owners who are written twice."""
    if project is None:
        return
    addresses: dict[Keys, str] = {("owners", name, "email"): owner.email for name, owner in project.owners.items()}
    if archive := project.delivery.email.archive_to:
        addresses["delivery", "email", "archive_to"] = archive
    for path, address in addresses.items():
        try:
            mailbox(address)
        except ValueError as error:
            yield document.problem(path, str(error), hint="write the address alone: ann@example.com")
    seen: dict[str, str] = {}
    for name in mapping(document.data, "owners"):
        if (other := seen.setdefault(folded(str(name)), str(name))) != str(name):
            what = f"'{name}' and '{other}' are the same owner"
            yield document.problem(("owners", name), what, hint="capitals and blanks do not matter", key=True)


def unknown_columns(document: Document, project: Project | None, columns: Collection[str]) -> Iterator[Problem]:
    """Columns that are named and that the customers' export does not have; nothing where there is none to look at."""
    if project is None or not columns:
        return
    named: dict[Keys, str | None] = {}
    if contacts := project.contacts:
        named["contacts", "accounts_payable"] = contacts.accounts_payable
        named["contacts", "escalation"] = contacts.escalation
    if styles := project.styles:
        written = mapping(document.data, "styles")
        names = ("column", "first_name", "last_name")
        named |= {("styles", name): getattr(styles, name) for name in names if name in written}
    for path, column in named.items():
        if column is not None and column not in columns:
            hint = did_you_mean(column, columns) or "write the words of its header"
            yield document.problem(path, f"the customers' export has no column '{column}'", hint=hint)


def unknown_owners(document: Document, project: Project, named: Iterable[tuple[str, int]]) -> Iterator[Problem]:
    """One warning of all account owners in the export, each with the number of customers, that nobody has told of."""
    if not project.owners:
        return
    known = {folded(name): name for name in project.owners}
    strange = [(owner, count) for owner, count in named if folded(owner) not in known]
    if strange:
        told = shortlist([f"{owner} ({count})" for owner, count in strange], 5)
        what = f"the company writes to the customers of owners who are not here: {told}"
        hint = did_you_mean(strange[0][0], list(known.values())) or "add them, or leave it so"
        yield document.problem(("owners",), what, hint=hint, key=True)
