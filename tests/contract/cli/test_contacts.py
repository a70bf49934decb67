"""Several people of a customer: accounts payable first, somebody above them beside once it is serious."""

from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

AS_OF = ("--as-of", "2026-11-20")
Remindr = Callable[..., Any]

INVOICES = """\
Invoice Number,Customer Number,Customer Name,Email,AP e-mail,Director,Invoice Date,Due Date,Amount,Balance
INV-1,007,Oak & Sons,info@oak.example,Ann <ap@oak.example>; x@oak.example,boss@oak.example,2026-10-01,2026-10-31,120,120
INV-2,008,Elm Ltd,info@elm.example,,boss@elm.example,2026-10-05,2026-11-16,50,50
INV-3,009,Ash Ltd,info@ash.example,none,INFO@ash.example,2026-10-05,2026-10-31,50,50
"""
CONTACTS = """\
contacts:
  accounts_payable: AP e-mail
  escalation: Director
  escalate_from: firm
"""


@pytest.fixture
def project(small: Callable[[str], Path]) -> Callable[..., Path]:
    def make(invoices: str = INVOICES, settings: str = CONTACTS) -> Path:
        made = small(invoices)
        with (made / "remindr.yaml").open("a", encoding="utf-8") as file:
            file.write(settings)
        sequence = made / "sequences" / "plain.yaml"
        firm = sequence.read_text(encoding="utf-8").replace("level: firm", "level: final")
        by_age = firm.replace("tone: plain", "tone: plain\nentry: by_age")
        sequence.write_text(by_age, encoding="utf-8")
        return made

    return make


def written_to(remindr: Remindr, made: Path, *, on: str = "2026-11-20") -> dict[str, tuple[str, list[str]]]:
    plan = remindr("preview", "-C", made, "--as-of", on, "--json").json
    return {one["customer_id"]: (one["to"], one.get("cc", [])) for one in plan["notices"]}


def test_accounts_payable_come_first_and_somebody_above_gets_what_is_serious(
    remindr: Remindr, project: Callable[..., Path]
) -> None:
    made = project()
    assert written_to(remindr, made) == {
        "007": ("ap@oak.example", ["boss@oak.example"]),
        "008": ("info@elm.example", []),
        "009": ("info@ash.example", []),
    }
    assert "a final step goes to boss@oak.example, too" in remindr("preview", "-C", made, *AS_OF, "-v").out
    assert remindr("run", "-C", made, *AS_OF).code == 0
    copies = {}
    for file in made.rglob("*.eml"):
        read = message_from_bytes(file.read_bytes(), policy=policy.default)
        copies[read["To"].addresses[0].addr_spec] = read["Cc"]
    assert copies == {"ap@oak.example": "boss@oak.example", "info@elm.example": None, "info@ash.example": None}


def test_only_final_goes_to_somebody_above_unless_another_level_is_named(
    remindr: Remindr, project: Callable[..., Path]
) -> None:
    made = project(settings="contacts:\n  escalation: director\n")
    assert written_to(remindr, made)["007"] == ("info@oak.example", ["boss@oak.example"])
    formal = made / "sequences" / "plain.yaml"
    formal.write_text(formal.read_text(encoding="utf-8").replace("level: final", "level: formal"), encoding="utf-8")
    assert written_to(remindr, made)["007"] == ("info@oak.example", [])


SHARED = """\
Invoice Number,Customer Number,Customer Name,Email,AP e-mail,Director,Invoice Date,Due Date,Amount,Balance
INV-1,007,Oak & Sons,info@oak.example,,boss@group.example,2026-10-01,2026-10-30,120,120
INV-2,008,Elm Ltd,info@elm.example,,Boss@group.example,2026-10-05,2026-10-31,50,50
INV-3,009,Group,BOSS@group.example,,,2026-10-05,2026-11-02,50,50
INV-4,010,Ash Ltd,info@ash.example,,info@ash.example,2026-10-05,2026-11-02,50,50
"""


def test_an_address_that_gets_copies_for_several_gets_one_notice_a_day(
    remindr: Remindr, project: Callable[..., Path]
) -> None:
    """The oldest debt first; the others wait for another day, whether the address is theirs or of somebody above."""
    made = project(SHARED)
    assert set(written_to(remindr, made)) == {"007", "010"}
    told = remindr("preview", "-C", made, *AS_OF, "--json").json["skipped"]
    assert {one["customer_id"]: one["blockers"][0]["detail"] for one in told} == dict.fromkeys(
        ("008", "009"), "a notice to Oak & Sons (007) goes to the same address today"
    )
    assert remindr("run", "-C", made, *AS_OF, "--json").json["sent"] == {"email": 2}
    assert set(written_to(remindr, made, on="2026-11-23")) == {"008"}


def test_who_must_not_be_contacted_is_not_told_of_through_somebody_above(
    remindr: Remindr, project: Callable[..., Path]
) -> None:
    silent = INVOICES.replace("Email,", "Do Not Contact,Email,").replace("info@", "yes,info@", 1)
    assert "007" not in written_to(remindr, project(silent.replace("Ltd,info@", "Ltd,,info@")))


def test_a_column_that_is_not_there_is_a_mistake_with_a_hint(remindr: Remindr, project: Callable[..., Path]) -> None:
    result = remindr("preview", "-C", project(settings="contacts:\n  escalation: Directr\n"), *AS_OF)
    assert result.code == 2
    assert "the customers' export has no column 'directr'" in result.err
    assert "did you mean 'director'?" in result.err


