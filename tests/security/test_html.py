"""What an export says is text in every page: no element and no attribute that a harmless export does not lead to."""

from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path

from hostile import EVERY, KINDS
from siege import Siege

_URLS = ("href", "src", "action", "srcset", "poster", "background", "formaction")
_OURS = ("https://pay.harbourfinch.example/", "mailto:accounts@harbourfinch.example")
_VOID = ("br", "meta", "col", "hr", "img", "link", "input", "wbr")


class Structure(HTMLParser):
    """The elements of a page with the names of their attributes, all addresses, and what else is no text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.addresses: list[str] = []
        self.others: list[str] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, *(name for name, _ in attrs)))
        self.addresses += [value or "" for name, value in attrs if name in _URLS]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def shape(self) -> tuple[tuple[str, ...], ...]:
        """The elements without line breaks: an address may have more or fewer lines."""
        return tuple(one for one in self.elements if one[0] != "br")


def pages(siege: Siege) -> Iterator[tuple[str, str]]:
    """The page of every e-mail and letter, with the kind of message it is."""
    for file in siege.files():
        if file.suffix == ".html":
            yield "letter", file.read_text("utf-8")
        elif file.suffix == ".eml":
            message = message_from_bytes(file.read_bytes(), policy=default)
            part = message.get_body(("html",))
            assert part is not None
            yield "email", part.get_content()


def test_every_page_has_the_shape_of_a_harmless_one(siege: Siege, twin: Siege, show: Callable[..., None]) -> None:
    known = {(kind, Structure(page).shape) for kind, page in pages(twin)}
    seen = 0
    for kind, page in pages(siege):
        found = Structure(page)
        assert found.open == []
        assert found.others == []
        assert (kind, found.shape) in known
        assert all(one.startswith(_OURS) for one in found.addresses), found.addresses
        seen += 1
    show(f"html: {len(EVERY)} texts, {seen} pages, 0 elements or attributes of their own")
    assert seen > len(EVERY)


def test_the_page_for_the_browser_has_the_shape_of_a_harmless_one(siege: Siege, twin: Siege) -> None:
    ours, theirs = (Structure(page_of(one).read_text("utf-8")) for one in (siege, twin))
    assert ours.open == []
    without_data = [[one for one in page.shape if one[0] != "script"] for page in (ours, theirs)]
    assert without_data[0] == without_data[1]
    assert {name for one in ours.elements if one[0] == "script" for name in one} <= {"script", "type", "id", "class"}
    assert ours.others == theirs.others


def page_of(siege: Siege) -> Path:
    return siege.root.parent / "page.html"


def test_all_json_can_be_read_and_has_the_texts_as_they_stand(siege: Siege) -> None:
    documents = siege.documents()
    assert {name.split()[0] for name in documents} == {"segment", "preview", "run", "status"}
    named = {one["customer_name"] for one in documents["preview --json"]["notices"]}
    assert {text for text in KINDS["html"] if text not in named} == set()


def test_what_looks_like_a_template_is_text(siege: Siege) -> None:
    shown = {one["customer_name"]: one for one in siege.documents()["preview --json"]["notices"] if one["subject"]}
    for text in ("{{ 7*7 }}", "{% raw %}", "{{ customer.name }}", "%s", "{0}", "<%= 7*7 %>", "${7*7}"):
        assert text in shown[text]["subject"]
        assert f"Dear {text}," in shown[text]["body"]
