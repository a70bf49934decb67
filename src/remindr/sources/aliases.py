"""What `aliases:` joins: rows of several numbers and names become one customer's."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import duckdb

from remindr.core.told import shortlist
from remindr.sources.belonging import open_columns
from remindr.sources.identity import FOLDED, id_sql
from remindr.sources.synonyms import Role
from remindr.sources.table import Table

_ROLES: tuple[Role, ...] = ("invoices", "customers", "payments")


class _Bearer(NamedTuple):
    """A number with a name, or one of both, as rows of a file have them."""

    role: Role
    number: str | None
    name: str | None
    folded: str | None


@dataclass(slots=True)
class Aliased:
    """What a person should know, the texts that nothing in the exports bears, and the groups among them."""

    warnings: list[str] = field(default_factory=list)
    unborne: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


def join_aliases(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[Role, Table],
    aliases: Mapping[str, Sequence[str]],
    *,
    by_name: bool,
) -> Aliased:
    """Decides that the rows of all aliases are their customer's, whose own rows know best.

    `by_name` says that customers are told apart by name.
    """
    texts = list(dict.fromkeys(text for head, others in aliases.items() for text in (head, *others)))
    people = _People(_bearers(connection, tables, texts), texts)
    unborne = tuple(text for text in texts if not people.bear(text))
    found = Aliased(unborne=unborne, groups=tuple(text for text in unborne if text in aliases))
    decided: list[tuple[_Bearer, str, bool]] = []
    merged: list[tuple[str, str]] = []
    for head, others in aliases.items():
        group = _Group(people, (head, *others))
        found.warnings += group.contested()
        customer = group.customer(by_name=by_name)
        own = set(group.rows((head,)))
        rows = group.rows((head, *others))
        decided += [(row, customer, row not in own) for row in rows]
        formers = {head, *others, *(row.number for row in rows), *(row.name for row in rows if by_name)}
        merged += [(former, customer) for former in sorted(filter(None, formers)) if former != customer]
    for role, table in tables.items():
        _apply(connection, table, [one for one in decided if one[0].role == role])
    connection.execute(
        "INSERT INTO merged SELECT unnest(CAST($1 AS VARCHAR[])), unnest(CAST($2 AS VARCHAR[]))",
        [[former for former, _ in merged], [customer for _, customer in merged]],
    )
    return found


class _People:
    """Everybody in the exports who may bear one of the texts of the aliases."""

    def __init__(self, bearers: Iterable[_Bearer], texts: Sequence[str]) -> None:
        self._by: dict[tuple[str, str], list[_Bearer]] = {}
        for bearer in bearers:
            for key in zip(("number", "name", "folded"), bearer[1:], strict=True):
                if key[1] is not None:
                    self._by.setdefault((key[0], key[1]), []).append(bearer)
        self._texts = frozenset(texts)

    def bear(self, text: str) -> list[_Bearer]:
        """Who bears a text: as a number, else exactly as a name, else but for capitals and blanks."""
        ways = (("number", text), ("name", text), ("folded", " ".join(text.split()).lower()))
        return next((found for way in ways if (found := self._by.get(way))), [])

    def of_number(self, number: str) -> list[_Bearer]:
        """All rows with a number."""
        return self._by.get(("number", number), [])

    def of_folded(self, folded: str) -> list[_Bearer]:
        """All rows with a name, but for capitals and blanks."""
        return self._by.get(("folded", folded), [])


class _Group:
    """One customer with all their aliases."""

    def __init__(self, people: _People, texts: tuple[str, ...]) -> None:
        self._people = people
        self._texts = texts

    def rows(self, texts: Iterable[str]) -> list[_Bearer]:
        """The rows of some of the texts: those with their numbers, and those with their names and no number."""
        direct = [row for text in texts if not self._fits_several(text) for row in self._people.bear(text)]
        numbers = dict.fromkeys(row.number for row in direct if row.number)
        numbered = [row for number in numbers for row in self._people.of_number(number)]
        named = [other for row in numbered for other in self._nameless(row.folded, numbers)]
        return list(dict.fromkeys([*direct, *numbered, *named]))

    def _nameless(self, folded: str | None, numbers: Iterable[str]) -> list[_Bearer]:
        """Rows of that name without a number, if nobody outside the group has the name, too."""
        rows = self._people.of_folded(folded) if folded else []
        strangers = {row.number for row in rows if row.number} - {*numbers, *self._texts}
        return [] if strangers else [row for row in rows if not row.number]

    def _fits_several(self, text: str) -> bool:
        """Whether a text is a name of several numbers that are not all of the group."""
        numbers = {row.number for row in self._people.bear(text) if row.number}
        return len(numbers) > 1 and not numbers <= set(self._texts)

    def contested(self) -> Iterator[str]:
        """What is told of names that fit several customers."""
        for text in filter(self._fits_several, self._texts):
            numbers = sorted({row.number for row in self._people.bear(text) if row.number})
            yield (
                f"remindr.yaml: aliases: '{text}' is the name of several customers ({shortlist(numbers)}) and joins "
                "none of them; write the numbers"
            )

    def customer(self, *, by_name: bool) -> str:
        """The id of the customer: what the invoices call them, else the customers file; else what people write."""
        head = self._texts[0]
        rows = self.rows((head,))
        written = [row.name if by_name else row.number for role in _ROLES for row in rows if row.role == role]
        return next(filter(None, written), head)


def _bearers(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[Role, Table], texts: Sequence[str]
) -> list[_Bearer]:
    """Everybody with one of the texts as a number or a name, all other rows of their numbers, and of those names."""
    connection.execute("CREATE TEMP TABLE bearers (role VARCHAR, number VARCHAR, name VARCHAR, folded VARCHAR)")
    for role, table in tables.items():
        if not {"customer_id", "customer_name"} & set(table.fields):
            continue
        number, name = _number(connection, table), _name(table)
        connection.execute(
            f"INSERT INTO bearers SELECT DISTINCT '{role}', {number}, {name}, {FOLDED.format(name)} FROM {table.name}"
        )
    return [
        _Bearer(*row)
        for row in connection.execute(
            f"""
            WITH texts AS (SELECT unnest(CAST($1 AS VARCHAR[])) AS text),
            direct AS (
                FROM bearers WHERE number IN (FROM texts) OR folded IN (SELECT {FOLDED.format("text")} FROM texts)
            ),
            numbered AS (FROM direct UNION FROM bearers WHERE number IN (SELECT number FROM direct))
            FROM numbered UNION FROM bearers WHERE folded IN (SELECT folded FROM numbered) ORDER BY ALL
            """,
            [list(texts)],
        ).fetchall()
    ]


def _number(connection: duckdb.DuckDBPyConnection, table: Table) -> str:
    return id_sql(connection, table, "customer_id")


def _name(table: Table) -> str:
    return "customer_name" if "customer_name" in table.fields else "CAST(NULL AS VARCHAR)"


def _apply(connection: duckdb.DuckDBPyConnection, table: Table, decided: Sequence[tuple[_Bearer, str, bool]]) -> None:
    if not decided:
        return
    open_columns(connection, table)
    connection.execute(
        f"""
        UPDATE {table.name} SET belongs = d.whose, behind = behind OR d.later
        FROM (SELECT unnest(CAST($1 AS VARCHAR[])) AS number, unnest(CAST($2 AS VARCHAR[])) AS name,
                     unnest(CAST($3 AS VARCHAR[])) AS whose, unnest(CAST($4 AS BOOLEAN[])) AS later) d
        WHERE coalesce({_number(connection, table)}, '') = d.number AND coalesce({_name(table)}, '') = d.name
        """,
        [
            [row.number or "" for row, _, _ in decided],
            [row.name or "" for row, _, _ in decided],
            [customer for _, customer, _ in decided],
            [later for _, _, later in decided],
        ],
    )
