"""Which rows of which file are one customer's: by number, then by name exactly, then but for capitals and blanks.

What the files say stays as it is. Where a row is somebody's whom it does not name by the key of the invoice file, the
column `belongs` is added with that customer's id, and `behind` says that the customer's own rows know better. A name
that fits several customers joins none of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import duckdb

from remindr.core.told import shortlist
from remindr.model.policy import Project
from remindr.sources.aliases import join_aliases
from remindr.sources.belonging import decide
from remindr.sources.identity import FOLDED, CustomerKey, decided_key, id_sql, is_decided, written_key
from remindr.sources.jobs import fold_jobs
from remindr.sources.synonyms import Role
from remindr.sources.table import Table
from remindr.sources.values import ask

_TOLD: Final = 5
_DETAILS: Final = ("email", "phone", "address", "preferred_channel")
_FITTING: Final = f"""
CREATE OR REPLACE TEMP TABLE fitting AS
WITH people AS (
    SELECT DISTINCT name, {FOLDED.format("name")} AS folded, customer_id FROM ({{people}})
    WHERE name IS NOT NULL AND customer_id IS NOT NULL
), exactly AS (
    SELECT name, min(customer_id) AS one, max(customer_id) AS other FROM people GROUP BY name
), roughly AS (
    SELECT folded, min(customer_id) AS one, max(customer_id) AS other FROM people GROUP BY folded
)
SELECT s.name, r.folded, e.one IS NOT NULL AS exactly, coalesce(e.one, r.one) AS whose,
    coalesce(e.one <> e.other, r.one <> r.other) AS several
