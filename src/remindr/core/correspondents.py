"""Who stands in the head of e-mails beside the customer: account owners, those who get a copy, the archive."""

from collections.abc import Iterator, Mapping

from remindr.core.addresses import mailbox, recipient
from remindr.core.cleaning import one_line
from remindr.model.book import Customer
from remindr.model.plan import Correspondent, Envelope, Notice
from remindr.model.policy import Owner, Project


def folded(name: str) -> str:
    """An owner's name as it is compared: capitals and blanks do not matter."""
    return " ".join(name.casefold().split())


class Owners:
    """A project's account owners, by the word of the export."""

    def __init__(self, written: Mapping[str, Owner]) -> None:
        self._owners = {folded(name): owner for name, owner in written.items()}

    def of(self, customer: Customer) -> Owner | None:
        """Who looks after the customer; None if nobody is named, or nobody whom the project knows."""
        if not self._owners:
            return None
        return self._owners.get(folded(customer.fields.get("owner", "")))


class Envelopes:
    """A project's wishes for the heads of its e-mails."""

    def __init__(self, project: Project) -> None:
        self._owners = Owners(project.owners)
        archive = project.delivery.email.archive_to
        self._bcc = (mailbox(archive),) if archive else ()

    def of(self, notice: Notice) -> Envelope:
        """The head of a notice's e-mail; ValueError if an address in it cannot be written to."""
        owner = self._owners.of(notice.customer)
        sender = correspondent(owner) if owner and owner.sends else None
        copies = {one.email.casefold(): one for one in self._copies(notice, owner)}
        copies.pop(mailbox(recipient(notice)).casefold(), None)
        return Envelope(sender, tuple(copies.values()), self._bcc)

    def _copies(self, notice: Notice, owner: Owner | None) -> Iterator[Correspondent]:
        yield from (Correspondent("", mailbox(address)) for address in notice.cc)
        if owner and not owner.sends:
            yield correspondent(owner)


def envelopes_of(project: Project) -> Envelopes | None:
    """What makes the heads of e-mails; None where nobody but the company and the customer is in any."""
    wished = project.owners or project.delivery.email.archive_to or project.contacts
    return Envelopes(project) if wished else None


def correspondent(owner: Owner) -> Correspondent:
    """The owner as somebody who writes or is written to."""
    return Correspondent(one_line(owner.name), mailbox(owner.email))
