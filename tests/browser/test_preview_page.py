"""The preview page as people use it: find, read, move by keyboard, print, on a phone, with hostile names in it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import need_chromium
from pages import case, page_of, row
from playwright.sync_api import Page, expect

need_chromium()

OpenPage = Callable[..., Page]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
HOSTILE = (
    "</script><script>document.title='broken'</script>",
    "<img src=https://evil.example/x onerror=\"document.title='broken'\">",
    "\"><iframe src='javascript:parent.document.title=1'>",
    "' onclick='document.title=1' \u2028\u2029 &lt;b&gt;",
)


def names(page: Page) -> list[str]:
    """The customers in sight."""
    return page.locator("[role=option] .name").all_inner_texts()


# Finding


def test_the_overview_counts_what_goes_out_and_what_does_not(open_page: OpenPage, example: Path) -> None:
    page = open_page(example)
    expect(page.locator("#read h2")).to_have_text("29 customers hear from you, about 27,058.48 GBP and 14,996.10 EUR.")
    expect(page.locator("#read")).to_contain_text("10 customers with open invoices are left alone")
    expect(page.locator("#read")).to_contain_text("exports/invoices-2026-11-20.csv:293")
    expect(page.locator("#count")).to_have_text("39 customers")


@pytest.mark.parametrize(
    ("field", "value", "count"),
    [
        ("segment", "slow", "10 of 39"),
        ("step", "gentle / first", "9 of 39"),
        ("channel", "letter", "2 of 39"),
        ("flag", "turning_late", "1 of 39"),
        ("reason", "on_hold", "1 of 39"),
    ],
)
def test_each_filter_leaves_what_it_says(
    open_page: OpenPage, example: Path, field: str, value: str, count: str
) -> None:
    page = open_page(example)
    page.locator("#more summary").click()
    page.locator(f"select[name={field}]").select_option(value)
    expect(page.locator("#count")).to_contain_text(count)
    expect(page.locator("#active")).to_have_text("1 on")


def test_filters_add_up_and_are_cleared_together(open_page: OpenPage, example: Path) -> None:
    page = open_page(example)
    page.get_by_text("Going out").click()
    page.locator("#more summary").click()
    page.get_by_label("Amount at least").fill("5000")
    page.get_by_label("Sort by").select_option("name")
    assert names(page) == [
        "Blackthorn Scaffolding Ltd", "Brindle & Hale Architects LLP", "Fenwick Marine Supplies Ltd",
    ]  # fmt: skip
    page.get_by_role("searchbox").fill("nobody of that name")
    expect(page.locator("#nobody")).to_be_visible()
    page.locator("#clear").click()
    expect(page.locator("#count")).to_have_text("39 customers")


def test_a_search_finds_names_numbers_invoices_and_addresses(open_page: OpenPage, example: Path) -> None:
    page = open_page(example)
    for asked in ("kestrel", "00102", "HF-4370", "accounts@KestrelCoffee"):
        page.get_by_role("searchbox").fill(asked)
        assert names(page) == ["Kestrel Coffee Roasters Ltd"]


def test_a_line_of_the_overview_leads_to_its_customers(open_page: OpenPage, example: Path) -> None:
    page = open_page(example)
    page.get_by_role("button", name="turning late 1").click()
    assert names(page) == ["Carrickmore Boatyard"]
    page.get_by_role("button", name="disputed 1").click()
    assert names(page) == ["The Lantern Theatre Trust"]


# Reading


def test_a_mail_is_shown_as_the_customer_sees_it_beside_the_reasons(open_page: OpenPage, example: Path) -> None:
    page = open_page(example)
    page.get_by_text("Kestrel Coffee Roasters Ltd").click()
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("Hello Kestrel Coffee Roasters Ltd")
    expect(page.frame_locator("iframe").locator("table")).to_contain_text("£423.24")
    expect(page.locator(".lines")).to_contain_text("A reminder about invoice HF-4370")
    expect(page.locator(".margin")).to_contain_text("HF-4370 is 6 days past due")
    expect(page.locator(".margin")).to_contain_text("(remindr.yaml:60)")
    expect(page.locator(".margin")).to_contain_text("Days late, on average")
    expect(page.locator(".open")).to_contain_text("asked for")
    page.get_by_role("button", name="E-mail as text").click()
    expect(page.locator(".plain")).to_contain_text("Hello Kestrel Coffee Roasters Ltd")


@pytest.mark.parametrize(
    ("customer", "said"),
    [
        ("Pellow & Daughters", "Good morning, this is [your name]"),
        ("Atelier Grünewald", "+49 69 90009 191"),
        ("Saltmarsh Cycles", "credit on the account covers the whole balance"),
        ("Merriweather, Lowe & Co", "The next contact is on 7 December 2026."),
    ],
)
def test_calls_texts_and_silence_are_told_too(open_page: OpenPage, example: Path, customer: str, said: str) -> None:
    page = open_page(example)
    page.get_by_role("searchbox").fill(customer)
    page.locator("[role=option]").click()
    expect(page.locator(".case")).to_contain_text(said)


def test_a_letter_is_shown_whole_without_a_scroll_bar_of_its_own(open_page: OpenPage, example: Path) -> None:
    page = open_page(example)
    page.get_by_role("searchbox").fill("Thistlebank")
    page.locator("[role=option]").click()
    expect(page.frame_locator("iframe").locator(".to")).to_contain_text("Thistlebank Nursery")
    inside = page.frame_locator("iframe").locator("html").evaluate("html => html.scrollHeight")
    assert page.locator("iframe").evaluate("frame => frame.clientHeight") >= inside


def test_a_place_in_the_page_can_be_kept(open_page: OpenPage, example: Path) -> None:
    page = open_page(example, "#customer=00105")
    expect(page.locator("#read h2")).to_have_text("Pellow & Daughters")
    assert open_page(example, "#customer=%nobody").locator(".overview").is_visible()


def test_what_a_person_should_know_first_stands_over_the_numbers(open_page: OpenPage, tmp_path: Path) -> None:
    path = tmp_path / "preview.html"
    note = "A run would be refused: the export is 12 days old"
    path.write_text(page_of(iter([(row(), case())]), notes=[note]), encoding="utf-8")
    page = open_page(path)
    expect(page.get_by_role("note")).to_have_text(note)
    expect(page.locator("#read")).to_contain_text("Nobody else has an open invoice.")


def test_a_page_about_nobody_says_so(open_page: OpenPage, tmp_path: Path) -> None:
    path = tmp_path / "preview.html"
    path.write_text(page_of(iter(())), encoding="utf-8")
    page = open_page(path)
    expect(page.locator("#read h2")).to_have_text("Nobody hears from you.")
    page.keyboard.press("j")
    expect(page.locator("#count")).to_have_text("0 customers")


# Keys


def test_everything_can_be_done_without_a_mouse(open_page: OpenPage, example: Path) -> None:
    page = open_page(example)
    keys = page.keyboard
    keys.press("j")
    keys.press("j")
    expect(page.locator("#read h2")).to_have_text("Kestrel Coffee Roasters Ltd")
    keys.press("k")
    expect(page.locator("#read h2")).to_have_text("Ashdown Joinery Ltd")
    keys.press("/")
    keys.type("puddlefoot")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.locator("#read h2")).to_be_focused()
    expect(page.locator("#read h2")).to_have_text("Puddlefoot Day Nurseries Ltd")
    keys.press("v")
    expect(page.locator(".plain")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("#customers")).to_be_focused()
    keys.press("Escape")
    expect(page.locator(".overview")).to_be_visible()
    keys.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_enter_in_the_search_reads_the_first_that_fits(open_page: OpenPage, example: Path) -> None:
    page = open_page(example)
    page.keyboard.press("/")
    page.keyboard.type("HF-4370")
    page.keyboard.press("Enter")
    expect(page.locator("#read h2")).to_be_focused()
    expect(page.locator("#read h2")).to_have_text("Kestrel Coffee Roasters Ltd")


def test_keys_work_from_inside_a_mail(open_page: OpenPage, example: Path) -> None:
    page = open_page(example, "#customer=00102")
    page.frame_locator("iframe").get_by_role("link").first.focus()
    page.keyboard.press("j")
    expect(page.locator("#read h2")).to_have_text("O'Hanrahan Tiling")


def test_where_the_keyboard_is_can_be_seen(open_page: OpenPage, example: Path) -> None:
    page = open_page(example, "#customer=00102")
    page.keyboard.press("Tab")
    unseen = []
    for _ in range(14):
        page.keyboard.press("Tab")
        unseen += page.evaluate(
            """() => {
                const at = document.activeElement;
                const shown = at.type === "radio" ? at.nextElementSibling : at;
                const free = at === document.body || at.tagName === "IFRAME";
                return free || getComputedStyle(shown).outlineStyle !== "none" ? [] : [at.outerHTML.slice(0, 80)];
            }"""
        )
    assert unseen == []


# A large book


def test_of_five_thousand_customers_only_those_in_sight_are_drawn(open_page: OpenPage, crowd: Path) -> None:
    assert crowd.stat().st_size < 5_000_000
    page = open_page(crowd)
    expect(page.locator("#count")).to_have_text("5,000 customers")
    assert page.locator("[role=option]").count() < 40
    page.locator("#customers").focus()
    page.keyboard.press("End")
    expect(page.locator("#read h2")).to_have_text("Catering 4999 Ltd")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_attribute("aria-posinset", "5000")
    assert page.locator("[role=option]").count() < 40
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("4999")


# Hostile names


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A page on which everything that comes from outside tries to break out."""
    entries = []
    for number, name in enumerate(HOSTILE):
        shown = {"channel": "email", "subject": name, "text": name, "html": f"<p>Hello</p>{name}"}
        plain = {"channel": "call", "subject": name, "text": name, "html": None}
        told = case(number, shown, plain, sentences=[name], why=[name], held=name, instead=name)  # type: ignore[arg-type]
        told["flags"] = [{"code": name, "detail": name, "invoice": name}]
        entries.append((row(number, name=name, id=name, segment=name, step=name, to=name, flags=[name]), told))
    page = tmp_path / "hostile.html"
    cell = {"place": HOSTILE[0], "customer": HOSTILE[1], "column": HOSTILE[2], "value": HOSTILE[3], "reason": "x"}
    text = page_of(iter(entries), company=HOSTILE[0], notes=list(HOSTILE), unreadable=[cell], day=HOSTILE[1])
    page.write_text(text, encoding="utf-8")
    return page


