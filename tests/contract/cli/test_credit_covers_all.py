"""Credit that covers everything a customer owes: preview, run and explain say it, and run only once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

AS_OF = ("--as-of", "2026-11-20")
DETAIL = "credit of 150.00 GBP covers all of 120.00 GBP that is open; allocate it in the accounts"
Remindr = Callable[..., Any]

INVOICES = """\
Invoice Number,Customer Number,Customer Name,Email,Type,Invoice Date,Due Date,Amount,Balance
0012,007,Oak & Sons,ap@oak.example,Invoice,2026-10-01,2026-10-31,120.00,120.00
CN-1,007,Oak & Sons,ap@oak.example,Credit note,2026-11-02,2026-11-02,-150.00,-150.00
"""


def test_a_person_is_asked_once_to_allocate_it(remindr: Remindr, small: Callable[[str], Path]) -> None:
    project = small(INVOICES)
    plan = remindr("preview", "-C", project, *AS_OF, "--json").json
    assert plan["notices"] == []
    assert [(flag["code"], flag["customer_id"], flag["detail"]) for flag in plan["flags"]] == [
        ("credit_covers_all", "007", DETAIL)
    ]
    assert DETAIL in " ".join(remindr("explain", "-C", project, *AS_OF, "007").out.split())
    first = remindr("run", "-C", project, *AS_OF, "-q", "--exit-code")
    assert first.code == 4
    assert DETAIL in " ".join((first.out + first.err).split())
    assert remindr("run", "-C", project, *AS_OF, "-q", "--exit-code").code == 0