FROM (SELECT DISTINCT name FROM ({{seekers}}) WHERE name IS NOT NULL) s
LEFT JOIN exactly e ON e.name = s.name LEFT JOIN roughly r ON r.folded = {FOLDED.format("s.name")}
WHERE r.one IS NOT NULL
"""


@dataclass(slots=True)
class Joined:
    """What a person should know of who is who, whom nobody may remind, and the aliases that nobody bears."""

    warnings: list[str] = field(default_factory=list)
    contested: set[str] = field(default_factory=set)  # customers whom a payment of an unclear name may be from
    keys: dict[Role, CustomerKey] = field(default_factory=dict)  # how the invoices and customers are told apart
    unborne: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()  # of those the customers who are named by `aliases:` alone


def join_customers(connection: duckdb.DuckDBPyConnection, tables: Mapping[Role, Table], project: Project) -> Joined:
    """Decides whose the rows of all files are, and makes the table `merged` of ids that mean another customer now."""
    return _Joining(connection, tables, project).run()


class _Joining:
    """The steps, in order: each leaves alone what an earlier one decided."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, tables: Mapping[Role, Table], project: Project) -> None:
        self._connection = connection
        self._tables = tables
        self._project = project
        self._invoices = tables["invoices"]
        self._listed = tables.get("customers")
        self._written = {role: written_key(connection, table) for role, table in tables.items()}
        self._by_name = self._written["invoices"].by_name
        self._joined = Joined()

    def run(self) -> Joined:
        self._connection.execute("CREATE TABLE merged (former VARCHAR, customer_id VARCHAR)")
        fold_jobs(self._connection, self._tables, self._project, by_name=self._by_name)
        if self._project.aliases:
            found = join_aliases(self._connection, self._tables, self._project.aliases, by_name=self._by_name)
            self._joined.warnings += found.warnings
            self._joined.unborne, self._joined.groups = found.unborne, found.groups
        if self._by_name:
            self._spell_alike()
        else:
            self._number_nameless()
        if self._listed:
            self._meet(self._listed)
        if payments := self._tables.get("payments"):
            self._name_payers(payments)
        self._joined.keys["invoices"] = self._key()
        if self._listed:
            self._joined.keys["customers"] = self._listed_key(self._listed)
        self._remember_names()
        return self._joined

    def _key(self) -> CustomerKey:
        """How the rows of the invoice file are told apart, by what is decided so far."""
        return decided_key(self._connection, self._invoices, self._written["invoices"])

    def _listed_key(self, listed: Table) -> CustomerKey:
        """How to tell the customers file's rows apart so that they meet those of the invoice file."""
        key = self._written["customers"]
        if self._by_name and "customer_name" in listed.fields:
            key = CustomerKey("customer_name", "customer_name", by_name=True)
        return decided_key(self._connection, listed, key)

    def _remember_names(self) -> None:
        """Makes the table `called`: the names of customer numbers that have several, with whose those rows are."""
        found = []
        for role in ("invoices", "customers"):
            table = self._tables.get(role)
            if table and {"customer_id", "customer_name"} <= set(table.fields):
                number = id_sql(self._connection, table, "customer_id")
                found.append((table, number, self._joined.keys[role].id))
        looks = [
            f"SELECT {number} AS number, hash(customer_name) AS name FROM {table.name}" for table, number, _ in found
        ]
        several = f"SELECT number FROM ({' UNION ALL '.join(looks)}) GROUP BY number HAVING min(name) <> max(name)"
        rows = [
            f"SELECT {number} AS number, customer_name AS name, {own} AS customer_id FROM {table.name} "
            f"WHERE customer_name IS NOT NULL AND {number} IN ({several})"
            for table, number, own in found
        ]
        nobody = "SELECT '' AS number, '' AS name, '' AS customer_id WHERE false"
        self._connection.execute(f"CREATE TABLE called AS {' UNION '.join(rows or [nobody])}")

    def _spell_alike(self) -> None:
        """One spelling for names of the invoice file that differ only in capitals and blanks: the first."""
        key = self._key().id
        names = f"(SELECT {key} AS name, min(rowid) AS first FROM {self._invoices.name} GROUP BY 1)"
        folded = FOLDED.format("name")
        counts = ask(self._connection, f"SELECT count(DISTINCT {folded}), count(name) FROM {names}")
        if counts[0] == counts[1]:
            return
        listed = self._listed.name if self._listed and "customer_name" in self._listed.fields else None
        known = (
            f"name NOT IN (SELECT customer_name FROM {listed} WHERE customer_name IS NOT NULL)" if listed else "true"
        )
        self._connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE spelled AS
            SELECT name, first_value(name) OVER (PARTITION BY {folded} ORDER BY {known}, first) AS whose
            FROM {names} WHERE name IS NOT NULL
        """)
        self._connection.execute("DELETE FROM spelled WHERE name = whose")
        self._connection.execute("INSERT INTO merged SELECT name, whose FROM spelled")
        decide(self._connection, self._invoices, "s.whose", "FROM spelled s WHERE customer_name = s.name")

    def _people(self, *, listed: bool = True) -> str:
        """SQL for every name with the id of the customer who bears it, by what is decided so far."""
        key = self._key()
        found = [f"SELECT {key.name} AS name, {key.id} AS customer_id FROM {self._invoices.name}"]
        if key.by_name:
            found.append(f"SELECT {key.id}, {key.id} FROM {self._invoices.name}")
        if listed and self._listed and "customer_name" in self._listed.fields:
            own = self._listed_key(self._listed)
            if own.by_name == key.by_name:
                found.append(f"SELECT customer_name, {own.id} FROM {self._listed.name}")
        return " UNION ".join(found)

    def _fit(self, people: str, seekers: str) -> None:
        """Makes the table `fitting`: for each name sought the customer it fits, or that it fits several."""
        self._connection.execute(_FITTING.format(people=people, seekers=seekers))

    def _number_nameless(self) -> None:
        """Rows that lack the number of a customer whose name they have."""
        table, key = self._invoices, self._key()
        if "customer_name" not in table.fields:
            return
        nameless = f"FROM {table.name} WHERE {key.id} IS NULL AND customer_name IS NOT NULL"
        if ask(self._connection, f"SELECT count(*) {nameless}")[0]:
            numbered = f"SELECT name, customer_id FROM ({self._people()}) WHERE name <> customer_id"
            self._fit(numbered, f"SELECT customer_name AS name {nameless}")
            source = f"FROM fitting f WHERE customer_name = f.name AND NOT f.several AND {key.id} IS NULL"
            decide(self._connection, table, "f.whose", source)

    def _meet(self, listed: Table) -> None:
        """Rows of the customers file that go by another key than the invoice file."""
        if "customer_name" not in listed.fields:
            return
        if self._by_name:
            self._meet_names(listed)
        elif self._written["customers"].by_name:
            self._meet_numbers(listed)
        elif self._is_numbered_otherwise(listed):
            self._joined.warnings.append(
                f"{listed.shown}: none of its customer numbers is in the invoices, so customers are found by name"
            )
            self._meet_numbers(listed, self._written["customers"].id)

    def _meet_names(self, listed: Table) -> None:
        """The invoices have names alone; the customers may have numbers, by which one name can be several people."""
        key, numbered = self._key(), "customer_id" in listed.fields
        folded = FOLDED.format("customer_name")
        own = id_sql(self._connection, listed, "customer_id") if numbered else folded
        people = f"SELECT customer_name AS name, {own} AS customer_id {self._undecided(listed)}"
        self._fit(people, f"SELECT {key.id} AS name FROM {self._invoices.name}")
        if numbered:
            decide(self._connection, listed, "f.name", "FROM fitting f WHERE f.exactly AND customer_name = f.name")
        rest = "NOT f.exactly" if numbered else "true"
        decide(self._connection, listed, "f.name", f"FROM fitting f WHERE {rest} AND {folded} = f.folded")
        if numbered:
            self._forget_details(listed, own)

    def _undecided(self, table: Table) -> str:
        return f"FROM {table.name}" + (" WHERE belongs IS NULL" if is_decided(self._connection, table) else "")

    def _forget_details(self, listed: Table, own: str) -> None:
        """Where one name stands under several numbers, whose contact details are meant cannot be told."""
        shared = self._connection.execute(f"""
            SELECT f.name, list(DISTINCT {own} ORDER BY {own}) FROM fitting f JOIN {listed.name} l ON l.belongs = f.name
            WHERE f.several GROUP BY f.name ORDER BY f.name
        """).fetchall()
        empty = ", ".join(f"{field} = NULL" for field in _DETAILS if field in listed.fields)
        if shared and empty:
            several = "belongs IN (SELECT name FROM fitting WHERE several)"
            self._connection.execute(f"UPDATE {listed.name} SET {empty} WHERE {several}")
        self._tell(
            [f"{listed.shown}: '{name}' has several numbers ({_numbers(ids)}), but the invoices only give names: "
             "no contact details are taken" for name, ids in shared],
            "names with several numbers",
        )  # fmt: skip

    def _meet_numbers(self, listed: Table, own: str | None = None) -> None:
        """The invoices have numbers; the customers have names alone, or numbers `own` of another kind."""
        people = self._people(listed=False)
        self._fit(people, f"SELECT customer_name AS name {self._undecided(listed)}")
        folded = FOLDED.format("customer_name")
        shared = (
            f"SELECT {folded} AS folded FROM {listed.name} WHERE customer_name IS NOT NULL "
            f"GROUP BY 1 HAVING count(DISTINCT {own}) > 1"
        )
        alone = f" AND f.folded NOT IN ({shared})" if own else ""
        source = f"FROM fitting f WHERE customer_name = f.name AND NOT f.several{alone}"
        decide(self._connection, listed, "f.whose", source)
        self._tell_several(listed, people, "its details are taken for none: write the number into that file")

    def _name_payers(self, payments: Table) -> None:
        """Payers that are called otherwise in the payments than in the invoices."""
        if not {"customer_id", "customer_name"} & set(payments.fields):
            return
        key, people = self._key(), self._people()
        known = f"SELECT {key.id} FROM {self._invoices.name}"
        if self._listed:
            own = self._listed_key(self._listed).id
            known += f" UNION SELECT {own} FROM {self._listed.name}"
            self._pay_by_number(payments, own)
        if "customer_name" not in payments.fields:
            return
        written = self._written["payments"].id
        unknown = f"{written} NOT IN (SELECT * FROM ({known}) AS known(id) WHERE id IS NOT NULL) IS NOT FALSE"
        self._fit(people, f"SELECT customer_name AS name FROM {payments.name} WHERE {unknown}")
        source = f"FROM fitting f WHERE customer_name = f.name AND NOT f.several AND {unknown}"
        decide(self._connection, payments, "f.whose", source)
        self._pay_by_invoice(payments, people, unknown)

    def _pay_by_number(self, payments: Table, own: str) -> None:
        """Payers by a number that the customers file alone has."""
        listed = self._listed
        if not listed or "customer_id" not in payments.fields or "customer_id" not in listed.fields:
            return
        number, theirs = (id_sql(self._connection, table, "customer_id") for table in (payments, listed))
        source = f"SELECT {theirs} AS number, min({own}) AS whose FROM {listed.name} GROUP BY 1"
        differs = f"({source} HAVING min({own}) = max({own}) AND min({own}) <> number) l"
        decide(self._connection, payments, "l.whose", f"FROM {differs} WHERE {number} = l.number")

    def _pay_by_invoice(self, payments: Table, people: str, unknown: str) -> None:
        """Payers whose name fits several customers are the one who has the invoice; else nobody is reminded of it."""
        if not ask(self._connection, "SELECT count(*) FROM fitting WHERE several")[0]:
            return
        key = self._key()
        if "invoice_id" in payments.fields:
            number, theirs = (id_sql(self._connection, one, "invoice_id") for one in (payments, self._invoices))
            owners = (
                f"(SELECT {theirs} AS number, {FOLDED.format(key.name)} AS folded, min({key.id}) AS whose "
                f"FROM {self._invoices.name} GROUP BY ALL HAVING min({key.id}) = max({key.id})) i"
            )
            source = f"FROM {owners} WHERE {number} = i.number AND {FOLDED.format('customer_name')} = i.folded"
            decide(self._connection, payments, "i.whose", f"{source} AND {unknown}")
        self._connection.execute("DELETE FROM fitting WHERE NOT several")
        decide(self._connection, payments, "CAST(NULL AS VARCHAR)", "WHERE false")
        open_rows = f"SELECT customer_name FROM {payments.name} WHERE belongs IS NULL AND {unknown}"
        self._connection.execute(f"DELETE FROM fitting WHERE name NOT IN ({open_rows} AND customer_name IS NOT NULL)")
        contested = self._tell_several(payments, people, "none of them is reminded until 'aliases:' says whose it is")
        self._joined.contested |= contested

    def _tell_several(self, table: Table, people: str, what: str) -> set[str]:
        """Tells of names that fit several customers; returns those customers."""
        if not ask(self._connection, "SELECT count(*) FROM fitting WHERE several")[0]:
            return set()
        found = self._connection.execute(f"""
            SELECT f.name, list(DISTINCT p.customer_id ORDER BY p.customer_id) FROM fitting f
            JOIN ({people}) p ON {FOLDED.format("p.name")} = f.folded WHERE f.several GROUP BY f.name ORDER BY f.name
        """).fetchall()
        told = [f"{table.shown}: '{name}' fits several customers ({_numbers(ids)}): {what}" for name, ids in found]
        self._tell(told, "names that fit several customers")
        return {customer_id for _, ids in found for customer_id in ids if customer_id}

    def _is_numbered_otherwise(self, listed: Table) -> bool:
        """Whether no number of the invoice file is in the customers file, although both give names."""
        if "customer_name" not in self._invoices.fields:
            return False
        key, own = self._key().id, self._listed_key(listed).id
        for numbers in (
            f"SELECT {key} FROM {self._invoices.name} LIMIT 100",
            f"SELECT {key} FROM {self._invoices.name}",
        ):
            if ask(self._connection, f"SELECT count(*) FROM {listed.name} WHERE {own} IN ({numbers})")[0]:
                return False
        return True

    def _tell(self, told: list[str], what: str) -> None:
        self._joined.warnings += told[:_TOLD]
        if len(told) > _TOLD:
            self._joined.warnings.append(f"… {len(told) - _TOLD:,} more {what}")


def _numbers(ids: Sequence[str | None]) -> str:
    return shortlist([one or "one without a number" for one in ids])
