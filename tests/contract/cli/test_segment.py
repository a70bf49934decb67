"""`segment` as an audit: the book added up, the customers who need a look, one customer, changes, CSV."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

AS_OF = ("--as-of", "2026-11-20")
Remindr = Callable[..., Any]


def test_the_summary_adds_up_what_the_customers_owe(remindr: Remindr, quickstart: Path) -> None:
    """Counts add up to all customers, amounts to what each of them owes, by currency."""
    out = remindr("segment", "-C", quickstart, *AS_OF).out
    rows = {line.split()[0]: line.split() for line in out.splitlines()[2:13] if not line.startswith(" ")}
    assert sum(int(rows[name][1]) for name in ("new", "problem", "slow", "reliable")) == 40
    table = csv.DictReader(io.StringIO(remindr("segment", "-C", quickstart, *AS_OF, "--csv").out))
    overdue: defaultdict[str, Decimal] = defaultdict(Decimal)
    for amount in (part for row in table for part in row["overdue"].split(" + ") if part):
        overdue[amount.split()[1]] += Decimal(amount.split()[0].replace(",", ""))
    first, second = out.partition("in all")[2].splitlines()[:2]
    assert first.split()[:2] == ["40", "100%"]
    assert [line.split()[-3::2] for line in (first, second)] == [
        [currency, f"{overdue[currency]:,.2f}"] for currency in ("EUR", "GBP")
    ]


def test_what_customers_owe_agrees_with_the_metrics(remindr: Remindr, quickstart: Path) -> None:
    """Whoever owes in the company's currency alone: the audit's own sums are the amounts that rules see."""
    table = csv.DictReader(io.StringIO(remindr("segment", "-C", quickstart, *AS_OF, "--csv").out))
    pounds = [row for row in table if row["open"].endswith(" GBP") and "+" not in row["open"]]
    assert len(pounds) > 10
    for row in pounds:
        for sum_, metric in (("open", "open_amount"), ("overdue", "overdue_amount")):
            assert Decimal(row[sum_].removesuffix(" GBP").replace(",", "")) == Decimal(row[metric]), row["customer_id"]


def test_the_summary_says_what_the_segments_mean_in_this_book(remindr: Remindr, quickstart: Path) -> None:
    out = remindr("segment", "-C", quickstart, *AS_OF).out
    assert re.search(
        r"relative to your book\. Days late on average here: 'reliable' [\d.]+ days, 'slow' [\d.]+ days", out
    )
    assert "half at most" in out
    assert "nine in ten at most" in out


def test_a_screenful_is_shown_and_the_rest_counted(remindr: Remindr, quickstart: Path) -> None:
    short, long = (remindr("segment", "-C", quickstart, *AS_OF, *more).out for more in ((), ("-v",)))
    listed = [line.split()[0] for line in short.splitlines() if line.startswith("00")]
    assert len(listed) == 20
    assert listed[0] == "00303"  # on the way to another segment
    assert "20 more customers: remindr segment -v lists all" in short
    assert len([line for line in long.splitlines() if line.startswith("00")]) == 40


def test_a_customer_is_shown_with_every_test_and_its_place(remindr: Remindr, quickstart: Path) -> None:
    out = remindr("segment", "carrickmore", "-C", quickstart, *AS_OF).out
    assert "segment      reliable (remindr.yaml:" in out
    assert "yes     avg_days_late > 3" in out
    assert "no      days_late_vs_book > 50%" in out
    assert "flag         turning_late (remindr.yaml:" in out
    assert "is in the segment" not in out  # it stands there already
    assert "mean days late over the history" in out


def test_an_unknown_customer_is_answered_with_the_nearest(remindr: Remindr, quickstart: Path) -> None:
    result = remindr("segment", "Carickmore", "-C", quickstart, *AS_OF)
    assert result.code == 1
    assert "did you mean Carrickmore Boatyard (00302)?" in result.err


def test_csv_has_a_row_for_every_customer_and_no_formula(remindr: Remindr, small: Callable[[str], Path]) -> None:
    project = small(
        "Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance\n"
        "0012,007,\"=cmd|'/c calc'!A0, Ltd\",a@x.example,2026-10-01,2026-10-31,120.00,120.00\n"
        "0013,@8,Oak,b@x.example,2026-10-01,2026-10-31,50.00,50.00\n"
    )
    out = remindr("segment", "-C", project, *AS_OF, "--csv").out
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["customer_id"], row["customer_name"]) for row in rows] == [
        ("007", "'=cmd|'/c calc'!A0, Ltd"),
        ("'@8", "Oak"),
    ]
    assert rows[0]["overdue"] == "120.00 GBP"
    assert rows[0]["overdue_amount"] == "120.00"
    assert rows[0]["avg_days_late"] == "20.0"
    assert list(rows[0])[:4] == ["customer_id", "customer_name", "segment", "since"]


def test_changes_name_who_moved_at_which_review_and_why(remindr: Remindr, quickstart: Path) -> None:
    document = remindr("segment", "-C", quickstart, *AS_OF, "--since", "2026-08-15", "--json").json
    jsonschema.validate(document, remindr("schema", "--output").json["remindr.changes/1"])
    moved = {one["customer_id"]: (one["from_segment"], one["to_segment"], one["on"]) for one in document["moved"]}
    assert moved["00113"] == ("reliable", "slow", "2026-10-01")
    assert moved["00205"] == ("new", "slow", "2026-09-01")
    assert all(one["because"] for one in document["moved"])
    assert [(one["customer_id"], one["on"]) for one in document["on_the_way"]] == [("00303", "2026-12-01")]


def test_every_move_is_what_the_two_days_say(remindr: Remindr, quickstart: Path) -> None:
    """Whoever moved at a review was in the one segment the day before and is in the other on that day."""
    document = remindr("segment", "-C", quickstart, *AS_OF, "--since", "2026-08-15", "--json").json
    assert document["moved"]
    for one in document["moved"]:
        eve = {"2026-09-01": "2026-08-31", "2026-10-01": "2026-09-30", "2026-11-01": "2026-10-31"}[one["on"]]
        for day, segment in ((eve, one["from_segment"]), (one["on"], one["to_segment"])):
            shown = remindr("segment", one["customer_id"], "-C", quickstart, "--as-of", day, "--json").json
            assert shown["customers"][0]["segment"] == segment


def test_changes_are_told_in_sentences(remindr: Remindr, quickstart: Path) -> None:
    out = remindr("segment", "-C", quickstart, *AS_OF, "--since", "2026-08-15").out
    assert "00113  Larkspur Catering: reliable → slow on 1 October 2026" in out
    assert "00303  Saoirse Books: reliable → slow, next review 1 December 2026" in out
    newest = remindr("segment", "-C", quickstart, *AS_OF, "--changes").out
    assert newest.startswith("0 customers moved since the review of 1 October 2026.")


def test_who_stays_new_for_over_six_months_is_listed(remindr: Remindr, small: Callable[[str], Path]) -> None:
    """One invoice in January, never paid, and nothing since."""
    project = small(
        "Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance\n"
        "0012,007,Oak & Sons,ap@oak.example,2026-01-10,2026-02-09,120.00,120.00\n"
        "0013,008,Elm & Sons,ap@elm.example,2026-09-10,2026-10-09,120.00,120.00\n"
    )
    settings = project / "remindr.yaml"
    segments = "segments:\n  - name: new\n    when: paid_invoices < 3\n    provisional: true\n    sequence: plain\n"
    settings.write_text(settings.read_text().replace("segments:\n", segments))
    document = remindr("segment", "-C", project, *AS_OF, "--changes", "--json").json
    assert [(one["customer_id"], one["segment"]) for one in document["stayed"]] == [("007", "new")]


@pytest.mark.parametrize("options", [("--csv", "--json"), ("--csv", "--changes")])
def test_contradicting_options_are_a_mistake(remindr: Remindr, quickstart: Path, options: tuple[str, ...]) -> None:
    assert remindr("segment", "-C", quickstart, *AS_OF, *options).code == 2
