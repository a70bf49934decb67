"""A dispute that an earlier export showed and the newest does not: the customer gets three working days."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

Remindr = Callable[..., Any]

DISPUTED = """\
Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance,Disputed
0012,007,Oak & Sons,ap@oak.example,2026-10-01,2026-10-31,120.00,120.00,yes
0013,008,Elm Ltd,ap@elm.example,2026-10-01,2026-11-30,50.00,50.00,no
"""


def export(project: Path, day: str, text: str) -> None:
    """The newest export, of a day: the older one stays."""
    (project / "exports").mkdir(exist_ok=True)
    (project / "exports" / f"invoices-{day}.csv").write_text(text, encoding="utf-8")


def test_the_next_step_waits_three_working_days_from_the_first_export_without_the_dispute(
    remindr: Remindr, small: Callable[[str], Path]
) -> None:
    project = small(DISPUTED)
    settings = project / "remindr.yaml"
    settings.write_text(settings.read_text("utf-8").replace("invoices.csv", "exports/invoices*.csv"), "utf-8")
    export(project, "2026-11-16", DISPUTED)
    assert remindr("run", "-C", project, "--as-of", "2026-11-16", "--json").json["sent"] == {}
    export(project, "2026-11-19", DISPUTED.replace("yes", "no"))
    before = remindr("preview", "-C", project, "--as-of", "2026-11-19", "--json").json
    blockers = {one["invoice_id"]: one["blockers"] for one in before["skipped"]}["0012"]
    assert blockers == [
        {
            "code": "waiting",
            "detail": "the dispute ended on 2026-11-19; customers get 3 working days",
            "until": "2026-11-24",
        }
    ]
    for day in ("2026-11-19", "2026-11-20", "2026-11-23"):
        assert remindr("run", "-C", project, "--as-of", day, "--json").json["sent"] == {}
    told = remindr("explain", "-C", project, "--as-of", "2026-11-20", "0012").out
    assert "the dispute ended on 19 November 2026; customers get 3 working days" in " ".join(told.split())
    assert "the next contact is on Tuesday, 24 November 2026: step 'first'" in " ".join(told.split())
    assert remindr("run", "-C", project, "--as-of", "2026-11-24", "--json").json["sent"] == {"email": 1}
