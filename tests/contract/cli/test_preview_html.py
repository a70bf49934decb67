"""`preview --html`: a private file that appears whole, the same decisions as the preview itself, clear refusals."""

import json
import os
import re
import stat
import sys
import zlib
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

AS_OF = ("--as-of", "2026-11-20")
Remindr = Callable[..., Any]


def rows(page: str) -> list[dict[str, Any]]:
    """The list of the page."""
    found = re.search(r'id="data">(.*?)</script>', page)
    assert found
    columns = json.loads(found[1])["rows"]
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def cases(page: str) -> list[dict[str, Any]]:
    """What the page knows of each customer of its list."""
    packs = [json.loads(zlib.decompress(b64decode(pack))) for pack in re.findall(r'class="pack">(.*?)<', page)]
    return [dict(zip(pack, values, strict=True)) for pack in packs for values in zip(*pack.values(), strict=True)]


def test_the_page_says_what_the_preview_says(remindr: Remindr, quickstart: Path, tmp_path: Path) -> None:
    plan = remindr("preview", "-C", quickstart, *AS_OF, "--json").json
    page = remindr("preview", "-C", quickstart, *AS_OF, "--html", "-").out
    listed, told = rows(page), cases(page)
    going = [(row, case) for row, case in zip(listed, told, strict=True) if row["state"] == "goes out"]
    assert [row["id"] for row, _ in going] == [notice["customer_id"] for notice in plan["notices"]]
    for (row, case), notice in zip(going, plan["notices"], strict=True):
        assert (row["segment"], row["to"]) == (notice["segment"], notice["to"].replace("\n", ", "))
        assert row["step"] == f"{notice['sequence']} / {notice['step']}"
        assert [message["channel"] for message in case["messages"]] == notice["channels"]
        assert (case["messages"][0]["subject"], case["messages"][0]["text"]) == (notice["subject"], notice["body"])
        assert case["why"] == notice["why"]
    silent = {
        (row["id"], invoice["id"]): ([one["code"] for one in invoice["reasons"]], invoice["next"])
        for row, case in zip(listed, told, strict=True)
        for invoice in case["invoices"]
        if invoice["reasons"]
    }
    assert silent == {
        (one["customer_id"], one["invoice_id"]): (
            [blocker["code"] for blocker in one["blockers"]], one["next_contact"] or "",
        )
        for one in plan["skipped"]
    }  # fmt: skip
    flags = [(row["id"], one["code"]) for row, case in zip(listed, told, strict=True) for one in case["flags"]]
    assert flags == [(flag["customer_id"], flag["code"]) for flag in plan["flags"]]


@pytest.mark.parametrize("customer", ["00102", "00110"])
def test_the_reasons_are_those_of_explain(remindr: Remindr, quickstart: Path, customer: str) -> None:
    explained = remindr("explain", "-C", quickstart, *AS_OF, customer, "-v", "--json").json
    (case,) = cases(remindr("preview", "-C", quickstart, *AS_OF, customer, "--html", "-").out)
    assert case["sentences"] == explained["sentences"][1:]


def test_the_page_can_be_about_one_customer(remindr: Remindr, quickstart: Path) -> None:
    assert [row["id"] for row in rows(remindr("preview", "-C", quickstart, *AS_OF, "00102", "--html", "-").out)] == [
        "00102"
    ]
    refused = remindr("preview", "-C", quickstart, *AS_OF, "nobody", "--html", "-")
    assert (refused.code, refused.out) == (1, "")
    assert "no customer 'nobody'" in refused.err


def test_the_file_is_for_its_owner_alone_and_replaces_an_older_one(
    remindr: Remindr, quickstart: Path, tmp_path: Path
) -> None:
    target = tmp_path / "preview.html"
    target.write_text("old")
    target.chmod(0o644)
    result = remindr("preview", "-C", quickstart, *AS_OF, "--html", target)
    assert (result.code, result.out.partition(". ")[0]) == (0, f"{target}: 29 notices, 10 customers left alone, 0.1 MB")
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if "preview" in path.name] == ["preview.html"]