def test_hostile_names_stay_text_everywhere(open_page: OpenPage, hostile: Path) -> None:
    page = open_page(hostile)
    before = page.title()
    assert page.locator("[role=option] .name").all_text_contents() == list(HOSTILE)
    for number, name in enumerate(HOSTILE):
        page.locator("[role=option]").nth(number).click()
        expect(page.locator("iframe")).to_be_visible()
        assert page.locator("#read h2").text_content() == name
        assert page.locator("#read .why p").first.text_content() == name
        page.get_by_role("button", name="Call notes").click()
        assert page.locator(".plain").text_content() == name
    assert page.title() == before
    assert page.locator("#app img, #app script, #app object, #app embed").count() == 0


def test_a_mail_can_neither_run_a_script_nor_leave_its_frame(open_page: OpenPage, tmp_path: Path) -> None:
    html = (
        "<!DOCTYPE html><html><head><title>x</title></head><body>"
        "<script>parent.document.title='broken'</script><img src=https://evil.example/pixel.gif>"
        "<p onclick=\"parent.document.title='broken'\">Press</p>"
        "<a href='https://evil.example/'>Leave</a><a target=_top href='https://evil.example/'>Leave all</a>"
        "<form action='https://evil.example/'><button>Send</button></form></body></html>"
    )
    shown = {"channel": "email", "subject": "x", "text": "x", "html": html}
    path = tmp_path / "preview.html"
    path.write_text(page_of(iter([(row(), case(1, shown))])), encoding="utf-8")  # type: ignore[arg-type]
    page = open_page(path)
    before = page.title()
    page.locator("[role=option]").click()
    mail = page.frame_locator("iframe")
    for pressed in ("Press", "Leave", "Leave all", "Send"):
        mail.get_by_text(pressed, exact=True).click()
    expect(mail.get_by_text("Press")).to_be_visible()
    assert page.title() == before
    assert len(page.context.pages) == 1