def test_a_second_run_of_the_day_reaches_nobody_again_under_another_number(
    remindr: Remindr, project: Callable[..., Path]
) -> None:
    """Oak has heard; Elm has the same director, and Group is the director."""
    made = project(SHARED)
    assert remindr("run", "-C", made, *AS_OF, "--json").json["sent"] == {"email": 2}
    assert remindr("run", "-C", made, *AS_OF, "--json").json["sent"] == {}
    told = remindr("preview", "-C", made, *AS_OF, "--json").json["skipped"]
    waiting = {one["customer_id"]: [blocker["detail"] for blocker in one["blockers"]] for one in told}
    assert waiting["008"] == waiting["009"] == ["a notice to customer 007 went to the same address today"]


def test_a_second_run_of_the_day_writes_to_no_address_again_without_any_contacts(
    remindr: Remindr, small: Callable[[str], Path]
) -> None:
    same = INVOICES.replace("info@elm.example", "info@oak.example").replace("2026-11-16", "2026-11-02")
    made = small(same)
    assert remindr("run", "-C", made, *AS_OF, "--json").json["sent"] == {"email": 2}
    assert remindr("run", "-C", made, *AS_OF, "--json").json["sent"] == {}


def test_an_address_that_cannot_be_used_gives_way_to_the_usual_one_and_is_told(
    remindr: Remindr, project: Callable[..., Path]
) -> None:
    """Somebody forgot the sign, somebody wrote a dot too much: neither leaves the customer without an e-mail."""
    broken = INVOICES.replace("Ann <ap@oak.example>; x@oak.example", "ap(at)oak.example")
    broken = broken.replace("info@elm.example,,boss@", "info@elm.example,ap..elm@elm.example,boss.@")
    made = project(broken.replace("2026-11-16", "2026-10-31"))
    assert written_to(remindr, made) == {
        "007": ("info@oak.example", ["boss@oak.example"]),
        "008": ("info@elm.example", []),
        "009": ("info@ash.example", []),
    }
    told = remindr("preview", "-C", made, *AS_OF).err
    cells = "'ap(at)oak.example', 'ap..elm@elm.example', 'none'"
    assert f"under 'AP e-mail' 3 cells hold no address: {cells}; the usual address is used" in told
    assert "under 'Director' 1 cell holds no address: 'boss.@elm.example'; nobody gets a copy there" in told


def test_accounts_payable_of_any_row_come_first(remindr: Remindr, project: Callable[..., Path]) -> None:
    """The first invoice does not name them yet."""
    first = "INV-0,007,Oak & Sons,old@oak.example,,,2026-09-01,2026-09-30,10,10\n"
    head, rest = INVOICES.split("\n", 1)
    assert written_to(remindr, project(f"{head}\n{first}{rest}"))["007"] == ("ap@oak.example", ["boss@oak.example"])


def test_an_address_noted_as_wrong_gives_way_to_the_usual_one_and_then_to_none(
    remindr: Remindr, project: Callable[..., Path]
) -> None:
    made = project(INVOICES.replace("boss@oak.example", "ap@oak.example"))
    assert written_to(remindr, made)["007"] == ("ap@oak.example", [])
    assert remindr("note", "007", "wrong-address", "--by", "Ada", "-C", made, *AS_OF).code == 0
    assert written_to(remindr, made)["007"] == ("info@oak.example", []), "and nobody gets a copy at the wrong one"
    assert "the usual one is used instead" in remindr("explain", "007", "-C", made, *AS_OF).out
    (flag,) = remindr("preview", "-C", made, *AS_OF, "--json").json["flags"]
    assert (flag["code"], flag["customer_id"]) == ("wrong_address", "007")
    assert "the usual one is used instead; find another" in flag["detail"]
    assert remindr("note", "007", "wrong-address", "--by", "Bob", "-C", made, *AS_OF).code == 0
    assert "007" not in written_to(remindr, made)
    assert "it is not used; find another" in remindr("explain", "007", "-C", made, *AS_OF).out


@pytest.mark.parametrize(
    ("settings", "told", "hint"),
    [
        ("  role: Rolle\n  escalation: director\n", "has no column 'rolle'", "did you mean 'role'?"),
        ("  escalation: [director, cfo]\n", "this is one column", "name their column as 'role:'"),
        ('  role: "!"\n  escalation: [director, cfo]\n', "'!' is no column", "write the words of its header"),
    ],
)
def test_a_column_of_roles_that_is_not_there_is_a_mistake_with_a_hint(
    remindr: Remindr, project: Callable[..., Path], settings: str, told: str, hint: str
) -> None:
    result = remindr("check", "-C", project(PERSONS, settings=f"contacts:\n{settings}"), *AS_OF)
    assert result.code == 2
    assert told in result.err
    assert hint in result.err
    assert result.err.count("hint:") == 1


PERSONS = """\
Invoice Number,Customer Number,Customer Name,Email,Role,Invoice Date,Due Date,Amount,Balance
INV-1,007,Oak & Sons,boss@oak.example,Director,2026-10-01,2026-10-31,120,120
INV-2,007,Oak & Sons,ap@oak.example,Accounts payable,2026-10-01,2026-10-31,50,50
"""


def test_a_role_that_nobody_has_is_told_by_check(remindr: Remindr, project: Callable[..., Path]) -> None:
    roles = "contacts:\n  role: role\n  accounts_payable: acounts payable\n  escalation: [ DIRECTOR , cfo]\n"
    result = remindr("check", "-C", project(PERSONS, settings=roles), *AS_OF)
    assert result.code == 0
    assert "remindr.yaml:17:3: nobody in the customers' export has the role 'acounts payable'" in result.err
    assert "did you mean 'accounts payable'?" in result.err
    assert "nobody in the customers' export has the role 'cfo'" in result.err
    assert "'director'\n" not in result.err
