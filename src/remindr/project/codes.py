"""Codes that a file may name and that only a library can tell from a slip of the pen."""

from collections.abc import Iterator

from remindr.errors import Problem
from remindr.project.late_payment import written_fees
from remindr.project.rules import mapping
from remindr.project.yaml import Document


def unknown_codes(document: Document) -> Iterator[Problem]:
    """Every currency, country, language and holiday region in remindr.yaml that does not exist."""
    yield from _company(document)
    yield from _region(document)


def _company(document: Document) -> Iterator[Problem]:
    from babel.core import get_global
    from babel.localedata import exists

    company = mapping(document.data, "company")
    currency, country, language = (str(company.get(key, "")) for key in ("currency", "country", "language"))
    currencies, countries = get_global("all_currencies"), get_global("territory_currencies")
    if _is_code(currency, 3) and currency not in currencies:
        hint = "write its code of three capital letters: GBP, EUR"
        yield document.problem(("company", "currency"), f"unknown currency '{currency}'", hint=hint)
    if _is_code(country, 2) and country not in countries:
        meant = get_global("territory_aliases").get(country, ())
        hint = f"did you mean '{meant[0]}'?" if meant else "write its code of two capital letters: GB, DE"
        yield document.problem(("company", "country"), f"unknown country '{country}'", hint=hint)
    for code in mapping(document.data, "currencies"):
        if _is_code(code, 3) and code not in currencies:
            hint = "write its code of three capital letters: GBP, EUR"
            yield document.problem(("currencies", code), f"unknown currency '{code}'", hint=hint, key=True)
    for path, amount in (amount for fee in written_fees(document) for amount in fee.amounts):
        if amount.unit and _is_code(amount.unit, 3) and amount.unit not in currencies:
            hint = "write its code of three capital letters: GBP, EUR"
            yield document.problem(path, f"unknown currency '{amount.unit}'", hint=hint, within=amount.unit)
    if language.partition("-")[0].islower() and not exists(language.replace("-", "_")):
        hint = "write its code: en, de, pt-BR"
        yield document.problem(("company", "language"), f"unknown language '{language}'", hint=hint)


def _is_code(written: str, length: int) -> bool:
    """Whether a value looks like a code at all; if not, that has been told already."""
    return len(written) == length and written.isalpha() and written.isupper()


def _region(document: Document) -> Iterator[Problem]:
    written = mapping(document.data, "reminding").get("holidays")
    if not isinstance(written, str):
        return
    import holidays

    regions = holidays.list_supported_countries(include_aliases=False)
    country, _, part = written.partition("-")
    path = ("reminding", "holidays")
    if country not in regions:
        hint = "write it like GB, GB-ENG or DE-BY"
        yield document.problem(path, f"unknown country '{country}'", hint=hint, within=country)
    elif part and part not in regions[country]:
        known = ", ".join(f"{country}-{name}" for name in regions[country])
        hint = f"known: {known}" if known else f"holidays of {country} are the same everywhere: write {country}"
        yield document.problem(path, f"unknown region '{written}'", hint=hint)
