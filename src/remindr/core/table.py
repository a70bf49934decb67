"""The table of invoices in a message, and how it reads as text. Its words come from `_parts/words.j2`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from operator import itemgetter

from remindr.core.facts import Charged, Context, Facts
from remindr.errors import Problem, ProjectError

WORDS = {
    "caption": "Open invoices",
    "invoice": "Invoice",
    "due": "Due date",
    "overdue": "Days overdue",
    "invoiced": "Invoiced",
    "of": "of",
    "open": "Outstanding",
    "also_due": "Also due",
    "credit": "Less credit",
    "total": "Total to pay",
    "without": "Total outstanding",
    "interest": "Interest to {date}",
    "earlier_fees": "Fees for earlier reminders",
    "fee": "Fee for this reminder",
    "also_open": "Also open, for your information",
    "upcoming": "Due soon, for your information",
    "pay": "Pay online",
    "greeting_casual": "Hi {first_name}",
    "greeting_formal": "Dear {first_name} {last_name}",
    "greeting_unknown": "Dear Sir or Madam",
    "attached": "Attached",
    "not_attached": "Not attached, but here online",
    "on_request": "Not attached, but sent on request",
}
_SHOWN = {
    (False, False): ("invoice", "due", "open"),
    (True, False): ("invoice", "due", "overdue", "open"),
    (False, True): ("invoice", "due", "invoiced", "open"),
    (True, True): ("invoice", "due", "overdue", "invoiced", "open"),
}  # columns by whether any line is overdue, and whether any is paid in part
_CELLS = ("invoice", "due", "overdue", "invoiced", "open")
_CHOOSE = {columns: itemgetter(*(_CELLS.index(name) for name in columns)) for columns in _SHOWN.values()}


def read_words(text: str | None, path: str) -> dict[str, str]:
    """The words of a `words` file, one `name: text` a line; what it leaves out stays English."""
    words = dict(WORDS)
    problems = []
    for number, line in enumerate((text or "").splitlines(), start=1):
        name, _, word = (part.strip() for part in line.partition(":"))
        if not line.strip() or line.startswith("#"):
            continue
        if name not in WORDS or not word:
            hint = f"write 'name: text' with one of {', '.join(WORDS)}"
            what = f"'{name}' has no text" if name in WORDS else f"'{name}' is not a word of the table"
            problems.append(Problem(what, path, number, 1, line, len(name), hint))
        words[name] = word
    if problems:
        raise ProjectError(problems)
    return words


@dataclass(slots=True)
class Group:
    """Lines under one title. A row is number, due date, days overdue, amount if paid in part, what is open."""

    title: str
    rows: list[tuple[str, str, str, str, str]]
    links: list[str]  # where each line is paid online; empty text where it is not


@dataclass(slots=True)
class Table:
    """All that one message's table says, and the columns in which there is something."""

    columns: tuple[str, ...]
    due: list[Group]
    sums: list[tuple[str, str, bool]]  # text, amount, whether it is the total
    information: list[Group]


def lay_out(context: Context, words: Mapping[str, str]) -> Table:
    """The table of a message, with only those columns and groups that have something to tell."""
    facts = context.facts
    several = facts["count"] > 1  # a single invoice is paid where the text says
    due = [_group("", facts["invoices"], payable=several)] if facts["invoices"] else []
    if facts["also_due"]:
        due.append(_group(words["also_due"], facts["also_due"]))
    information = [_group(words[name], facts[name], payable=False) for name in ("also_open", "upcoming") if facts[name]]
    sums = [(words["credit"], credit, False) for credit in context.credits]
    if context.charged:
        sums += _charged(context, context.charged, words, apart=bool(sums) or facts["count"] > 1)
    elif sums or facts["count"] > 1:
        sums += [(words["total"], total, True) for total in context.totals]
    overdue = partly = False
    for group in chain(due, information):
        for _, _, days, invoiced, _ in group.rows:
            overdue, partly = overdue or days != "", partly or invoiced != ""
    return Table(_SHOWN[overdue, partly], due, sums, information)


