"""Account owners and the archive, as preview shows them, e-mails have them and check proofreads them."""

from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

AS_OF = ("--as-of", "2026-11-20")
Remindr = Callable[..., Any]

INVOICES = """\
Invoice Number,Customer Number,Customer Name,Email,Account Owner,Invoice Date,Due Date,Amount,Balance
INV-1,007,Oak & Sons,ap@oak.example,Ann,2026-10-01,2026-10-31,120.00,120.00
INV-2,008,Elm Ltd,ap@elm.example,bob,2026-10-05,2026-11-04,50.00,50.00
INV-3,009,Ash Ltd,ap@ash.example,Cem,2026-10-05,2026-11-04,50.00,50.00
"""
OWNERS = """\
owners:
  Ann:
    name: Ann Finch
    email: ann@harbour.example
  Bob:
    name: Bob Quay
    email: bob@harbour.example
    as: cc
delivery:
  email:
    archive_to: archive@harbour.example
"""


def written(small: Callable[[str], Path], settings: str) -> Path:
    made = small(INVOICES)
    with (made / "remindr.yaml").open("a", encoding="utf-8") as file:
        file.write(settings)
    return made


def test_each_customer_hears_from_the_owner_or_the_company(remindr: Remindr, small: Callable[[str], Path]) -> None:
    made = written(small, OWNERS)
    plan = remindr("preview", "-C", made, *AS_OF, "--json").json
    heads = {one["customer_id"]: [one.get(name) for name in ("sender", "cc", "bcc")] for one in plan["notices"]}
    archive = ["archive@harbour.example"]
    assert heads == {
        "007": ["ann@harbour.example", None, archive],
        "008": [None, ["bob@harbour.example"], archive],
        "009": [None, None, archive],
    }
    told = remindr("preview", "-C", made, *AS_OF, "-v").out
    assert "\nTo: ap@oak.example\nFrom: Ann Finch <ann@harbour.example>\nBcc: archive@harbour.example\n" in told
    assert "\nTo: ap@elm.example\nCc: Bob Quay <bob@harbour.example>\nBcc: archive@harbour.example\n" in told
    assert remindr("run", "-C", made, *AS_OF).code == 0
    read = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in sorted(made.rglob("*.eml"))]
    assert [one["From"].addresses[0].addr_spec for one in read] == [
        "ann@harbour.example", "accounts@harbourfinch.example", "accounts@harbourfinch.example",
    ]  # fmt: skip
    assert {one["Bcc"] for one in read} == {"archive@harbour.example"}


def test_check_names_the_owners_that_nobody_has_told_of_once(remindr: Remindr, small: Callable[[str], Path]) -> None:
    told = remindr("check", "-C", written(small, OWNERS), *AS_OF).err
    assert told.count("owners who are not here") == 1
    assert "the company writes to the customers of owners who are not here: Cem (1)" in told
    assert "remindr.yaml:15:1" in told


def test_owners_written_twice_or_with_a_broken_address_are_mistakes(
    remindr: Remindr, small: Callable[[str], Path]
) -> None:
    twice = OWNERS.replace("  Bob:", "  ANN:").replace("bob@harbour.example", "bob@harbour")
    result = remindr("preview", "-C", written(small, twice), *AS_OF)
    assert result.code == 2
    assert "'ANN' and 'Ann' are the same owner" in result.err
    assert "'bob@harbour' is not one e-mail address" in result.err


def test_nobody_who_must_not_be_contacted_is_in_anybodys_copy(remindr: Remindr, small: Callable[[str], Path]) -> None:
    silent = INVOICES.replace("Email,", "Email,Do Not Contact,").replace("example,", "example,yes,")
    made = written(small, OWNERS)
    (made / "invoices.csv").write_text(silent, encoding="utf-8")
    assert remindr("preview", "-C", made, *AS_OF, "--json").json["notices"] == []
