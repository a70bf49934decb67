"""`one_message_per: invoice`, as commands show it and runs remember it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

AS_OF = ("--as-of", "2026-11-20")
Remindr = Callable[..., Any]

INVOICES = """\
Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance
0012,007,Oak & Sons,ap@oak.example,2026-10-01,2026-10-31,120.00,120.00
0013,007,Oak & Sons,ap@oak.example,2026-10-05,2026-11-04,50.00,50.00
0014,007,Oak & Sons,ap@oak.example,2026-10-20,2026-11-19,70.00,70.00
0015,008,Elm Ltd,ap@elm.example,2026-10-05,2026-11-04,80.00,80.00
"""


@pytest.fixture
def project(small: Callable[[str], Path]) -> Path:
    made = small(INVOICES)
    with (made / "remindr.yaml").open("a", encoding="utf-8") as settings:
        settings.write("reminding:\n  one_message_per: invoice\n")
    return made


def asked(plan: Any) -> list[tuple[str, list[str]]]:
    return [(one["customer_id"], [line["invoice_id"] for line in one["invoices"]]) for one in plan["notices"]]


def emails(project: Path) -> int:
    return len(list((project / "outbox").rglob("*.eml")))


def test_preview_has_a_notice_for_each_invoice_that_is_due(remindr: Remindr, project: Path) -> None:
    plan = remindr("preview", "-C", project, *AS_OF, "--json").json
    assert asked(plan) == [("007", ["0012"]), ("007", ["0013"]), ("008", ["0015"])]
    first, second, _ = plan["notices"]
    assert (first["total"], second["total"]) == ({"GBP": "120.00"}, {"GBP": "50.00"})
    assert "0013" not in first["body"]
    assert [one["invoice_id"] for one in plan["skipped"]] == ["0014"]


def test_a_second_run_of_the_day_and_of_the_next_writes_nothing(remindr: Remindr, project: Path) -> None:
    assert remindr("run", "-C", project, *AS_OF, "--json").json["sent"] == {"email": 3}
    assert emails(project) == 3
    assert remindr("run", "-C", project, *AS_OF, "--json").json["sent"] == {}
    assert remindr("run", "-C", project, "--as-of", "2026-11-23", "--json").json["sent"] == {}
    assert emails(project) == 3


def test_later_runs_take_each_invoice_to_its_next_step(remindr: Remindr, project: Path) -> None:
    """0014 is due for its first step on the 22nd, but the customer is left in peace for four days after the 20th."""
    remindr("run", "-C", project, *AS_OF)
    steps = {}
    for day in ("2026-11-23", "2026-11-24", "2026-11-27", "2026-11-30"):
        plan = remindr("preview", "-C", project, "--as-of", day, "--json").json
        steps[day] = [(one["invoices"][0]["invoice_id"], one["step"]) for one in plan["notices"]]
        assert remindr("run", "-C", project, "--as-of", day, "-q").code == 0
    assert steps == {
        "2026-11-23": [],
        "2026-11-24": [("0014", "first")],
        "2026-11-27": [("0015", "second")],
        "2026-11-30": [("0012", "second"), ("0013", "second")],
    }


def test_explain_tells_of_every_message(remindr: Remindr, project: Path) -> None:
    told = remindr("explain", "-C", project, *AS_OF, "007").out
    assert "Today they get an e-mail (ap@oak.example): step 'first'" in told
    assert "Each invoice has a message of its own: today also 0013 (step 'first')." in told
    of_one = remindr("explain", "-C", project, *AS_OF, "0013").out
    assert "because 0013 is 16 days past due" in of_one.replace("\n", " ")
    assert "Each invoice" not in of_one


def test_the_page_has_every_message(remindr: Remindr, project: Path) -> None:
    result = remindr("preview", "-C", project, *AS_OF, "--html", project / "preview.html")
    assert result.code == 0, result.err
    assert (project / "preview.html").exists()


RINGING = """\
name: plain
about: Writes, then rings.
tone: plain
steps:
  - id: first
    at: 3 days after due
    by: email
    level: friendly
    if: balance < 100
  - id: ring
    at: 10 days after due
    by: call
    level: firm
"""
CALLED = """\
Invoice Number,Customer Number,Customer Name,Email,Phone,Invoice Date,Due Date,Amount,Balance
0012,007,Oak & Sons,ap@oak.example,0201,2026-10-01,2026-11-10,120.00,120.00
0013,007,Oak & Sons,ap@oak.example,0201,2026-10-05,2026-11-10,500.00,500.00
0014,007,Oak & Sons,ap@oak.example,0201,2026-10-05,2026-11-17,50.00,50.00
0015,008,Elm Ltd,ap@elm.example,0202,2026-10-05,2026-11-10,180.00,180.00
0016,008,Elm Ltd,ap@elm.example,0202,2026-10-05,2026-11-17,80.00,80.00
"""


def test_calls_are_one_a_customer_and_no_more_than_fit_into_the_day(
    remindr: Remindr, small: Callable[[str], Path]
) -> None:
    """There is room for one call; the customer without one hears nothing today, and e-mails wait a calling day."""
    project = small(CALLED)
    (project / "sequences" / "plain.yaml").write_text(RINGING, encoding="utf-8")
    with (project / "remindr.yaml").open("a", encoding="utf-8") as settings:
        settings.write("reminding:\n  one_message_per: invoice\ncalls:\n  capacity: 1\n  first: balance\n")
    plan = remindr("preview", "-C", project, *AS_OF, "--json").json
    assert asked(plan) == [("007", ["0013", "0012"]), ("007", ["0014"])]
    assert [one["channels"] for one in plan["notices"]] == [["call"], ["email"]]
    assert {one["invoice_id"]: one["blockers"][0]["code"] for one in plan["skipped"]} == {
        "0015": "calls_full",
        "0016": "calls_full",
    }
    assert remindr("run", "-C", project, *AS_OF, "--json").json["sent"] == {"call": 1, "email": 1}
    assert remindr("run", "-C", project, *AS_OF, "--json").json["sent"] == {}


def test_a_second_run_of_the_day_rings_nobody_for_whom_there_was_no_room(
    remindr: Remindr, small: Callable[[str], Path]
) -> None:
    """One notice for all, as without any setting: what fits into a day is not what fits into a run."""
    project = small(CALLED)
    (project / "sequences" / "plain.yaml").write_text(RINGING, encoding="utf-8")
    with (project / "remindr.yaml").open("a", encoding="utf-8") as settings:
        settings.write("calls:\n  capacity: 1\n  first: balance\n")
    assert remindr("run", "-C", project, *AS_OF, "--json").json["sent"] == {"call": 1}
    assert remindr("run", "-C", project, *AS_OF, "--json").json["sent"] == {}
