"""What each command promises: exit codes, documents that validate, files that appear whole, silence where asked for."""

import email
import email.policy
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

AS_OF = ("--as-of", "2026-11-20")
Remindr = Callable[..., Any]


@pytest.fixture
def validate(remindr: Remindr) -> Callable[[Any], None]:
    """Holds a document against the schema that `schema --output` prints for it."""
    schemas = remindr("schema", "--output").json

    def check(document: Any) -> None:
        schema = schemas[document["schema"]]
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.Draft202012Validator(schema).validate(document)

    return check


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_documents_validate_against_the_printed_schemas(
    remindr: Remindr, quickstart: Path, validate: Callable[[Any], None]
) -> None:
    for command in ("segment", "status", "preview", "run", "status"):
        result = remindr(command, "-C", quickstart, *AS_OF, "--json")
        assert result.code in (0, 3), result.err
        validate(result.json)


def test_preview_writes_nothing(remindr: Remindr, quickstart: Path) -> None:
    before = files_below(quickstart)
    assert remindr("preview", "-C", quickstart, *AS_OF).code == 0
    assert remindr("segment", "-C", quickstart, *AS_OF).code == 0
    assert remindr("check", "-C", quickstart, *AS_OF).code == 0
    assert remindr("status", "-C", quickstart, *AS_OF).code == 0
    assert files_below(quickstart) == before


def test_run_does_what_preview_said(remindr: Remindr, quickstart: Path) -> None:
    planned = remindr("preview", "-C", quickstart, *AS_OF, "--json").json
    done = remindr("run", "-C", quickstart, *AS_OF, "--json").json
    assert done["sent"] == planned["summary"]["by_channel"]
    assert done["skipped"] == planned["summary"]["skipped"]
    outbox = quickstart / done["outbox"]
    letters = read_emails(outbox)
    assert len(letters) == planned["summary"]["by_channel"]["email"]
    by_address = {message["To"].addresses[0].addr_spec: message for message in letters}
    for notice in planned["notices"]:
        if notice["channels"][0] != "email":
            continue
        message = by_address[notice["to"]]
        assert message["Subject"] == notice["subject"]
        body = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
        assert body.strip() == notice["body"].strip()


def read_emails(outbox: Path) -> list[Any]:
    paths = sorted((outbox / "email").glob("*.eml"))
    return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths]


def test_a_second_run_on_the_same_day_writes_nothing(remindr: Remindr, quickstart: Path) -> None:
    first = remindr("run", "-C", quickstart, *AS_OF, "--json").json
    assert sum(first["sent"].values()) > 0
    before = files_below(quickstart / "outbox")
    second = remindr("run", "-C", quickstart, *AS_OF, "--json")
    assert second.code == 0
    assert second.json["sent"] == {}
    assert second.json["outbox"] is None
    assert files_below(quickstart / "outbox") == before


