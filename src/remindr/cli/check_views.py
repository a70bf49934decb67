"""What `remindr check` says of exports: how each file was read, what there is in all of them, what they cannot tell."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from remindr.cli.terminal import plural, tell, tell_unreadable, tell_wrapped
from remindr.core.told import day_words

if TYPE_CHECKING:
    from remindr.sources.book import Book, SourceFile
    from remindr.sources.quality import Days, Quality, Sums

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_HOW = {
    "profile": "columns that the package always names so",
    "name": "columns recognised by their headers",
    "synonym": "columns recognised by their headers",
    "spelling": "columns taken for a slip of the pen, please look",
    "setting": "columns named in remindr.yaml",
    "heading": "columns recognised by their headers",
}
_NAMED = 6
_MOST_CELLS = 20


def tell_exports(book: "Book", found: "Quality", notes: Sequence[str], *, verbose: bool) -> None:
    """Result: the page in plain lines."""
    for file in book.files:
        tell()
        tell(f"{file.name}: {file.role}, exported on {day_words(file.exported_on)}")
        for line in (*_format(file), _dialect(file), *_columns(file), _rows(file), *_totals(file)):
            tell_wrapped(line, first="  ", rest="    ")
        for note in _about(file, notes):
            tell_wrapped(f"note: {note}", first="  ", rest="    ")
    tell()
    tell("All together")
    for line in _all(found, _names(book, found.unreachable[:_NAMED])):
        tell_wrapped(line, first="  ", rest="    ")
    if found.unknown:
        tell()
        tell("What these files cannot tell")
        for line in found.unknown:
            tell_wrapped(line, first="  ", rest="    ")
    for note in _about_all(book, notes):
        tell()
        tell_wrapped(f"note: {note}")
    _tell_unreadable(book, verbose=verbose)


def _about(file: "SourceFile", notes: Sequence[str]) -> Iterator[str]:
    """The notes that begin with the file's name, without it."""
    start = f"{file.name}: "
    return (note.removeprefix(start) for note in notes if note.startswith(start))


def _about_all(book: "Book", notes: Sequence[str]) -> list[str]:
    return [note for note in notes if not note.startswith(tuple(f"{file.name}: " for file in book.files))]


def _tell_unreadable(book: "Book", *, verbose: bool) -> None:
    if not book.quarantined:
        return
    tell()
    tell("Rows that could not be read; the customers in them are left alone")
    shown = book.quarantined if verbose else book.quarantined[:_MOST_CELLS]
    tell_unreadable(shown)
    if len(shown) < len(book.quarantined):
        tell(f"… and {len(book.quarantined) - len(shown)} more: remindr check -v lists them all")


def _format(file: "SourceFile") -> Iterator[str]:
    """What the file looks like, and what people who use this export should know."""
    profile = file.profile
    if not profile.name:
        yield "no known package's export; its columns are told by their headers"
        return
    untried = "; not yet proved on a real file" if profile.experimental else ""
    yield f"looks like {profile.title} ({file.headers_known} of {len(profile.known)} columns){untried}"
    if profile.note:
        yield profile.note


def _dialect(file: "SourceFile") -> str:
    found = [f"{file.encoding}, columns separated by {_DELIMITERS.get(file.delimiter, repr(file.delimiter))}"]
    found.append(f"headers in row {file.header_row}")
    if file.date_order:
        found.append(f"dates {file.date_order}")
    if file.decimal_mark:
        found.append(f"decimal {file.decimal_mark}")
    return ", ".join(found)


def _columns(file: "SourceFile") -> Iterator[str]:
    """The columns that are read, by how they were recognised."""
    groups: dict[str, list[str]] = {}
    for field, header in file.columns.items():
        groups.setdefault(_HOW[file.how.get(field, "name")], []).append(f"{field} ← {header}")
    for how, columns in groups.items():
        yield f"{how}: {', '.join(columns)}"


def _rows(file: "SourceFile") -> str:
    """How many rows there were, and what became of those that are no invoice, customer or payment of their own."""
    told = [
        (file.rows_folded, f"{plural(file.rows_folded, 'further row')} of an invoice"),
        (file.rows_left_out, f"{file.rows_left_out:,} left out as no invoices"),
        (file.rows_quarantined, f"{file.rows_quarantined:,} more could not be read"),
        (file.rows_ignored, f"{file.rows_ignored:,} blank, title or total rows passed over"),
    ]
    return ", ".join((f"{plural(file.rows_read, 'row')} read", *(what for count, what in told if count)))


