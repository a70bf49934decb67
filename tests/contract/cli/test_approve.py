"""What `approve`, `discard` and a plan that waits print as JSON is what `schema --output` says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema

AS_OF = ("--as-of", "2026-11-20")
Remindr = Callable[..., Any]
Small = Callable[[str], Path]
INVOICES = """\
Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance,Currency
A1,007,Oak & Sons,ap@oak.example,2026-10-03,2026-11-02,1000.00,1000.00,GBP
A2,008,Elm Ltd,ap@elm.example,2026-10-03,2026-11-02,500.00,500.00,GBP
"""


def test_json_of_approvals_and_discards_follows_its_schema(remindr: Remindr, small: Small) -> None:
    project = small(INVOICES)
    plain = project / "sequences/plain.yaml"
    plain.write_text(
        plain.read_text("utf-8").replace("    level:", "    approval: always\n    level:"), encoding="utf-8"
    )
    schemas = remindr("schema", "--output").json
    at = ("-C", project, *AS_OF, "--json")
    plan = remindr("preview", *at).json
    jsonschema.validate(plan, schemas["remindr.plan/1"])
    assert len(plan["waiting"]) == 2
    for arguments in ((), ("A1", "--by", "Ada"), ("--not", "A2", "--text", "no", "--by", "Ada"), ()):
        told = remindr("approve", *arguments, *at).json
        jsonschema.validate(told, schemas["remindr.approvals/1"])
    assert [one["refused"] for one in told["steps"]] == [{"on": "2026-11-20", "by": "Ada", "text": "no"}]
    done = remindr("run", *at).json
    assert (done["sent"], done["held"]) == ({"email": 1}, 0)
    again = remindr("run", "--max", "1", *at).json
    jsonschema.validate(again, schemas["remindr.run/1"])
    assert again["left"] == 0
    forgotten = remindr("forget", "A1", "--yes", "-C", project, "--json")
    assert forgotten.code == 1, "an invoice is no customer"
    taken = remindr("discard", done["run_id"], "--yes", *at).json
    jsonschema.validate(taken, schemas["remindr.discarded/1"])
    assert [one["customer_id"] for one in taken["notices"]] == ["007"]
    forgotten = remindr("forget", plan["waiting"][0]["customer_id"], "--yes", "-C", project, "--json").json
    jsonschema.validate(forgotten, schemas["remindr.forgotten/1"])