def _charged(
    context: Context, charged: Charged, words: Mapping[str, str], *, apart: bool
) -> Iterator[tuple[str, str, bool]]:
    """Interest and fees with all that is to pay, below what is outstanding if that does not stand in a line already."""
    interest = words["interest"].replace("{date}", context.facts["today"])
    if apart:
        yield from ((words["without"], total, False) for total in context.totals)
    yield from ((interest, amount, False) for amount in charged.interest)
    yield from ((words["earlier_fees"], amount, False) for amount in charged.earlier_fees)
    yield from ((words["fee"], amount, False) for amount in charged.fee)
    yield from ((words["total"], amount, True) for amount in charged.to_pay)


def _group(title: str, lines: list[Facts], *, payable: bool = True) -> Group:
    return Group(title, [_row(line) for line in lines], [line["pay_link"] if payable else "" for line in lines])


def _row(line: Facts) -> tuple[str, str, str, str, str]:
    days, amount, balance = line["days_past_due"], line["amount"], line["balance"]
    return (
        line["id"],
        line["due_date"],
        str(days) if days > 0 else "",
        amount if amount != balance else "",
        balance,
    )


def as_text(table: Table, words: Mapping[str, str]) -> str:
    """The table in aligned columns; below it where to pay each of several invoices online."""
    choose = _CHOOSE[table.columns]
    head = tuple([words[column] for column in table.columns])
    rows = [choose(row) for group in chain(table.due, table.information) for row in group.rows]
    widths = list(map(max, map(len, head), *[map(len, row) for row in rows]))
    for _, amount, _ in table.sums:
        widths[-1] = max(widths[-1], len(amount))
    pattern = _pattern(*widths)
    written = iter([pattern % row for row in rows])
    lines = [pattern % head]
    for group in table.due:
        lines += _titled(group, written)
    if table.sums:
        label = sum(widths[:-1]) + 2 * (len(widths) - 2)
        lines += ["", *[f"{text:<{label}}  {amount:>{widths[-1]}}" for text, amount, _ in table.sums]]
    for group in table.information:
        lines += _titled(group, written)
    return "\n".join(lines + _links(table, words))


def told_of_files(facts: Facts, words: Mapping[str, str]) -> str:
    """What is said below the table of the files that go with the message, and of those that do not."""
    links = {line["id"]: line["pay_link"] for name in LINES for line in facts[name]}
    told = [f"{words['attached']}: {', '.join(facts['attached'])}"] if facts["attached"] else []
    left = facts["not_attached"]
    if online := [f"{number} ({links[number]})" for number in left if links.get(number)]:
        told.append(f"{words['not_attached']}: {', '.join(online)}")
    if others := [number for number in left if not links.get(number)]:
        told.append(f"{words['on_request']}: {', '.join(others)}")
    return "\n".join(told)


LINES = ("invoices", "also_due", "upcoming")  # whose files go with a message


@lru_cache(maxsize=4096)
def _pattern(*widths: int) -> str:
    """A format for a row: number and date to the left, figures to the right."""
    return "  ".join(f"%-{width}s" if column < 2 else f"%{width}s" for column, width in enumerate(widths))


def _titled(group: Group, written: Iterator[str]) -> list[str]:
    """The group's title, if it has one, and its share of the written rows."""
    rows = list(islice(written, len(group.rows)))
    return ["", group.title, *rows] if group.title else rows


def _links(table: Table, words: Mapping[str, str]) -> list[str]:
    """Where to pay which invoice; nothing for a single one, whose link stands in the text."""
    lines = [
        f"{row[0]}: {link}" for group in table.due for row, link in zip(group.rows, group.links, strict=True) if link
    ]
    return ["", f"{words['pay']}:", *lines] if len(lines) > 1 else []
