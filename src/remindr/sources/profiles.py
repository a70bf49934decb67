"""What is known of the accounting packages: one YAML file for each of their exports in `profiles/`, found by itself.

A profile is data. The model below is its schema and says what each key means; `docs/guide/new-package.md` says how to
write one.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from remindr.model.written import Written
from remindr.sources.folding import bare, fold
from remindr.sources.synonyms import SYNONYMS, Role
from remindr.sources.vocabulary import Kind, State

Row = Literal["invoice", "line", "payment"]
_AMOUNTS: Final = ("amount", "balance", "paid")


def _header_row(pasted: str) -> tuple[str, ...]:
    """The headers of a row as it stands in the file, whatever its delimiter; blank ones left out."""
    delimiter = max(",;\t|", key=pasted.count)
    (row,) = csv.reader([pasted], delimiter=delimiter, skipinitialspace=True)
    return tuple(cell.strip() for cell in row if cell.strip())


def _expression(written: str) -> str:
    try:
        re.compile(written)
    except re.error as error:
        raise ValueError(f"'{written}' is no regular expression: {error}") from None
    return written


HeaderRow = Annotated[tuple[str, ...], BeforeValidator(_header_row)]
Headers = Annotated[tuple[str, ...], BeforeValidator(lambda said: [said] if isinstance(said, str) else said)]
Expression = Annotated[str, AfterValidator(_expression)]


class Profile(Written):
    """One export of one package: the headers it is known by, what its rows are, what its headers and words mean."""

    name: str = Field("", description="The name of the file, without .yaml.")
    package: str = Field("", description="What `sources: format:` calls the package.")
    title: str = Field("", description="What people call this export: Package, Report.")
    role: Role = "invoices"
    experimental: bool = Field(False, description="Not yet proved on a real file; `check` says so.")
    note: str = Field("", description="What `check` tells people who use this export, one sentence.")
    headers: HeaderRow = Field((), description="The row of headers, pasted from an export.")
    sometimes: HeaderRow = Field((), description="Headers that only some versions or settings have.")
    columns: Mapping[str, Headers] = Field(
        default_factory=dict, description="Field to header, or headers of which the first found counts; * is any text."
    )
    without: tuple[str, ...] = Field((), description="Fields that no column is to be taken for.")
    row: Row = Field("invoice", description="What one row is: an invoice, a line of one, or a payment of one.")
    add_up: tuple[Literal["amount", "balance", "paid"], ...] = Field(
        (), description="Amounts of which each row of an invoice holds a part; all others are repeated on each row."
    )
    customer_in_headings: bool = Field(False, description="The customer stands alone in a row above the invoices.")
    jobs: bool = Field(False, description="Customer:Job, or a heading in a group, is a job of Customer.")
    cents: bool = Field(False, description="Amounts are whole cents.")
    dates: Literal["day/month/year", "month/day/year", "day/month"] | None = Field(
        None, description="Order of day and month where a file leaves it open; day/month is a date without a year."
    )
    decimals: Literal["point", "comma"] | None = Field(None, description="Decimal mark where a file leaves it open.")
    payments_may_be_empty: bool = Field(False, description="A payment without an amount is one of nought.")
    written_off_if_unpaid: bool = Field(False, description="What is settled without a payment was written off.")
    statuses: Mapping[str, State] = Field(default_factory=dict, description="The package's words of status.")
    kinds: Mapping[str, Kind] = Field(
        default_factory=dict, description="The package's words for types of document; * is any other."
    )
    numbers: Mapping[Expression, Kind] = Field(
        default_factory=dict, description="Expressions that invoice numbers match, and what such documents are."
    )
    company_currency: Headers = Field((), description="Headers of amounts in the company's own currency.")
    accounts: Expression = Field(
        "", description="What customers' numbers match; a file with rows of other accounts is refused."
    )
    unusable: str = Field("", description="Why such an export is refused, and what to export instead.")
    cells: Mapping[str, Expression] = Field(
        default_factory=dict,
        description="Field or header to an expression that all its cells match; tells packages apart, and moved cells.",
    )

    about: Mapping[str, str] = Field(
        default_factory=dict, description="Field of amounts to a header of amounts that are about as large."
    )
    filled: tuple[str, ...] = Field((), description="Fields of which the package leaves no cell empty.")

    @model_validator(mode="after")
    def _fields_are_known(self) -> Self:
        known = SYNONYMS[self.role].keys()
        headers = {*self.headers, *self.sometimes}
        said = {*self.columns, *self.without, *(self.cells.keys() - headers), *self.add_up, *self.about, *self.filled}
        if unknown := sorted(said - known):
            raise ValueError(f"no field of {self.role} is called {', '.join(unknown)}; known: {', '.join(known)}")
        if both := sorted(self.columns.keys() & set(self.without)):
            raise ValueError(f"under `columns:` and under `without:`, too: {', '.join(both)}")
        return self

    @model_validator(mode="after")
    def _columns_are_headers(self) -> Self:
        words = {*self.headers, *self.sometimes}
        lost = [field for field, named in self.columns.items() if not any(find_header(one, words) for one in named)]
        if lost:
            raise ValueError(f"neither under `headers:` nor under `sometimes:`: {', '.join(lost)}")
        return self

    @cached_property
    def known(self) -> frozenset[str]:
        """The headers every such export has, folded; a unit or zone in brackets is no part of them."""
        return frozenset(filter(None, map(bare, self.headers)))

    @cached_property
    def known_sometimes(self) -> frozenset[str]:
        """The headers that some such exports have, folded."""
        return frozenset(filter(None, map(bare, self.sometimes)))

    @cached_property
    def used(self) -> frozenset[str]:
        """The headers of the columns that something is read from, folded."""
        return frozenset(bare(word) for words in self.columns.values() for word in words)

    @cached_property
    def states(self) -> Mapping[str, State]:
        """Folded words of status and what they mean."""
        return {fold(word): state for word, state in self.statuses.items()}

    @cached_property
    def papers(self) -> Mapping[str, Kind]:
        """Folded words for types of document and what they mean."""
        return {fold(word): kind for word, kind in self.kinds.items()}

    @cached_property
    def converted(self) -> frozenset[str]:
        """The headers of amounts in the company's own currency, whatever the invoice's is, folded."""
        return frozenset(map(bare, self.company_currency))

    @property
    def added(self) -> tuple[str, ...]:
        """The amounts that are added up over the rows of an invoice."""
        return tuple(dict.fromkeys((*self.add_up, "paid"))) if self.row == "payment" else self.add_up

    def headers_in(self, headers: Sequence[str]) -> dict[str, str]:
        """The fields whose header a file has, with that header; an empty one for those that no column is to be."""
        found = {
            field: next(filter(None, (find_header(word, headers) for word in words)), None)
            for field, words in self.columns.items()
        }
        named = {field: header for field, header in found.items() if header}
        return {**dict.fromkeys(self.without, ""), **named}


NO_PROFILE: Final = Profile()
FOLDER: Traversable = files("remindr.sources") / "profiles"


def find_header(written: str, headers: Sequence[str] | set[str]) -> str | None:
    """The header that a profile's word means; `*` in it stands for any text."""
    start, star, end = written.partition("*")
    if not star or not fold(start + end):
        return next((header for header in headers if fold(header) == fold(written)), None)
    starts, ends = fold(start), fold(end)
    return next((one for one in headers if fold(one).startswith(starts) and fold(one).endswith(ends)), None)


@cache
def all_profiles() -> tuple[Profile, ...]:
    """Every profile there is, in the order of their names."""
    found = sorted((file for file in FOLDER.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return tuple(read_profile(file.name.removesuffix(".yaml"), file.read_text("utf-8")) for file in found)


@cache
def known_headers(role: Role) -> frozenset[str]:
    """The headers of all profiles of a role, folded."""
    return frozenset().union(*(profile.known for profile in all_profiles() if profile.role == role))


def read_profile(name: str, text: str) -> Profile:
    """The profile that a YAML text holds; a ValueError tells what is wrong with it."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where the wheel has it
    try:
        written: dict[str, Any] = yaml.load(text, loader)  # noqa: S506  # both are safe
    except yaml.YAMLError as error:
        raise ValueError(f"profiles/{name}.yaml: {error}") from None
    missing = [key for key in ("package", "title", "role", "headers", "columns") if not written.get(key)]
    if missing:
        raise ValueError(f"profiles/{name}.yaml: lacks {', '.join(missing)}")
    try:
        return Profile.model_validate({**written, "name": name})
    except ValidationError as error:
        raise ValueError(f"profiles/{name}.yaml: {error}") from None
