"""The page of `remindr try`: everybody's segment on top, and a segment narrows the list to its customers."""

from collections.abc import Callable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from chromium import need_chromium
from playwright.sync_api import Page, expect

need_chromium()

OpenPage = Callable[..., Page]


def test_a_segment_shows_its_customers_with_the_reason_and_narrows_the_list(open_page: OpenPage, tried: Path) -> None:
    page = open_page(tried)
    expect(page.locator("#read h2").first).to_have_text("40 customers: 6 new, 6 problem, 10 slow, 18 reliable")
    expect(page.locator("#people tbody tr")).to_have_count(12)
    page.locator("#segments").get_by_role("button", name="problem").click()
    expect(page.locator("#count")).to_have_text("6 of 39 customers")
    expect(page.locator("#people tbody tr")).to_have_count(6)
    expect(page.locator("#people tbody tr").first).to_contain_text("late on average (over 10)")
    page.locator("#segments").get_by_role("button", name="problem").click()
    expect(page.locator("#count")).to_have_text("39 customers")
    page.locator("#people").get_by_role("button", name="and 28 more").click()
    expect(page.locator("#people tbody tr")).to_have_count(40)
    expect(page.locator("#read")).to_contain_text("The days before, replayed")


def test_a_customer_of_a_segment_leads_to_their_notice(open_page: OpenPage, tried: Path) -> None:
    page = open_page(tried)
    name = page.locator("#people tbody button").first
    told = name.inner_text()
    name.click()
    expect(page.locator(".case h2")).to_have_text(told)


def test_the_page_can_be_used_by_everybody(open_page: OpenPage, tried: Path) -> None:
    found = Axe().run(open_page(tried))
    assert found.violations_count == 0, found.generate_report()
