"""The page as a file: small, closed to the network, and unmoved by what stands in names."""

import json
import re
from base64 import b64decode, b64encode
from hashlib import sha256
from html.parser import HTMLParser
from zlib import decompress

import pytest
from pages import case, page_of, reminders, row

from remindr.pages.preview import PACK, in_script

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "<img src=x onerror=alert(1)>",
    "\"'`&amp;&lt;",
    "\u2028\u2029\x00\ufeff\ud800",
)


class Elements(HTMLParser):
    """Which elements a page opens, and the text of its scripts by id or type."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.opened: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.scripts and self.cdata_elem == "script":
            self.scripts[-1] += data


def test_a_message_with_its_reasons_takes_less_than_a_kilobyte() -> None:
    assert len(page_of(reminders(1000))) < 1_000_000


def test_every_customer_is_in_the_page_once_and_in_order() -> None:
    count = 2 * PACK + 1
    found = Elements(page_of((row(number), case(number)) for number in range(count)))
    data, *packs, _ = found.scripts
    unpacked = [json.loads(decompress(b64decode(pack))) for pack in packs]
    assert json.loads(data)["rows"]["id"] == [row(number)["id"] for number in range(count)]
    assert [why for pack in unpacked for why in pack["why"]] == [case(number)["why"] for number in range(count)]


def test_a_page_without_anybody_is_a_page() -> None:
    data = json.loads(Elements(page_of(iter(()))).scripts[0])
    assert data["rows"]["id"] == []


@pytest.mark.parametrize("name", HOSTILE)
def test_names_add_no_element_to_the_page_and_are_what_they_were(name: str) -> None:
    plain = Elements(page_of(iter([(row(), case())]), company="Harbour"))
    found = Elements(page_of(iter([(row(name=name, to=name), case(sentences=[name]))]), company="Harbour"))
    assert [tag for tag, _ in found.opened] == [tag for tag, _ in plain.opened]
    assert json.loads(found.scripts[0])["rows"]["name"] == [name]


def test_the_company_is_written_as_text_too() -> None:
    assert "<b>Bold</b>" not in page_of(iter([(row(), case())]), company="<b>Bold</b> Ltd")


def test_json_for_a_script_is_plain_ascii_without_an_angle_bracket() -> None:
    for name in HOSTILE:
        written = in_script([name])
        assert written.isascii()
        assert "<" not in written
        assert json.loads(written) == [name]


def test_only_the_script_of_the_package_may_run_and_nothing_may_be_fetched() -> None:
    page = page_of(iter([(row(), case())]))
    found = Elements(page)
    policy = next(attrs["content"] for _, attrs in found.opened if attrs.get("http-equiv"))
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == f"'sha256-{b64encode(sha256(found.scripts[-1].encode()).digest()).decode()}'"
    assert not re.search(r"(?:src|href)=\"?(?:https?:)?//", page)
