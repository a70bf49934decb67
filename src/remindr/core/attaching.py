"""What goes with an e-mail: the files of its invoices, as far as they are there and not too large together."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from remindr.core.schedule import Decision
from remindr.model.book import Invoice
from remindr.model.delivery import Attach
from remindr.model.plan import Attachment, Blocker, LeftOut, Notice, Reason, Skipped
from remindr.model.terms import Size

Find = Callable[[Invoice], Attachment | LeftOut]


class Attaching:
    """A project's wish for attachments, with somebody who looks for the files."""

    def __init__(self, wish: Attach, find: Find) -> None:
        self._wish = wish
        self._find = find

    def beside(self, decision: Decision) -> Decision:
        """The decision with the files that go with its e-mails; a notice that has to wait for one is left out."""
        notices = [self._with_files(notice) for notice in decision.notices]
        waiting = [one for one in notices if one.left_out] if self._wish.if_missing == "hold" else []
        if not waiting:
            return _decision(notices, decision.skipped)
        held = (_held(notice) for notice in waiting)
        goes = [one for one in notices if not any(one is other for other in waiting)]
        return _decision(goes, [*(skipped for one in held for skipped in one), *decision.skipped])

    def _with_files(self, notice: Notice) -> Notice:
        if "email" not in notice.channels or notice.purpose != "reminder":
            return notice
        lines = notice.taken
        found = [self._find(line.invoice) for line in lines]
        files = [one for one in found if isinstance(one, Attachment)]
        kept = _within(files, self._wish.at_most)
        large = {one.invoice_id: LeftOut(one.invoice_id, _too_large(one, self._wish.at_most)) for one in files}
        left = (large[one.invoice_id] if isinstance(one, Attachment) else one for one in found if one not in kept)
        return _saying_why(replace(notice, attachments=tuple(kept), left_out=tuple(left)))


def _saying_why(notice: Notice) -> Notice:
    told = (f"{one.invoice_id} is not attached: {one.why}" for one in notice.left_out)
    return replace(notice, why=(*notice.why, *told)) if notice.left_out else notice


def _within(files: Sequence[Attachment], most: Size) -> list[Attachment]:
    """Those that fit together, in their order: the largest are left out first, of the same size the last."""
    kept = list(files)
    while sum(one.size for one in kept) > most.bytes:
        kept.remove(max(reversed(kept), key=lambda one: one.size))
    return kept


def _too_large(file: Attachment, most: Size) -> str:
    return f"{file.path} ({Size(file.size)}) makes the e-mail larger than {most}"


def _held(notice: Notice) -> Iterator[Skipped]:
    """The invoices of a notice that waits for a file, each with what is missing."""
    missing = {one.invoice_id: one.why for one in notice.left_out}
    first = next(iter(missing))
    for line in notice.taken:
        detail = missing.get(line.invoice.id) or f"it goes with {first}, for which {missing[first]}"
        reason = Reason(Blocker.NO_ATTACHMENT, detail)
        yield Skipped(notice.customer.id, line.invoice.id, (reason,), None, line.step)


def _decision(notices: Sequence[Notice], skipped: Iterable[Skipped]) -> Decision:
    first, *more = notices or (None,)
    return Decision(first, tuple(skipped), tuple(one for one in more if one))


def told_of(notice: Notice) -> str:
    """`3 attachments, 412 kB`; empty without any."""
    return _counted(notice.attachments) if notice.attachments else ""


def told_of_all(notices: Sequence[Notice]) -> Iterator[str]:
    """What several notices take along, and how many invoices go without their files; nothing without attachments."""
    files = [file for notice in notices for file in notice.attachments]
    left = sum(len(notice.left_out) for notice in notices)
    if files:
        yield f"the e-mails have {_counted(files)}"
    if left:
        invoices = "1 invoice goes without its file" if left == 1 else f"{left} invoices go without their files"
        yield f"{invoices}: remindr preview -v says why"


def _counted(files: Sequence[Attachment]) -> str:
    count = len(files)
    return f"{count} attachment{'' if count == 1 else 's'}, {Size(sum(one.size for one in files))}"