def _totals(file: "SourceFile") -> Iterator[str]:
    """Whether the file's own total proves that every row was read."""
    if file.role == "customers":
        return
    if file.totals:
        proved = ", ".join(f"'{header}' {total}" for header, total in file.totals.items())
        yield f"its own total agrees with its rows: {proved}"
    elif file.total_rows:
        yield "its own totals were not compared: they are of parts of the list, or cannot be read"
    else:
        yield "it has no row with a total that could be compared"


def _names(book: "Book", ids: Sequence[str]) -> list[str]:
    """Customers as people know them: by number and name, or by the one of them that there is."""
    query = "SELECT customer_id, name FROM customers WHERE list_contains(?, customer_id)"
    names = dict(book.connection.execute(query, [list(ids)]).fetchall())
    return [f"{one} {names[one]}" if names.get(one, one) != one else one for one in ids]


def _all(found: "Quality", unreachable: Sequence[str]) -> Iterator[str]:
    yield from (_sums(one) for one in found.sums) if found.sums else ["no invoices"]
    yield from filter(None, (_days("invoices written", found.issued), _days("due", found.due)))
    yield from filter(None, [_days("paid", found.paid)])
    yield f"{plural(found.customers, 'customer')}, {_owing(found)}"
    if found.unreachable:
        more = len(found.unreachable) - len(unreachable)
        rest = f" and {more:,} more" if more else ""
        told = f"{len(found.unreachable):,} ({', '.join(unreachable)}{rest})"
        yield f"no address at all, neither e-mail nor telephone nor post: {told}"


def _sums(one: "Sums") -> str:
    credit = f"; {plural(one.credits, 'credit')}, {one.credit:,.2f} of it left" if one.credits else ""
    return (
        f"{one.currency}: {plural(one.invoices, 'invoice')}, {one.amount:,.2f}, of which {one.open:,.2f} open{credit}"
    )


def _days(what: str, days: "Days | None") -> str | None:
    if days is None:
        return None
    if days.first == days.last:
        return f"{what} on {day_words(days.first)}"
    return f"{what} from {day_words(days.first)} to {day_words(days.last)}"


def _owing(found: "Quality") -> str:
    if not found.owing:
        return "none of whom has an open invoice"
    owing = "all of whom have" if found.owing == found.customers else f"{found.owing:,} of whom {_have(found.owing)}"
    return f"{owing} open invoices, {_some_of(found.owing_with_email, found.owing)} of these with an e-mail address"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _some_of(part: int, whole: int) -> str:
    return "none" if not part else "all" if part == whole else f"{part:,}"


def file_document(file: "SourceFile") -> Mapping[str, Any]:
    """One file as other programs read it."""
    return {
        "role": file.role,
        "file": file.name,
        "exported_on": file.exported_on.isoformat(),
        "encoding": file.encoding,
        "delimiter": file.delimiter,
        "header_row": file.header_row,
        "format": file.profile.name or None,
        "headers_known": file.headers_known,
        "dates": file.date_order,
        "decimals": file.decimal_mark,
        "columns": dict(file.columns),
        "columns_by": {field: how for field, how in file.how.items() if field in file.columns},
        "rows_read": file.rows_read,
        "rows_folded": file.rows_folded,
        "rows_left_out": file.rows_left_out,
        "rows_quarantined": file.rows_quarantined,
        "rows_ignored": file.rows_ignored,
        "totals_agree": dict(file.totals),
        "total_rows": file.total_rows,
    }


def quality_document(found: "Quality") -> Mapping[str, Any]:
    """All files together as other programs read them."""
    return {
        "sums": [
            {
                "currency": one.currency,
                "invoices": one.invoices,
                "amount": f"{one.amount:.2f}",
                "open": f"{one.open:.2f}",
                "credits": one.credits,
                "credit": f"{one.credit:.2f}",
            }
            for one in found.sums
        ],
        "days": {
            what: [days.first.isoformat(), days.last.isoformat()]
            for what, days in (("issued", found.issued), ("due", found.due), ("paid", found.paid))
            if days
        },
        "customers": {
            "all": found.customers,
            "owing": found.owing,
            "owing_with_email": found.owing_with_email,
            "without_address": list(found.unreachable),
            "not_listed": list(found.unlisted),
        },
        "unknown": list(found.unknown),
    }