def test_a_link_leads_to_the_file_and_a_device_stays_one(remindr: Remindr, quickstart: Path, tmp_path: Path) -> None:
    target, link = tmp_path / "page.html", tmp_path / "link.html"
    link.symlink_to(target)
    assert remindr("preview", "-C", quickstart, *AS_OF, "--html", link).code == 0
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert remindr("preview", "-C", quickstart, *AS_OF, "--html", os.devnull).code == 0
    assert not Path(os.devnull).is_file()


def test_nothing_else_in_the_project_changes(remindr: Remindr, quickstart: Path) -> None:
    before = sorted(quickstart.rglob("*"))
    assert remindr("preview", "-C", quickstart, *AS_OF, "--html", "-", "-q").code == 0
    assert sorted(quickstart.rglob("*")) == before


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (".", "is a folder"),
        ("nowhere/preview.html", "there is no folder"),
        pytest.param(
            "/proc/preview.html",
            "cannot be written: ",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="no /proc"),
        ),
    ],
)
def test_a_place_that_cannot_be_written_is_named(
    remindr: Remindr, quickstart: Path, place: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(quickstart)
    result = remindr("preview", *AS_OF, "--html", place)
    assert result.code == 1
    assert said in result.err
    assert "hint: " in result.err
    assert result.out == ""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--json", "--html", "page.html"), "--json"),
        (("--open",), "--open"),
        (("--html", "-", "--open"), "--open"),
    ],
)
def test_options_that_contradict_each_other_are_mistakes(
    remindr: Remindr, quickstart: Path, options: tuple[str, ...], said: str
) -> None:
    result = remindr("preview", "-C", quickstart, *AS_OF, *options)
    assert result.code == 2
    assert said in result.err
    assert not (quickstart / "page.html").exists()


def test_open_shows_the_file_in_the_browser_that_is_set_up(
    remindr: Remindr, quickstart: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    viewer = tmp_path / "viewer"
    viewer.write_text(f'#!/bin/sh\necho "$1" > {seen}\n')
    viewer.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{viewer} %s")
    target = tmp_path / "a page.html"
    assert remindr("preview", "-C", quickstart, *AS_OF, "--html", target, "--open").code == 0
    assert seen.read_text().strip() == target.as_uri()


def test_a_notice_without_words_is_shown_as_held(remindr: Remindr, quickstart: Path) -> None:
    broken = quickstart / "templates" / "gentle" / "first.sms.j2"
    broken.write_text("{{ 1 // (invoices|length - 1) }}")
    (quickstart / "templates" / "gentle" / "first.call.j2").write_text("{{ 1 // (invoices|length - 1) }}")
    result = remindr("preview", "-C", quickstart, *AS_OF, "--html", "-")
    held = [
        (row["id"], case["held"]) for row, case in zip(rows(result.out), cases(result.out), strict=True) if case["held"]
    ]
    assert result.code == 3
    assert [customer for customer, _ in held] == ["00105", "00209"]
    assert all("templates/gentle/first." in why for _, why in held)


def test_the_files_of_an_e_mail_stand_in_its_head(remindr: Remindr, quickstart: Path) -> None:
    settings = quickstart / "remindr.yaml"
    wish = "    dir: outbox\n    attach: invoices/{invoice_id}.pdf\n"
    settings.write_text(settings.read_text(encoding="utf-8").replace("    dir: outbox\n", wish), encoding="utf-8")
    (quickstart / "invoices").mkdir()
    (quickstart / "invoices" / "HF-4380.pdf").write_bytes(b"%PDF-1.7")
    told = cases(remindr("preview", "-C", quickstart, *AS_OF, "--html", "-").out)
    lines = [message["lines"] for case in told for message in case["messages"] if "lines" in message]
    assert lines == [[["With", "1 attachment, 1 kB (HF-4380.pdf)"]]]
