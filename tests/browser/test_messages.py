"""E-mails and letters as customers see them: on a desk and on a phone, in light and in dark, on paper."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import need_chromium
from messages import FRIDAY, customer, line, notice, policy, source
from playwright.sync_api import Browser, Page

from remindr.core.compose import Composer
from remindr.model.outcome import Progress
from remindr.model.plan import ChannelName
from remindr.model.policy import Policy

need_chromium()

STARTER = Path(__file__).parents[2] / "templates"
MESSAGE = "firm/formal.email"
BOTH = pytest.mark.parametrize("scheme", ["light", "dark"])
WIDTHS = pytest.mark.parametrize("width", [1280, 390])
WIDE = {"balance": "1234567.89", "amount": "2345678.90"}


def html(channel: ChannelName, count: int, number: str = "INV-2026-00{}", **changed: str) -> str:
    """The formal notice to a problem account about so many invoices, with all that can stand beside them."""
    given = policy(
        pay_link="https://pay.example/{invoice_id}", address="1 Quay\nBristol", phone="+44 20 7946 0018",
        how_to_pay="By bank transfer to Harbour & Finch Ltd\nSort code 00-00-00, account 00000000",
    )  # fmt: skip
    words = source((STARTER / f"{MESSAGE}.j2").read_text(encoding="utf-8"), MESSAGE)
    composer = Composer(Policy(given.project, given.sequences, {**given.templates, MESSAGE: words}), FRIDAY)
    lines = [line(number.format(100 + place), days=40 - place, level=3, **changed) for place in range(count)]
    to_send = notice(
        *lines, who=customer(address="1 High Street\nYork YO1 1AA"), channels=(channel,), sequence="firm",
        step="formal", also_open=(line("INV-2026-00900", days=2, level=None),), respond_by=FRIDAY + timedelta(days=7),
    )  # fmt: skip
    (message,) = composer.compose(to_send, {}, Progress())
    return message.html or ""


@pytest.fixture
def show(browser: Browser) -> Iterator[object]:
    """Opens a page of its own for HTML."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def opened(page: Page, content: str, width: int, scheme: str) -> Page:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_content(content)
    return page


@BOTH
@WIDTHS
@pytest.mark.parametrize("count", [1, 12])
def test_everybody_can_read_an_e_mail(show: Page, scheme: str, width: int, count: int) -> None:
    found = Axe().run(opened(show, html("email", count), width, scheme), options={"runOnly": ["wcag2a", "wcag2aa"]})
    assert found.violations_count == 0, found.generate_report()


@WIDTHS
@pytest.mark.parametrize("number", ["HF-{}", "INV-2026-NORTH-{}", "INV2026000042{}"])
def test_an_e_mail_is_read_without_moving_it_sideways(show: Page, width: int, number: str) -> None:
    page = opened(show, html("email", 3, number, **WIDE), width, "light")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_total_stands_out(show: Page) -> None:
    page = opened(show, html("email", 3), 390, "light")
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    assert page.locator(".total td").evaluate(size) > page.locator("tbody td").first.evaluate(size)


def test_what_one_invoice_comes_to_is_bold_and_what_is_for_information_is_not(show: Page) -> None:
    weights = opened(show, html("email", 1), 390, "light").locator("tbody td:last-child")
    assert weights.evaluate_all("cells => cells.map(cell => getComputedStyle(cell).fontWeight)") == ["600", "400"]


@pytest.mark.parametrize("count", [1, 6])
def test_a_letter_fits_on_one_sheet(show: Page, tmp_path: Path, count: int) -> None:
    sheet = tmp_path / "letter.pdf"
    opened(show, html("letter", count), 624, "light").pdf(path=sheet, prefer_css_page_size=True)
    assert len(re.findall(rb"/Type */Page\b", sheet.read_bytes())) == 1


def test_the_address_of_a_letter_stands_in_the_window_of_the_envelope(show: Page) -> None:
    """From 45 to 85 mm below the upper edge of the sheet; the page begins 16 mm below it."""
    page = opened(show, html("letter", 1), 624, "light")
    page.emulate_media(media="print")
    box = page.locator(".to").bounding_box()
    assert box is not None
    top, bottom = (16 + edge / 96 * 25.4 for edge in (box["y"], box["y"] + box["height"]))
    assert 45 < top < bottom < 85


def test_a_letter_prints_where_to_pay_online_as_words(show: Page) -> None:
    page = opened(show, html("letter", 1), 624, "light")
    assert "https://pay.example/INV-2026-00100" in page.locator(".pay").inner_text()
    assert (
        page.locator(".button").evaluate("element => getComputedStyle(element).backgroundColor") == "rgba(0, 0, 0, 0)"
    )
