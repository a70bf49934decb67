"""Invoices as attachments: found in the project's folder, told by preview, in the e-mail of the run."""

from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

AS_OF = ("--as-of", "2026-11-20")
Remindr = Callable[..., Any]
PDF = b"%PDF-1.7\n" + b"x" * 991

INVOICES = """\
Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance
INV-1,007,Oak & Sons,ap@oak.example,2026-10-01,2026-10-31,120.00,120.00
INV-2,007,Oak & Sons,ap@oak.example,2026-10-05,2026-11-04,50.00,50.00
"""


@pytest.fixture
def project(small: Callable[[str], Path]) -> Callable[..., Path]:
    """A project with an attachment setting, an export, and files by their paths."""

    def make(attach: str, files: dict[str, bytes], invoices: str = INVOICES) -> Path:
        made = small(invoices)
        with (made / "remindr.yaml").open("a", encoding="utf-8") as settings:
            settings.write(f"delivery:\n  email:\n    attach: {attach}\n")
        for path, content in files.items():
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).write_bytes(content)
        return made

    return make


def planned(remindr: Remindr, project: Path) -> tuple[list[str], list[str]]:
    """The paths that would be attached, and what is said of those that would not."""
    plan = remindr("preview", "-C", project, *AS_OF, "--json").json
    paths = [one["file"] for notice in plan["notices"] for one in notice.get("attachments", ())]
    return paths, [why for notice in plan["notices"] for why in notice["why"] if "attached" in why]


def test_preview_tells_of_the_files_and_run_sends_them(remindr: Remindr, project: Callable[..., Path]) -> None:
    made = project("invoices/{invoice_id}.pdf", {"invoices/INV-1.pdf": PDF, "invoices/INV-2.pdf": PDF + b"2"})
    assert "\nthe e-mails have 2 attachments, 3 kB\n" in remindr("preview", "-C", made, *AS_OF).out
    assert "\nWith: 2 attachments, 3 kB (INV-1.pdf, INV-2.pdf)\n" in remindr("preview", "-C", made, *AS_OF, "-v").out
    assert remindr("run", "-C", made, *AS_OF).code == 0
    (file,) = (made / "outbox").rglob("*.eml")
    read = message_from_bytes(file.read_bytes(), policy=policy.default)
    sent = [(part.get_filename(), part.get_payload(decode=True)) for part in read.iter_attachments()]
    assert sent == [("INV-1.pdf", PDF), ("INV-2.pdf", PDF + b"2")]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "there is no file invoices/INV-1.pdf"),
        (b"", "invoices/INV-1.pdf is empty"),
        (b"MZ\x90\0 a program", "invoices/INV-1.pdf is no PDF, whatever its name says"),
    ],
)
def test_a_file_that_cannot_be_sent_is_left_out_and_told(
    remindr: Remindr, project: Callable[..., Path], content: bytes | None, why: str
) -> None:
    files = {"invoices/INV-2.pdf": PDF} | ({} if content is None else {"invoices/INV-1.pdf": content})
    paths, told = planned(remindr, project("invoices/{invoice_id}.pdf", files))
    assert (paths, told) == (["invoices/INV-2.pdf"], [f"INV-1 is not attached: {why}"])


def test_a_notice_is_held_until_its_files_are_there_if_that_is_wished(
    remindr: Remindr, project: Callable[..., Path]
) -> None:
    made = project("{pattern: 'invoices/{invoice_id}.pdf', if_missing: hold}", {"invoices/INV-1.pdf": PDF})
    plan = remindr("preview", "-C", made, *AS_OF, "--json").json
    assert plan["notices"] == []
    assert {one["invoice_id"]: one["blockers"][0]["detail"] for one in plan["skipped"]} == {
        "INV-1": "it goes with INV-2, for which there is no file invoices/INV-2.pdf",
        "INV-2": "there is no file invoices/INV-2.pdf",
    }
    assert {one["code"] for one in plan["flags"]} == {"no_attachment"}
    assert remindr("run", "-C", made, *AS_OF, "--exit-code").code == 4
    (made / "invoices" / "INV-2.pdf").write_bytes(PDF)
    assert remindr("run", "-C", made, *AS_OF, "--json").json["sent"] == {"email": 1}


HOSTILE = """\
Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance
../secret,007,Oak & Sons,ap@oak.example,2026-10-01,2026-10-31,120.00,120.00
/etc/hosts,007,Oak & Sons,ap@oak.example,2026-10-01,2026-10-31,120.00,120.00
..,007,Oak & Sons,ap@oak.example,2026-10-01,2026-10-31,120.00,120.00
*,007,Oak & Sons,ap@oak.example,2026-10-01,2026-10-31,120.00,120.00
link,007,Oak & Sons,ap@oak.example,2026-10-01,2026-10-31,120.00,120.00
folder,007,Oak & Sons,ap@oak.example,2026-10-01,2026-10-31,120.00,120.00
2026/17,007,Oak & Sons,ap@oak.example,2026-10-01,2026-10-31,120.00,120.00
"""