# For everybody


@pytest.mark.parametrize(("scheme", "size"), [("light", DESKTOP), ("dark", PHONE)], ids=["desktop", "phone"])
def test_axe_finds_nothing_to_mend(open_page: OpenPage, example: Path, scheme: str, size: dict[str, int]) -> None:
    page = open_page(example, viewport=size, color_scheme=scheme)
    found = [Axe().run(page)]
    page.locator("#home").click()
    found.append(Axe().run(page))
    for customer in ("00102", "00104", "00209"):
        page.goto(f"{example.as_uri()}#customer={customer}")
        expect(page.locator(".case")).to_be_visible()
        found.append(Axe().run(page))
    page.evaluate("document.querySelector('#more').open = true; document.querySelector('#help').showModal()")
    found.append(Axe().run(page))
    assert [result.generate_report() for result in found if result.violations_count] == []


def test_a_phone_shows_the_list_or_what_is_read_and_never_scrolls_sideways(open_page: OpenPage, example: Path) -> None:
    page = open_page(example, viewport=PHONE)
    expect(page.locator("#read")).to_be_hidden()
    page.get_by_text("Kestrel Coffee Roasters Ltd").click()
    expect(page.locator("#customers")).to_be_hidden()
    expect(page.locator("#read h2")).to_have_text("Kestrel Coffee Roasters Ltd")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("#read").evaluate("node => node.scrollWidth") <= 390
    page.go_back()
    expect(page.locator("#customers")).to_be_visible()
    page.locator("#home").click()
    expect(page.locator(".overview")).to_be_visible()
    assert page.locator("#read").evaluate("node => node.scrollWidth") <= 390


