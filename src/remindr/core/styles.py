"""How a customer is spoken to: casually, briefly or formally, and by what name."""

from collections.abc import Mapping

from remindr.core.cleaning import one_line
from remindr.model.book import Customer
from remindr.model.policy import STYLES, Style, Styles

_KNOWN: dict[str, Style] = {style: style for style in STYLES}


class Speaker:
    """A project's styles, ready to be put into what templates see."""

    def __init__(self, written: Styles, words: Mapping[str, str]) -> None:
        """`words` are those of `_parts/words.j2`."""
        self._written = written
        self._industries = {_folded(name): style for name, style in written.industries.items()}
        self._words = words

    def style(self, customer: Customer) -> Style | None:
        """The style of one customer: their own, that of their cell in the export, that of their industry; else None."""
        written, fields = self._written, customer.fields
        if own := written.customers.get(customer.id):
            return own
        if written.column and (told := _KNOWN.get(_folded(fields.get(written.column, "")))):
            return told
        return self._industries.get(_folded(fields.get("industry", "")))

    def facts(self, customer: Customer) -> dict[str, str]:
        """The style, and how the customer is greeted in it; empty where the template's own words will do."""
        names = (self._written.first_name, self._written.last_name)
        first, last = (one_line(customer.fields.get(name)) for name in names)
        style = self.style(customer)
        greeting = ""
        if style == "casual" and first:
            greeting = self._words["greeting_casual"]
        elif style == "formal":
            greeting = self._words["greeting_formal" if last else "greeting_unknown"]
        greeting = " ".join(greeting.replace("{first_name}", first).replace("{last_name}", last).split())
        return {"style": style or "", "greeting": greeting}


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
