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
    if redirect := project.delivery.email.redirect_all_to:
        addresses["delivery", "email", "redirect_all_to"] = redirect
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
        named["contacts", "role"] = contacts.role
        named["contacts", "accounts_payable"] = contacts.payable
        named["contacts", "escalation"] = None if contacts.role else contacts.above
    if styles := project.styles:
        written = mapping(document.data, "styles")
        names = ("column", "first_name", "last_name")
        named |= {("styles", name): getattr(styles, name) for name in names if name in written}
    for path, column in named.items():
        if column is not None and column not in columns:
            hint = did_you_mean(column, columns) or "write the words of its header"
            yield document.problem(path, f"the customers' export has no column '{column}'", hint=hint)


def unknown_roles(document: Document, project: Project, roles: Collection[str]) -> Iterator[Problem]:
    """A warning of each role that nobody in the export has; `roles` are those that somebody has, folded."""
    contacts = project.contacts
    if contacts is None or not contacts.role:
        return
    for name in ("accounts_payable", "escalation"):
        for role in getattr(contacts, name):
            if role not in roles:
                what = f"nobody in the customers' export has the role '{role}'"
                hint = did_you_mean(role, sorted(roles)) or f"the column '{contacts.role}' has no roles"
                yield document.problem(("contacts", name), what, hint=hint, key=True)


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