def test_the_next_days_remind_nobody_again_too_soon(remindr: Remindr, quickstart: Path) -> None:
    """Over a week of daily runs on one export each customer gets one notice about overdue money at most in 4 days."""
    told: dict[str, list[str]] = {}
    for day in ("2026-11-20", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"):
        plan = remindr("preview", "-C", quickstart, "--as-of", day, "--json").json
        for notice in plan["notices"]:
            told.setdefault(notice["customer_id"], []).append(day)
            steps = [(line["invoice_id"], line["step"]) for line in notice["invoices"] + notice["also_due"]]
            assert len(set(steps)) == len(steps)
        assert remindr("run", "-C", quickstart, "--as-of", day, "-q").code in (0, 3)
    pairs = [(days[n], days[n + 1]) for days in told.values() for n in range(len(days) - 1)]
    assert ("2026-11-24", "2026-11-25") not in pairs


def test_quiet_says_nothing_when_nobody_is_needed(remindr: Remindr, small: Callable[[str], Path]) -> None:
    project = small(INVOICES)
    result = remindr("run", "-C", project, *AS_OF, "-q")
    assert (result.code, result.out, result.err) == (0, "", "")


INVOICES = """\
Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance
0012,007,Oak & Sons,ap@oak.example,2026-10-01,2026-10-31,120.00,120.00
0013,007,Oak & Sons,ap@oak.example,2026-11-01,2026-12-01,50.00,50.00
0014,008,Zoë's Bücher,zoe@books.example,2026-10-01,2026-10-31,"1,154.61","1,154.61"
"""


def test_ids_keep_their_zeros_and_names_their_letters(remindr: Remindr, small: Callable[[str], Path]) -> None:
    plan = remindr("preview", "-C", small(INVOICES), *AS_OF, "--json").json
    told = {notice["customer_id"]: notice for notice in plan["notices"]}
    assert set(told) == {"007", "008"}
    assert told["007"]["invoices"][0]["invoice_id"] == "0012"
    assert told["008"]["total"] == {"GBP": "1154.61"}
    assert "Zoë's Bücher" in told["008"]["body"]


@pytest.mark.parametrize("command", ["segment", "preview", "run", "check", "status"])
def test_without_a_project_the_code_is_10(remindr: Remindr, tmp_path: Path, command: str) -> None:
    result = remindr(command, "-C", tmp_path)
    assert result.code == 10
    assert "remindr init" in result.err
    assert result.out == ""


def test_a_future_run_is_refused_with_the_way_to_look_ahead(remindr: Remindr, quickstart: Path) -> None:
    result = remindr("run", "-C", quickstart, "--as-of", "2099-01-05")
    assert result.code == 2
    assert "remindr preview --as-of 2099-01-05" in result.err


def test_a_stale_export_is_refused_until_allowed(remindr: Remindr, small: Callable[[str], Path]) -> None:
    project = small(INVOICES)
    settings = project / "remindr.yaml"
    settings.write_text(settings.read_text().replace("3000 days", "2 days").replace("invoices.csv", "invoices-*.csv"))
    (project / "invoices.csv").rename(project / "invoices-2026-11-10.csv")
    refused = remindr("run", "-C", project, *AS_OF)
    assert refused.code == 5
    assert "10 days before 2026-11-20" in refused.err
    assert not (project / "outbox").exists() or not list((project / "outbox").iterdir())
    assert remindr("run", "-C", project, *AS_OF, "--allow", "stale").code == 0


def test_a_shrunken_export_is_refused_until_allowed(remindr: Remindr, small: Callable[[str], Path]) -> None:
    project = small(INVOICES)
    assert remindr("run", "-C", project, *AS_OF).code == 0
    lines = INVOICES.splitlines()
    (project / "invoices.csv").write_text("\n".join(lines[:3]) + "\n", encoding="utf-8")
    refused = remindr("run", "-C", project, "--as-of", "2026-11-21")
    assert refused.code == 5
    assert "has 2 rows, last time it had 3" in refused.err
    assert remindr("run", "-C", project, "--as-of", "2026-11-21", "--allow", "shrunk").code == 0


def test_an_export_that_has_lost_its_balances_is_refused_until_allowed(
    remindr: Remindr, small: Callable[[str], Path]
) -> None:
    row = "A-{},C1,Ada,ada@ada.example,2026-10-01,2026-11-02,100.00{}\n"
    head = "Invoice Number,Customer Number,Customer,Email,Invoice Date,Due Date,Amount"
    project = small(head + ",Balance\n" + "".join(row.format(at, ",0.00" if at else ",100.00") for at in range(4)))
    assert remindr("run", "-C", project, *AS_OF).code == 0
    (project / "invoices.csv").write_text(head + "\n" + "".join(row.format(at, "") for at in range(4)), "utf-8")
    refused = remindr("run", "-C", project, "--as-of", "2026-11-21")
    assert refused.code == 5
    assert "last time only 1 of its 4 rows were open" in refused.err
    assert remindr("run", "-C", project, "--as-of", "2026-11-21", "--allow", "untold").code == 0


def test_an_unknown_guard_is_a_mistake_of_the_command_line(remindr: Remindr, quickstart: Path) -> None:
    result = remindr("run", "-C", quickstart, "--allow", "everything")
    assert result.code == 2
    assert "known: stale, shrunk, untold, volume, clock, restored" in result.err


def test_an_unknown_option_is_told_without_a_traceback(remindr: Remindr) -> None:
    result = remindr("run", "--frobnicate")
    assert result.code == 2
    assert "--frobnicate" in result.err


def test_an_unreadable_row_is_reported_once_as_done_in_part(remindr: Remindr, small: Callable[[str], Path]) -> None:
    """The customer named in it gets no notice; the next run knows the row already."""
    many = "".join(f"{n:04},{n:03},C{n},c{n}@x.example,2026-10-01,2026-10-31,9.00,9.00\n" for n in range(100, 200))
    broken = INVOICES + many + "0015,007,Oak & Sons,ap@oak.example,2026-10-01,soon,10.00,10.00\n"
    project = small(broken)
    first = remindr("run", "-C", project, *AS_OF, "--json")
    assert first.code == 3
    plan = remindr("preview", "-C", project, "--as-of", "2026-11-23", "--json").json
    assert [(cell["row"], cell["value"]) for cell in plan["quarantined"]] == [(105, "soon")]
    assert {"007"} == {
        skipped["customer_id"]
        for skipped in plan["skipped"]
        if "unreadable_row" in {blocker["code"] for blocker in skipped["blockers"]}
    }
    assert remindr("run", "-C", project, "--as-of", "2026-11-23", "--json").code == 0


def test_one_run_at_a_time(remindr: Remindr, small: Callable[[str], Path]) -> None:
    from remindr.journal.lock import run_lock

    project = small(INVOICES)
    with run_lock(project, ".remindr/journal.db"):
        result = remindr("run", "-C", project, *AS_OF)
    assert result.code == 11
    assert "another run is at work" in result.err


def test_hostile_names_reach_neither_the_terminal_nor_a_header(remindr: Remindr, small: Callable[[str], Path]) -> None:
    name = "\x1b[2JEvil =?UTF-8?Q?=0A?=Bcc: x@evil.example [link=http://evil.example]\u202e"
    project = small(INVOICES.replace("Oak & Sons", name))
    shown = remindr("preview", "-C", project, *AS_OF, "-v")
    assert "\x1b" not in shown.out + shown.err
    assert "\u202e" not in shown.out + shown.err
    done = remindr("run", "-C", project, *AS_OF, "--json").json
    for message in read_emails(project / done["outbox"]):
        assert message["Bcc"] is None
        assert len(message["To"].addresses) == 1


def test_init_starts_a_project_that_checks(remindr: Remindr, tmp_path: Path) -> None:
    started = remindr("init", tmp_path / "new", "--name", "Oak & Sons", "--email", "a@oak.example", "--currency", "EUR")
    assert started.code == 0, started.err
    exports = tmp_path / "new" / "exports"
    exports.mkdir(exist_ok=True)
    (exports / "invoices.csv").write_text(INVOICES, encoding="utf-8")
    settings = tmp_path / "new" / "remindr.yaml"
    lines = [line for line in settings.read_text().splitlines() if not line.strip().startswith("customers:")]
    settings.write_text("\n".join(lines) + "\n")
    checked = remindr("check", "-C", tmp_path / "new")
    assert checked.code == 0, checked.err
    again = remindr("init", tmp_path / "new")
    assert again.code == 2
    assert "already" in again.err


def test_schemas_of_what_people_write_are_schemas(remindr: Remindr) -> None:
    schemas = remindr("schema").json
    assert set(schemas) == {"remindr.yaml", "sequences/*.yaml"}
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_the_golden_example(remindr: Remindr, quickstart: Path, expected: Callable[[str, str], None]) -> None:
    """examples/quickstart/expected is what the example gives; run with --update-expected to accept a change."""
    segments = remindr("segment", "-C", quickstart, *AS_OF, "--json").json
    short = {one["customer_id"]: [one["segment"], *one["traits"]] for one in segments["customers"]}
    expected("segments.json", json.dumps(short, indent=1, ensure_ascii=False) + "\n")
    expected("plan.json", remindr("preview", "-C", quickstart, *AS_OF, "--json").out)


def channels_of(notices: Iterable[dict[str, Any]]) -> set[str]:
    return {channel for notice in notices for channel in notice["channels"]}


def test_the_example_shows_everything_it_was_made_for(remindr: Remindr, quickstart: Path) -> None:
    plan = remindr("preview", "-C", quickstart, *AS_OF, "--json").json
    notices = plan["notices"]
    assert {notice["segment"] for notice in notices} == {"new", "problem", "slow", "reliable"}
    assert channels_of(notices) >= {"email", "call", "letter"}
    assert {currency for notice in notices for currency in notice["total"]} == {"GBP", "EUR"}
    assert any(notice["credits"] for notice in notices)
    assert any(notice["level"] == 0 for notice in notices)
    codes = {blocker["code"] for skipped in plan["skipped"] for blocker in skipped["blockers"]}
    assert codes >= {"disputed", "covered_by_credit", "unreadable_row", "next_step_later"}
    assert {flag["code"] for flag in plan["flags"]} >= {
        "turning_late", "moving", "first_contact_old_debt", "disputes_often", "credit_covers_all"
    }  # fmt: skip
    assert plan["quarantined"]


def test_quiet_speaks_once_about_what_only_a_person_can_end(remindr: Remindr, small: Callable[[str], Path]) -> None:
    """After the last step the invoice is a person's: told when it gets there, and not again every day."""
    project = small(INVOICES)
    quiet = [
        remindr("run", "-C", project, "--as-of", day, "-q", "--exit-code")
        for day in ("2026-11-02", "2026-11-09", "2026-11-16", "2026-11-20", "2026-11-23")
    ]
    assert [result.code for result in quiet[:2]] == [0, 0]
    told = [result for result in quiet if result.out]
    assert len(told) == 1
    assert told[0].code == 4
    assert "sequence_used_up" in told[0].out
    assert "0012" in told[0].out


def test_preview_knows_who_is_not_in_the_exports(remindr: Remindr, small: Callable[[str], Path]) -> None:
    result = remindr("preview", "-C", small(INVOICES), *AS_OF, "Nobody")
    assert result.code == 1
    assert "no customer 'Nobody' in the exports" in result.err


def test_preview_finds_a_customer_by_a_part_of_the_name(remindr: Remindr, quickstart: Path) -> None:
    shown = remindr("preview", "kestrel", "-C", quickstart, *AS_OF).out
    assert "── Kestrel Coffee Roasters Ltd (00102)" in shown
    assert shown.count("── ") == 1


def test_preview_says_what_a_run_would_be_refused_for(remindr: Remindr, small: Callable[[str], Path]) -> None:
    project = small(INVOICES)
    settings = project / "remindr.yaml"
    settings.write_text(settings.read_text().replace("3000 days", "2 days").replace("invoices.csv", "invoices-*.csv"))
    (project / "invoices.csv").rename(project / "invoices-2026-11-10.csv")
    result = remindr("preview", "-C", project, *AS_OF)
    assert result.code == 0
    assert "a run would be refused: the export is of 2026-11-10" in result.err


def test_the_starters_invented_company_writes_to_nobody(remindr: Remindr, tmp_path: Path) -> None:
    project = tmp_path / "new"
    assert remindr("init", project).code == 0
    (project / "exports" / "invoices.csv").write_text(INVOICES, encoding="utf-8")
    result = remindr("run", "-C", project)
    assert result.code == 2
    assert "still the starter's" in result.err


def test_a_day_written_another_way_is_asked_for_in_iso_form(remindr: Remindr, quickstart: Path) -> None:
    result = remindr("preview", "-C", quickstart, "--as-of", "25.11.2026")
    assert result.code == 2
    assert "'25.11.2026' is not a day; write it as year-month-day, like 2026-11-20" in result.err


def test_notes_are_recorded_listed_and_taken_back_as_documents(
    remindr: Remindr, quickstart: Path, validate: Callable[[Any], None]
) -> None:
    here = ("-C", quickstart, *AS_OF, "--json", "--by", "Ada")
    made = remindr("note", "kestrel", "promise", "--until", "2026-12-01", "--amount", "100", *here).json
    listed = remindr("note", "kestrel", *here).json
    gone = remindr("note", "kestrel", "--undo", *here).json
    for document in (made, listed, gone):
        validate(document)
    assert made["notes"] == [{**listed["notes"][0], "stands": None}]
    assert (listed["notes"][0]["stands"], gone["taken_back"]) == ("open", True)


def test_a_note_says_what_it_lacks(remindr: Remindr, quickstart: Path) -> None:
    here = ("-C", quickstart, *AS_OF)
    said = remindr("note", "kestrel", "promise", *here)
    assert (said.code, said.err.splitlines()[0]) == (2, "a promise needs a day")
    said = remindr("note", "kestrel", "promised", *here)
    assert (said.code, said.err.splitlines()[0]) == (2, "unknown kind of note 'promised'")
    said = remindr("note", "kestrel", "promise", "--until", "2026-12-01", "--amount", "9000", *here)
    assert (said.code, "is more than what is open" in said.err) == (1, True)
    assert not (quickstart / ".remindr" / "journal.db").exists()
