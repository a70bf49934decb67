"""The files of invoices: found by a pattern inside the project, looked at while planning, read when they go out.

The number of an invoice is somebody else's text. It may not lead out of the folder, not by a link either, nor take the
file of another invoice.
"""

import os
import re
import stat
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from remindr.core.file_names import NUMBER, Shape, alike_sql, as_name, only_longest
from remindr.errors import DataError, Problem
from remindr.model.book import Invoice
from remindr.model.plan import Attachment, File, LeftOut, Message

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from remindr.pipeline.station import Station

_CUSTOMER: Final = "{customer_id}"
_PDF: Final = b"%PDF-"
_AGAIN: Final = "start the run again; nothing was sent"


class InvoiceFiles:
    """The files that a pattern names, for the invoices of one book."""

    def __init__(self, root: Path, pattern: str, connection: "DuckDBPyConnection") -> None:
        self._root = root
        self._pattern = pattern
        self._connection = connection
        self._wants_pdf = pattern.lower().endswith(".pdf")
        self._fixed = _folder(pattern)

    def find(self, invoice: Invoice) -> Attachment | LeftOut:
        """The invoice's file, or why there is none to send."""
        number, owner = as_name(invoice.id), as_name(invoice.customer_id)
        if not number or (_CUSTOMER in self._pattern and not owner):
            return LeftOut(invoice.id, "its number cannot be the name of a file")
        if self._sought(number, owner).casefold() in self._contested:
            return LeftOut(invoice.id, f"{self._sought(number, owner)} would be another invoice's, too{self._hint}")
        named = self._named(number, owner)
        if len(named) != 1:
            return LeftOut(invoice.id, _several(named) if named else f"there is no file {self._sought(number, owner)}")
        return self._looked_at(invoice, named[0])

    def _named(self, number: str, owner: str) -> list[str]:
        if "*" in self._pattern:
            return self._listed.get(number, [])
        path = self._sought(number, owner)
        return [path] if os.path.lexists(f"{self._root}/{path}") else []

    def _sought(self, number: str, owner: str) -> str:
        return self._pattern.replace(NUMBER, number).replace(_CUSTOMER, owner)

    def _looked_at(self, invoice: Invoice, path: str) -> Attachment | LeftOut:
        file = f"{self._root}/{path}"
        try:
            facts = os.stat(file)  # noqa: PTH116
            if not self._is_inside(path):
                return LeftOut(invoice.id, f"{path} leads out of its folder")
            if not stat.S_ISREG(facts.st_mode):
                return LeftOut(invoice.id, f"{path} is no file")
            if not facts.st_size:
                return LeftOut(invoice.id, f"{path} is empty")
            if self._wants_pdf and not _is_pdf(file):
                return LeftOut(invoice.id, f"{path} is no PDF, whatever its name says")
        except OSError as error:
            return LeftOut(invoice.id, f"{path} cannot be read: {(error.strerror or str(error)).lower()}")
        return Attachment(invoice.id, path, facts.st_size)

    def _is_inside(self, path: str) -> bool:
        """Whether a file is below the folder of the pattern, wherever links lead. Hardly any file is behind one."""
        steps = path.removeprefix(self._fixed).strip("/").split("/")
        below = (f"{self._root}/{self._fixed}/{'/'.join(steps[: at + 1])}" for at in range(len(steps)))
        if not any(map(os.path.islink, below)):
            return True
        return Path(os.path.realpath(f"{self._root}/{path}")).is_relative_to(self._real_folder)

    @cached_property
    def _real_folder(self) -> str:
        return os.path.realpath(f"{self._root}/{self._fixed}")

    @cached_property
    def _contested(self) -> frozenset[str]:
        """Paths, case folded, that would be those of several invoices; with a `*` in them, where there is one."""
        apart = alike_sql("customer_id") if _CUSTOMER in self._pattern else "''"
        query = f"""
            SELECT min(invoice_id), min(customer_id) FROM invoices GROUP BY {alike_sql("invoice_id")}, {apart}
            HAVING count(DISTINCT (customer_id, invoice_id)) > 1
        """
        found = self._connection.execute(query).fetchall()
        return frozenset(self._sought(as_name(number), as_name(owner)).casefold() for number, owner in found)

    @property
    def _hint(self) -> str:
        return "" if _CUSTOMER in self._pattern or "*" in self._pattern else "; {customer_id} can tell them apart"

    @cached_property
    def _listed(self) -> Mapping[str, list[str]]:
        """The files that the pattern takes, by the number of the invoice that each is of.

        A file is of the longest number known that its name has in the right place, so that INV-1 does not get what is
        INV-10's or 2026-INV-1's; with two such numbers it is nobody's.
        """
        shape = Shape(self._pattern)
        readings = {path: frozenset(shape.numbers_in(path)) for path in _files_below(self._root, self._pattern)}
        known = self._known(frozenset().union(*readings.values()))
        files: dict[str, list[str]] = defaultdict(list)
        for path in sorted(readings):
            if number := only_longest(readings[path] & known):
                files[number].append(path)
        return files

    def _known(self, numbers: frozenset[str]) -> frozenset[str]:
        """Those of the texts that are the number of an invoice, written as a name."""
        found = self._connection.execute("SELECT DISTINCT invoice_id FROM invoices").fetchall()
        return numbers & {as_name(number) for (number,) in found}


