"""The page of a review, as people read it: on a desk and on a phone, in light and in dark, on paper."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import need_chromium
from playwright.sync_api import Page, expect
from projects import copy_quickstart

from remindr.cli import run_app

need_chromium()

OpenPage = Callable[..., Page]
HOSTILE = "<script>document.title='broken'</script><img src=https://evil.example/x onerror=\"document.title='broken'\">"


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the example, one of whose customers has a hostile name and one an override."""
    folder = tmp_path_factory.mktemp("review")
    project, page = copy_quickstart(folder / "project"), folder / "review.html"
    for export in (project / "exports").iterdir():
        text = export.read_text(encoding="utf-8")
        quoted = '"' + HOSTILE.replace('"', '""') + '"'
        export.write_text(text.replace("Larkspur Catering", quoted), encoding="utf-8")
    settings = project / "remindr.yaml"
    override = "overrides:\n  00108:\n    segment: slow\n    reason: asked for it\n"
    settings.write_text(settings.read_text(encoding="utf-8") + override, encoding="utf-8")
    options = ["--as-of", "2026-11-20", "--since", "2026-08-15", "-q"]
    assert run_app(["segment", "-C", str(project), *options, "--html", str(page)]) == 0
    return page


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)], ids=["desktop", "phone"])
def test_everybody_can_read_it_without_moving_it_sideways(
    open_page: OpenPage, review: Path, scheme: str, width: int
) -> None:
    page = open_page(review, viewport={"width": width, "height": 844}, color_scheme=scheme)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.title().startswith("Review of 1 November 2026")
    expect(page.locator("article h3").nth(1)).to_contain_text(HOSTILE)
    assert page.locator("script, img").count() == 0


def test_on_paper_each_decision_has_a_box_and_no_customer_is_cut_in_two(open_page: OpenPage, review: Path) -> None:
    page = open_page(review, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.locator("article").count() * 3 == page.locator("article .box").count() == 9
    assert page.locator("article").first.evaluate("node => getComputedStyle(node).breakInside") == "avoid"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
