"""One self-contained page: what everybody hears, and why, for a browser without a network.

The list lies in the page as plain JSON. The cases are many times as much and mostly repeat each other: they are
compressed in packs of neighbours, and the browser unpacks the one that it needs.
"""

import json
import zlib
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from remindr.pages.document import Case, Head, Row
from remindr.pages.frame import asset, rendered

PACK = 128  # cases that are compressed together


class PreviewPage:
    """Takes customers one by one, then gives the page."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._loose: list[Case] = []
        self._packs: list[str] = []

    def add(self, row: Row, case: Case) -> None:
        """Puts a customer at the end of the list."""
        self._rows.append(row)
        self._loose.append(case)
        if len(self._loose) == PACK:
            self._close_pack()

    def html(self, head: Head) -> str:
        """The whole page."""
        if self._loose:
            self._close_pack()
        data = {"head": head, "pack": PACK, "rows": _columns(self._rows, Row)}
        return rendered(
            "preview",
            script=asset("preview.js"),
            head=head,
            data=Markup(in_script(data)),  # noqa: S704  # JSON that cannot end its element
            packs=self._packs,
        )

    def _close_pack(self) -> None:
        packed = zlib.compress(_compact(_columns(self._loose, Case)).encode(), 9)
        self._packs.append(b64encode(packed).decode())
        self._loose = []


def in_script(value: Any) -> str:
    """JSON that stays inside its script element whatever names say: in ASCII, and without a `<`."""
    return _compact(value).replace("<", "\\u003c")


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def _columns(records: Sequence[Any], shape: type) -> dict[str, list[Any]]:
    """Records turned on their side: each key is written once, and what is alike stands together to be compressed."""
    return {key: [record[key] for record in records] for key in shape.__annotations__}
