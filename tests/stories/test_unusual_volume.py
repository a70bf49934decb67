"""A run that would write many more notices than usual writes none; a person looks, and lets some go, or all."""

import json
from pathlib import Path

import pytest
from office import Office, open_office
from projects import write_files

pytestmark = pytest.mark.usefixtures("new_years_eve")

HEAD = "Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance,Currency\n"


def export(office: Office, day: str, owing: int) -> None:
    """So many customers owe an invoice since 2 November; as many rows as ever."""
    rows = (
        f"A{n},{n:03},Customer {n},c{n}@x.example,2026-10-03,2026-11-02,90.00,{'90.00' if n < owing else '0.00'},GBP\n"
        for n in range(90)
    )
    write_files(office.root, {f"exports/invoices-{day}.csv": HEAD + "".join(rows)})


@pytest.fixture
def busy(tmp_path: Path) -> Office:
    """An office whose first two runs wrote 2 notices and 1; the next export has 80 more customers who owe."""
    office = open_office(tmp_path)
    for day, owing, sent in (("2026-11-09", 2, {"email": 2}), ("2026-11-10", 3, {"email": 1})):
        export(office, day, owing)
        assert office.run(day) == sent
    export(office, "2026-11-11", 83)
    return office


def sent(office: Office, *more: str) -> dict[str, int]:
    found: dict[str, int] = json.loads(office.does("run", "--json", *more, on="2026-11-11"))["sent"]
    return found


def test_many_more_notices_than_usual_are_not_written(busy: Office) -> None:
    said = busy.does("run", on="2026-11-11", code=5)
    assert "80 notices would go out, and 20 would be the most that is usual: 3 times the 1 that the last day" in said
    assert "for 1 day since 2026-11-10; up to 20 always pass" in said
    assert "remindr preview; then let some go with --max 20, or all with --allow volume" in said
    assert sorted(path.name for path in (busy.root / "outbox").iterdir()) == ["2026-11-09-1", "2026-11-10-1"]
    assert sent(busy, "--allow", "volume") == {"email": 80}


def test_status_tells_that_a_run_would_be_refused(busy: Office) -> None:
    said = busy.does("status", on="2026-11-11")
    assert "A run would be refused\n  80 notices would go out" in said


def test_with_max_some_go_and_the_next_run_has_the_others(busy: Office) -> None:
    found = json.loads(busy.does("run", "--max", "20", "--json", on="2026-11-11"))
    assert (found["sent"], found["left"]) == ({"email": 20}, 60)
    assert "Left for the next run: 35 notices (--max 25)." in busy.does("run", "--max", "25", on="2026-11-12")


def test_more_days_make_more_notices_usual(tmp_path: Path) -> None:
    """Four days after ten notices a day, 120 are usual."""
    office = open_office(tmp_path)
    for day, owing in (("2026-11-09", 10), ("2026-11-10", 20), ("2026-11-11", 30), ("2026-11-12", 40)):
        export(office, day, owing)
        assert office.run(day) == {"email": 10}
    export(office, "2026-11-16", 90)
    assert office.run("2026-11-16") == {"email": 50}


def test_the_first_notices_of_a_project_are_not_compared_with_anything(tmp_path: Path) -> None:
    office = open_office(tmp_path)
    export(office, "2026-10-30", 0)
    assert office.run("2026-10-30") == {}
    export(office, "2026-11-09", 80)
    assert office.run("2026-11-09") == {"email": 80}


def test_a_first_run_can_begin_with_a_few(tmp_path: Path) -> None:
    """What is left then is unusually much all the same."""
    office = open_office(tmp_path)
    export(office, "2026-11-09", 80)
    assert json.loads(office.does("run", "--max", "5", "--json", on="2026-11-09"))["left"] == 75
    assert "75 notices would go out" in office.does("run", on="2026-11-09", code=5)
    assert office.does("run", "--max", "0", on="2026-11-09", code=2)
