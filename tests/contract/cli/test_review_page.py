"""`segment --changes --html`: who moves and why, and decisions that do what they say when they are copied."""

import html
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

AS_OF = ("--as-of", "2026-11-20")
SINCE = ("--since", "2026-08-15")
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
Remindr = Callable[..., Any]


def page_of(remindr: Remindr, project: Path, *options: str) -> str:
    result = remindr("segment", "-C", project, *(options or (*AS_OF, *SINCE)), "--html", "-")
    assert result.code == 0, result.err
    page: str = result.out
    return page


def text_of(page: str) -> str:
    """What people read, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<main>")[2])).split())


def card_of(page: str, name: str) -> str:
    """What stands about one customer."""
    cards: list[str] = re.findall(r"<article>.*?</article>", page, re.DOTALL)
    return next(card for card in cards if f"<bdi>{name}<" in card)


def to_copy(card: str) -> list[str]:
    """What can be copied: the lines of the override, the command."""
    return [html.unescape(text) for text in re.findall(r"<pre>(.*?)</pre>", card, re.DOTALL)]


def test_everybody_who_moves_stands_on_the_page_in_the_words_of_the_terminal(
    remindr: Remindr, quickstart: Path
) -> None:
    told = remindr("segment", "-C", quickstart, *AS_OF, *SINCE).out
    page = page_of(remindr, quickstart)
    shown = text_of(page)
    assert "Review of 1 November 2026" in page
    assert "3 customers moved, 1 on the way, 0 in a provisional segment for long." in shown
    assert "Together they owe 553.05 EUR + 745.20 GBP open" in shown
    assert "The next review is on 1 December 2026." in shown
    for name in ("Larkspur Catering", "Saoirse Books", "Gasthof Hirschenau"):
        why = told.partition(f"{name}: ")[2] if name != "Saoirse Books" else told.partition("on the way")[2]
        numbers = next(line.strip() for line in why.splitlines() if line.startswith("      "))
        assert numbers in text_of(f"<main>{card_of(page, name)}")


def test_a_card_says_what_they_owe_what_they_hear_and_what_a_person_should_know(
    remindr: Remindr, quickstart: Path
) -> None:
    page = page_of(remindr, quickstart)
    moved = text_of(f"<main>{card_of(page, 'Larkspur Catering')}")
    assert "00113 reliable → slow since 1 October 2026" in moved
    assert "745.20 GBP open, 745.20 GBP overdue" in moved
    assert "Before 'gentle' (warm), where the step 'first' would be next, on 20 November 2026." in moved
    assert "Now 'steady' (formal), where the step 'first' is next, on 20 November 2026." in moved
    assert "Flag first_contact_old_debt: the oldest unpaid invoice is 132 days overdue (over 90)" in moved
    heading = text_of(f"<main>{card_of(page, 'Saoirse Books')}")
    assert "reliable → slow from 1 January 2027 on; reliable since 1 October 2026" in heading
    assert "Earlier new → reliable on 1 October 2026" in heading


def test_nobody_stands_on_the_page_twice(remindr: Remindr, quickstart: Path) -> None:
    assert page_of(remindr, quickstart).count("<article>") == 3  # Saoirse Books moved and is on the way again


def test_whoever_is_left_moves_on_the_day_that_the_page_names(remindr: Remindr, quickstart: Path) -> None:
    card = text_of(f"<main>{card_of(page_of(remindr, quickstart), 'Saoirse Books')}")
    assert (
        "it happens by itself on 1 January 2027, if the reviews from 1 December 2026 until then find the same" in card
    )
    for day, segment in (("2026-12-31", "reliable"), ("2027-01-01", "slow")):
        shown = remindr("segment", "00303", "-C", quickstart, "--as-of", day, "--json").json
        assert shown["customers"][0]["segment"] == segment


def test_the_lines_of_an_override_hold_until_the_review_after_the_move(remindr: Remindr, quickstart: Path) -> None:
    lines, _ = to_copy(card_of(page_of(remindr, quickstart), "Saoirse Books"))
    settings = quickstart / "remindr.yaml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(f"{before}\noverrides:\n{lines}\n", encoding="utf-8")
    refused = remindr("segment", "-C", quickstart, *AS_OF)
    assert (refused.code, "reason" in refused.err) == (2, True)  # nobody forgets to say why
    filled = lines.replace('""', '"a new bookkeeper, June & <b>Co</b>"')
    settings.write_text(f"{before}\noverrides:\n{filled}\n", encoding="utf-8")
    for day, segment in (("2027-02-01", "reliable"), ("2027-02-02", "slow")):
        shown = remindr("segment", "00303", "-C", quickstart, "--as-of", day, "--json").json
        assert shown["customers"][0]["segment"] == segment
    page = page_of(remindr, quickstart, "--changes", "--as-of", "2027-02-01")
    row = text_of(f"<main>{page.partition('Set by a person')[2]}")
    assert "Saoirse Books 00303 reliable 1 February 2027 slow a new bookkeeper, June & <b>Co</b>" in row
    assert "Below 'overrides:' in remindr.yaml." in text_of(page_of(remindr, quickstart))


def test_the_hold_of_a_call_keeps_everything_back_until_the_day_that_the_page_names(
    remindr: Remindr, quickstart: Path
) -> None:
    card = card_of(page_of(remindr, quickstart), "Larkspur Catering")
    assert (
        "Ring by 20 November 2026; with this hold nothing overdue is asked for before Wednesday, 25 November 2026."
        in card
    )
    program, *words = shlex.split(to_copy(card)[1])
    assert (program, words[:3]) == ("remindr", ["note", "00113", "hold"])
    assert remindr(*words, "-C", quickstart, *AS_OF).code == 0
    hears = {}
    for day in ("20", "21", "22", "23", "24", "25"):
        plan = remindr("preview", "-C", quickstart, "--as-of", f"2026-11-{day}", "--json").json
        hears[day] = "00113" in [notice["customer_id"] for notice in plan["notices"]]
    assert [day for day, heard in hears.items() if heard] == ["25"]


def test_where_nothing_goes_out_there_is_nothing_to_hold_back(remindr: Remindr, quickstart: Path) -> None:
    card = card_of(page_of(remindr, quickstart), "Gasthof Hirschenau")  # a row about them cannot be read
    assert "as things stand nothing goes out" in card
    assert len(to_copy(card)) == 1


@pytest.fixture
def stays(small: Callable[[str], Path]) -> Path:
    """Somebody with a hostile name, one invoice in January, never paid, and nothing since."""
    project = small(
        "Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance\n"
        f"0012,00'7: #,{HOSTILE},ap@oak.example,2026-01-10,2026-02-09,120.00,120.00\n"
    )
    settings = project / "remindr.yaml"
    segments = "segments:\n  - name: new\n    when: paid_invoices < 3\n    provisional: true\n    sequence: plain\n"
    settings.write_text(settings.read_text().replace("segments:\n", segments))
    return project


def test_a_hostile_name_is_text_and_what_is_copied_means_that_customer(remindr: Remindr, stays: Path) -> None:
    page = page_of(remindr, stays, *AS_OF, "--changes")
    assert not re.search("<(script|img)", page)
    assert html.escape(HOSTILE) in page
    assert "script-src" not in page
    lines, command = to_copy(card_of(page, html.escape(HOSTILE)))
    assert remindr(*shlex.split(command)[1:], "-C", stays, *AS_OF).code == 0
    settings = stays / "remindr.yaml"
    settings.write_text(settings.read_text() + "overrides:\n" + lines.replace('""', "asked") + "\n")
    shown = remindr("segment", "-C", stays, *AS_OF, "--json").json["customers"]
    assert [(one["customer_id"], one["segment"]) for one in shown] == [("00'7: #", "everybody")]


def test_whoever_stays_new_for_long_gets_a_segment_to_choose(remindr: Remindr, stays: Path) -> None:
    told = text_of(page_of(remindr, stays, *AS_OF, "--changes"))
    assert "they stay in 'new' until more is known of how they pay" in told
    assert "They go to the segment that you choose (everybody) until 1 December 2026, the next review." in told


def test_a_review_without_changes_is_a_page(remindr: Remindr, quickstart: Path) -> None:
    page = page_of(remindr, quickstart, "--as-of", "2026-11-20", "--changes")
    assert "0 customers moved, 1 on the way" in page
    nobody = remindr("segment", "00102", "-C", quickstart, *AS_OF, "--changes", "--html", "-").out
    assert "0 customers moved, 0 on the way" in nobody
    assert "<article>" not in nobody


def test_the_file_is_told_and_quiet_is_quiet(remindr: Remindr, quickstart: Path, tmp_path: Path) -> None:
    target = tmp_path / "review.html"
    told = remindr("segment", "-C", quickstart, *AS_OF, *SINCE, "--html", target)
    assert told.out.startswith(
        f"{target}: 3 customers moved, 1 on the way, 0 in a provisional segment for long. It holds"
    )
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert remindr("segment", "-C", quickstart, *AS_OF, *SINCE, "--html", target, "-q").out == ""


def test_a_page_without_changes_is_refused_with_the_command_to_type(remindr: Remindr, quickstart: Path) -> None:
    refused = remindr("segment", "-C", quickstart, *AS_OF, "--html", "review.html")
    assert refused.code == 2
    assert "hint: remindr segment --changes --html review.html" in refused.err


@pytest.mark.parametrize(
    "options",
    [
        ("--changes", "--html", "-", "--json"),
        ("--changes", "--html", "-", "--csv"),
        ("--changes", "--open"),
        ("--changes", "--html", "-", "--open"),
    ],
)
def test_options_that_contradict_each_other_are_mistakes(
    remindr: Remindr, quickstart: Path, options: tuple[str, ...]
) -> None:
    result = remindr("segment", "-C", quickstart, *AS_OF, *options)
    assert (result.code, result.out) == (2, "")