def _folder(pattern: str) -> str:
    """The part of a pattern before anything is filled in: `invoices` of `invoices/{invoice_id}.pdf`."""
    fixed = re.split(r"[{*]", pattern, maxsplit=1)[0]
    return fixed.rpartition("/")[0]


def _files_below(root: Path, pattern: str) -> Iterator[str]:
    """Every file as deep below the pattern's folder as the pattern goes, seen from the project; no links."""
    folder = _folder(pattern)
    depth = pattern.count("/") - (folder.count("/") + 1 if folder else 0)
    yield from _files_in(root / folder, f"{folder}/" if folder else "", depth)


def _files_in(folder: Path, shown: str, depth: int) -> Iterator[str]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if depth and entry.is_dir(follow_symlinks=False):
            yield from _files_in(Path(entry.path), f"{shown}{entry.name}/", depth - 1)
        elif not depth and entry.is_file(follow_symlinks=False):
            yield shown + entry.name


def _is_pdf(file: str) -> bool:
    with open(file, "rb", buffering=0) as stream:  # noqa: PTH123 - a Path for each of many files takes its time
        return stream.read(len(_PDF)) == _PDF


def _several(paths: list[str]) -> str:
    named = ", ".join(paths[:3])
    return f"there are {len(paths)} files for it: {named}{', …' if len(paths) > 3 else ''}"


def told_of_missing(at: "Station") -> str:
    """How many open invoices have no file to attach, and why the first of them has none; empty if none lacks one."""
    wish = at.policy.project.delivery.email.attach
    if wish is None:
        return ""
    files = InvoiceFiles(at.root, wish.pattern, at.book.connection)
    found = [files.find(invoice) for account, _ in at.view.accounts() for invoice in account.invoices]
    lacking = [one for one in found if isinstance(one, LeftOut)]
    first = f"; {lacking[0].invoice_id}: {lacking[0].why}" if lacking else ""
    return f"{len(lacking):,} of {len(found):,} open invoices cannot be attached{first}" if lacking else ""


def with_files(message: Message, root: Path) -> Message:
    """The message with its files; DataError if one is not as it was when the plan was made."""
    if message.channel != "email" or not message.notice.attachments:
        return message
    return replace(message, files=tuple(_read(root, one) for one in message.notice.attachments))


def _read(root: Path, attachment: Attachment) -> File:
    try:
        with open(f"{root}/{attachment.path}", "rb") as stream:  # noqa: PTH123
            content = stream.read(attachment.size + 1)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise DataError(
            Problem(f"it could be read a moment ago, and now: {why}", attachment.path, hint=_AGAIN)
        ) from error
    if len(content) != attachment.size:
        raise DataError(Problem("it changed while the messages were written", attachment.path, hint=_AGAIN))
    return File(attachment.name, content)
