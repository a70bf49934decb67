"""The browser that pages are tested in: Debian's chromium, or any of its kind on PATH."""

import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)


def need_chromium() -> None:
    """Skips the whole module without it, in one line that says what to do."""
    if CHROMIUM is None:
        pytest.skip(
            "pages are not tested in a browser: no chromium (apt-get install chromium)", allow_module_level=True
        )