@pytest.mark.parametrize("pattern", ["invoices/{invoice_id}.pdf", "'invoices/*{invoice_id}.pdf'"])
def test_no_number_gets_a_file_from_elsewhere(remindr: Remindr, project: Callable[..., Path], pattern: str) -> None:
    made = project(pattern, {"secret.pdf": PDF, "invoices/2026-17.pdf": PDF}, HOSTILE)
    (made / "invoices" / "link.pdf").symlink_to(made / "secret.pdf")
    (made / "invoices" / "folder.pdf").mkdir()
    paths, told = planned(remindr, made)
    assert paths == ["invoices/2026-17.pdf"]
    assert len(told) == 6


def test_the_folder_itself_may_be_a_link(remindr: Remindr, project: Callable[..., Path], tmp_path: Path) -> None:
    made = project("invoices/{invoice_id}.pdf", {})
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "INV-1.pdf").write_bytes(PDF)
    (made / "invoices").symlink_to(tmp_path / "share")
    assert planned(remindr, made)[0] == ["invoices/INV-1.pdf"]


ALIKE = """\
Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance
17,007,Oak & Sons,ap@oak.example,2026-10-01,2026-10-31,120.00,120.00
17,008,Elm Ltd,ap@elm.example,2026-10-05,2026-11-04,50.00,50.00
"""


def test_a_number_of_two_customers_is_attached_only_where_the_pattern_tells_them_apart(
    remindr: Remindr, project: Callable[..., Path]
) -> None:
    files = {"invoices/17.pdf": PDF, "invoices/007/17.pdf": PDF, "invoices/008/17.pdf": PDF}
    paths, told = planned(remindr, project("invoices/{invoice_id}.pdf", files, ALIKE))
    assert paths == []
    assert (
        told
        == ["17 is not attached: invoices/17.pdf would be another invoice's, too; {customer_id} can tell them apart"]
        * 2
    )
    made = project("'invoices/{customer_id}/{invoice_id}.pdf'", files, ALIKE)
    assert planned(remindr, made)[0] == ["invoices/007/17.pdf", "invoices/008/17.pdf"]


def test_a_pattern_with_a_star_takes_no_file_of_a_longer_number(remindr: Remindr, project: Callable[..., Path]) -> None:
    files = {"invoices/Oak INV-10.pdf": PDF, "invoices/Oak INV-2 a.pdf": PDF}
    invoices = INVOICES + "INV-2 a,008,Elm Ltd,ap@elm.example,2026-10-05,2026-11-30,50.00,50.00\n"
    paths, told = planned(remindr, project("'invoices/* {invoice_id}.pdf'", files, invoices))
    assert paths == []
    assert told[0] == "INV-1 is not attached: there is no file invoices/* INV-1.pdf"


def test_of_several_files_for_an_invoice_none_is_taken_and_all_are_told(
    remindr: Remindr, project: Callable[..., Path]
) -> None:
    files = {"invoices/a/INV-1.pdf": PDF, "invoices/b/INV-1.pdf": PDF, "invoices/b/INV-2.pdf": PDF}
    paths, told = planned(remindr, project("'invoices/*/{invoice_id}.pdf'", files))
    assert paths == ["invoices/b/INV-2.pdf"]
    assert told == ["INV-1 is not attached: there are 2 files for it: invoices/a/INV-1.pdf, invoices/b/INV-1.pdf"]


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("invoices/all.pdf", "every invoice has a file of its own"),
        ("'../{invoice_id}.pdf'", "files are taken from inside the project alone"),
        ("'/srv/{invoice_id}.pdf'", "files are taken from inside the project alone"),
        ("'C:/srv/{invoice_id}.pdf'", "files are taken from inside the project alone"),
        ("'invoices/{invoice_id}'", "does not say what kind of file it is"),
        ("'{invoice_no}.pdf'", "nothing is filled in for '{invoice_no}'"),
        ("'{customer_id}/*{invoice_id}.pdf'", "beside '*' there is room for one {invoice_id}"),
        ("{pattern: '{invoice_id}.pdf', at_most: 5 parsecs}", "'5 parsecs' is not a size"),
    ],
)
def test_a_pattern_that_cannot_work_is_refused_at_its_place(
    remindr: Remindr, project: Callable[..., Path], pattern: str, told: str
) -> None:
    result = remindr("preview", "-C", project(pattern, {}), *AS_OF)
    assert result.code == 2
    assert told in result.err
    assert "remindr.yaml:" in result.err


def test_check_counts_the_open_invoices_that_cannot_be_attached(remindr: Remindr, project: Callable[..., Path]) -> None:
    made = project("invoices/{invoice_id}.pdf", {"invoices/INV-2.pdf": PDF})
    told = remindr("check", "-C", made, *AS_OF).err
    assert "1 of 2 open invoices cannot be attached; INV-1: there is no file invoices/INV-1.pdf" in told
    assert "remindr.yaml:17:5" in told
    (made / "invoices" / "INV-1.pdf").write_bytes(PDF)
    assert "cannot be attached" not in remindr("check", "-C", made, *AS_OF).err


def test_explain_says_what_is_missing(remindr: Remindr, project: Callable[..., Path]) -> None:
    made = project("{pattern: 'invoices/{invoice_id}.pdf', if_missing: hold}", {})
    told = remindr("explain", "-C", made, *AS_OF, "INV-1")
    assert told.code == 0
    assert "there is no file invoices/INV-1.pdf" in told.out
