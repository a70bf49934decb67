"""Pages in a real browser, and what has to hold of every one of them."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import CHROMIUM
from pages import page_of, reminders
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright
from projects import QUICKSTART, copy_quickstart

from remindr.cli import run_app

AS_OF = ("--as-of", "2026-11-20")

OpenPage = Callable[..., Page]

expect.set_options(timeout=30_000)  # a busy machine is no mistake of the page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One chromium for all tests."""
    unboxed = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=unboxed)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens a file at its list. Afterwards: nothing was asked of any network, and no script has stumbled."""
    contexts: list[BrowserContext] = []
    asked: list[str] = []
    said: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    def open_file(path: Path, place: str = "", **settings: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", **settings})
        contexts.append(context)
        context.route(lambda url: not url.startswith("file:"), refuse)
        page = context.new_page()
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(path.as_uri() + place)
        page.wait_for_selector("html[data-ready], html:not(:has(script))")
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert asked == []
    assert said == []


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the example, as the command writes it."""
    folder = tmp_path_factory.mktemp("example")
    page = folder / "preview.html"
    assert run_app(["preview", "-C", str(copy_quickstart(folder / "project")), *AS_OF, "--html", str(page), "-q"]) == 0
    return page


@pytest.fixture(scope="session")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of five thousand messages."""
    page = tmp_path_factory.mktemp("crowd") / "preview.html"
    page.write_text(page_of(reminders(5000)), encoding="utf-8")
    return page


@pytest.fixture(scope="session")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of `remindr try` on the exports of the example."""
    page = tmp_path_factory.mktemp("tried") / "remindr-try.html"
    assert run_app(["try", str(QUICKSTART / "exports"), "--html", str(page), "-q"]) == 0
    return page