# Paper


def printed(page: Page) -> str:
    """What stands on paper, once it was asked for."""
    page.emulate_media(media="print")
    return page.locator("#paper").inner_text()


def keep_paper(page: Page) -> None:
    """A browser without a head has no printer: the paper stays where the test can read it."""
    page.evaluate("window.print = () => { document.body.dataset.printed = 'yes'; }")


def test_what_is_read_is_printed_alone(open_page: OpenPage, example: Path) -> None:
    page = open_page(example, "#customer=00102")
    keep_paper(page)
    page.get_by_role("button", name="Print", exact=True).click()
    page.wait_for_selector("body[data-printed]")
    text = printed(page)
    assert "Hello Kestrel Coffee Roasters Ltd" in text
    assert "HF-4370 is 6 days past due" in text
    assert "O'Hanrahan" not in text
    assert page.locator("#app").is_hidden()


def test_those_that_are_shown_are_printed_each_on_a_page(open_page: OpenPage, example: Path) -> None:
    page = open_page(example)
    keep_paper(page)
    page.get_by_role("searchbox").fill("backerei")
    page.get_by_text("Print these").click()
    page.wait_for_selector("body[data-printed]")
    assert page.locator("#paper article").count() == len(names(page))
    assert "Bäckerei Vogelsang GmbH" in printed(page)


def test_the_browsers_own_print_command_prints_the_list(open_page: OpenPage, example: Path) -> None:
    page = open_page(example)
    assert page.pdf().startswith(b"%PDF")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert "Merriweather, Lowe & Co" in printed(page)
