"""Exports that may not be what they seem: nothing is sent on them until a person says so, and nothing is made up."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from office import SETTINGS, Office, open_office
from projects import write_files

from remindr.errors import Refused
from remindr.pipeline.run import RunOrder, run
from remindr.project.load import load_policy

pytestmark = pytest.mark.usefixtures("new_years_eve")

HEAD = "Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance,Currency\n"
FIRST, NEXT = "2026-11-09", "2026-11-10"


def rows(count: int) -> str:
    """So many invoices, a customer each, of which the last two are to be reminded of on the second day."""
    return HEAD + "".join(
        f"A{n},{n:03},Customer {n},c{n}@x.example,2026-10-03,2026-11-0{4 if n > 97 else 2},90.00,90.00,GBP\n"
        for n in range(count)
    )


def export(office: Office, day: str, text: str) -> Path:
    write_files(office.root, {f"exports/invoices-{day}.csv": text})
    return office.root / f"exports/invoices-{day}.csv"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that has read a hundred invoices and written to most of their customers."""
    made = open_office(tmp_path)
    export(made, FIRST, rows(100))
    assert made.run(FIRST) == {"email": 100}
    return made


def refused(office: Office, day: str = NEXT) -> str:
    before = sorted(path.name for path in (office.root / "outbox").iterdir())
    said = office.does("run", on=day, code=5)
    assert sorted(path.name for path in (office.root / "outbox").iterdir()) == before
    return said


def test_an_export_of_headers_alone_is_no_proof_of_payment(office: Office) -> None:
    export(office, NEXT, HEAD)
    assert "the file has headers but no rows" in refused(office)


def test_an_empty_export_is_refused(office: Office) -> None:
    export(office, NEXT, "")
    assert "the file is empty" in refused(office)


def test_an_export_that_lost_a_third_of_its_rows_is_refused_until_allowed(office: Office) -> None:
    export(office, NEXT, rows(69))
    assert "has 69 rows, last time it had 100" in refused(office)
    office.does("run", "--allow", "shrunk", on=NEXT)


def test_an_export_that_lost_less_is_taken(office: Office) -> None:
    export(office, NEXT, rows(70))
    assert office.run(NEXT) == {}


def test_an_export_without_the_invoices_of_last_time_is_refused_until_allowed(office: Office) -> None:
    """As when the amounts stand under the header of the numbers: every invoice looks new, and would start over."""
    other = rows(100).replace("\nA", "\nB").replace(",2026-10-03,", ",2026-10-04,")
    export(office, NEXT, other)
    assert "of 100 invoices that were open last time, 100 are not in this export at all" in refused(office)
    office.does("run", "--allow", "shrunk", "--allow", "volume", on=NEXT)


def test_invoices_that_are_shown_as_paid_have_not_vanished(office: Office) -> None:
    export(office, NEXT, rows(100).replace(",90.00,90.00,", ",90.00,0.00,"))
    office.does("run", on=NEXT)


def test_after_weeks_a_list_of_open_invoices_may_have_turned_over(office: Office) -> None:
    late = "2026-11-24"
    export(office, late, rows(100).replace("\nA", "\nB").replace(",2026-10-03,", ",2026-10-04,"))
    office.does("run", "--allow", "volume", on=late)


def test_nobody_is_thanked_or_reminded_for_what_vanished(tmp_path: Path) -> None:
    """Who is shown to have paid is thanked; what is gone from one export may be back in the next."""
    office = open_office(tmp_path)
    export(office, FIRST, rows(100))
    office.run(FIRST)
    paid = "A0,000,Customer 0,c0@x.example,2026-10-03,2026-11-02,90.00,"
    export(office, NEXT, rows(80).replace(f"{paid}90.00", f"{paid}0.00"))
    assert (office.run(NEXT), office.run("2026-11-11")) == ({}, {"email": 1})
    (thanks,) = (office.root / "outbox").glob("2026-11-11-1/email/*")
    assert "-customer-0-" in thanks.name


def test_a_last_row_that_was_cut_is_told_and_its_customer_left_alone(office: Office) -> None:
    export(office, NEXT, rows(99) + "A99,099,Customer 99,c99@x.example,2026-10-03,2026-11-")
    assert "ends in the middle of this row" in refused(office)


def test_the_same_export_again_is_no_matter(office: Office) -> None:
    assert office.run(FIRST) == {}
    assert office.run(NEXT) == {}


def test_sources_of_different_weeks_are_refused_until_allowed(tmp_path: Path) -> None:
    settings = SETTINGS.replace("  max_age", "  customers: exports/customers*.csv\n  max_age")
    office = open_office(tmp_path, settings)
    export(office, FIRST, rows(3))
    people = "Customer Number,Customer Name,Email\n" + "".join(
        f"{n:03},Customer {n},c{n}@x.example\n" for n in range(3)
    )
    write_files(office.root, {"exports/customers-2026-11-01.csv": people})
    said = office.does("run", on=FIRST, code=5)
    assert "the sources do not belong together: one is of 2026-11-01, another of 2026-11-09" in said
    office.does("run", "--allow", "stale", on=FIRST)


def test_an_export_that_grows_while_a_run_reads_it_is_left_alone(tmp_path: Path) -> None:
    """A person is asked before the first run, which is time enough for a slow export."""
    office = open_office(tmp_path)
    file = export(office, FIRST, rows(3))

    def grow(_plan: object) -> bool:
        file.write_text(rows(4), "utf-8")
        return True

    order = RunOrder(datetime(2026, 11, 9, 8, tzinfo=UTC), "test", ask=grow)
    policy, day = load_policy(office.root).policy, date.fromisoformat(FIRST)
    with pytest.raises(Refused, match="has changed since it was read") as told:
        run(office.root, policy, day, order)
    assert "exports/invoices-2026-11-09.csv" in str(told.value)
    assert list((office.root / "outbox").iterdir()) == []
    assert sum(run(office.root, policy, day, RunOrder(order.now, "test")).summary.sent.values()) == 4
