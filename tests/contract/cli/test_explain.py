"""`explain` says why: found by number, name or a part of one, agreeing with preview, as sentences and as JSON."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

AS_OF = ("--as-of", "2026-11-20")
Remindr = Callable[..., Any]
TWICE = """\
Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance
0012,007,Oak & Sons,ap@oak.example,2026-10-01,2026-10-31,120.00,120.00
0012,008,Elm & Sons,ap@elm.example,2026-10-01,2026-10-31,50.00,50.00
"""


def test_every_customer_is_explained_as_preview_decides(remindr: Remindr, quickstart: Path) -> None:
    """Notices, blockers and next contacts are the same, and the document is what the schema says."""
    plan = remindr("preview", "-C", quickstart, *AS_OF, "--json").json
    schema = remindr("schema", "--output").json["remindr.explanation/1"]
    notices = {notice["customer_id"]: notice for notice in plan["notices"]}
    silent = {(one["customer_id"], one["invoice_id"]): one for one in plan["skipped"]}
    for customer in ("00102", "00110", "00117", "00205", "00306", "00302"):
        told = remindr("explain", customer, "-C", quickstart, *AS_OF, "--json").json
        jsonschema.validate(told, schema)
        assert told["notice"] == notices.get(customer, {}).get("key")
        assert len(told["sentences"]) <= 11
        for invoice in told["invoices"]:
            skipped = silent.get((customer, invoice["invoice_id"]))
            assert invoice["goes_out"] is (skipped is None)
            if skipped:
                assert invoice["blockers"] == skipped["blockers"]
                assert invoice["next_contact"] == skipped["next_contact"]


def test_rules_and_steps_are_named_with_file_and_line(remindr: Remindr, quickstart: Path) -> None:
    told = remindr("explain", "00102", "-C", quickstart, *AS_OF, "--json").json
    settings = (quickstart / "remindr.yaml").read_text().splitlines()
    file, line = told["segment_place"].split(":")
    assert (file, settings[int(line) - 1]) == ("remindr.yaml", "  - name: reliable")
    file, line = told["invoices"][0]["place"].split(":")
    assert (quickstart / file).read_text().splitlines()[int(line) - 1] == "  - id: first"


@pytest.mark.parametrize("word", ["00102", "102", "kestrel", "Kestrel Coffee Roasters Ltd", "HF-4370", "hf-4370"])
def test_a_part_that_fits_only_one_is_enough(remindr: Remindr, quickstart: Path, word: str) -> None:
    assert "Kestrel Coffee Roasters Ltd (00102)" in remindr("explain", word, "-C", quickstart, *AS_OF).out


def test_a_misspelt_name_is_answered_with_the_nearest(remindr: Remindr, quickstart: Path) -> None:
    result = remindr("explain", "Kestral", "-C", quickstart, *AS_OF)
    assert result.code == 1
    assert "no customer or invoice 'Kestral' in the exports" in result.err
    assert "did you mean Kestrel Coffee Roasters Ltd (00102)?" in result.err


def test_the_same_number_at_two_customers_is_asked_about(remindr: Remindr, small: Callable[[str], Path]) -> None:
    project = small(TWICE)
    asked = remindr("explain", "0012", "-C", project, *AS_OF)
    assert asked.code == 1
    assert "'0012' fits 2 invoices: 0012 of 007, 0012 of 008" in asked.err
    assert "remindr explain 007 0012" in asked.err
    assert "Invoice 0012 of Elm & Sons (008)" in remindr("explain", "elm", "0012", "-C", project, *AS_OF).out
    assert remindr("explain", "elm", "0013", "-C", project, *AS_OF).code == 1


def test_a_settled_invoice_says_so_with_its_date(remindr: Remindr, quickstart: Path) -> None:
    told = remindr("explain", "HF-4301", "-C", quickstart, *AS_OF)
    assert "it was settled on 25 September 2026, 2 days late" in told.out
    assert len(told.out.splitlines()) == 2


def test_the_row_that_keeps_a_customer_silent_is_named(remindr: Remindr, quickstart: Path) -> None:
    told = remindr("explain", "hirschenau", "-C", quickstart, *AS_OF).out
    assert "exports/invoices-2026-11-20.csv:293, Due Date '31/11/2026': not a date" in told


def test_what_comes_next_is_what_the_next_runs_do(remindr: Remindr, quickstart: Path) -> None:
    """The day that explain names for Kestrel's next contact is the day on which they hear again, and none before."""
    named = remindr("explain", "00102", "-C", quickstart, *AS_OF, "--json").json["next_contact"]
    assert named == "2026-11-30"
    assert remindr("run", "-C", quickstart, *AS_OF, "-q").code in (0, 3)
    for day in ("2026-11-23", "2026-11-27", "2026-11-30"):
        plan = remindr("preview", "-C", quickstart, "--as-of", day, "--json").json
        assert ("00102" in {notice["customer_id"] for notice in plan["notices"]}) is (day == named)


def test_explaining_writes_nothing(remindr: Remindr, quickstart: Path) -> None:
    before = sorted(quickstart.rglob("*"))
    assert remindr("explain", "00102", "-C", quickstart, *AS_OF).code == 0
    assert sorted(quickstart.rglob("*")) == before
