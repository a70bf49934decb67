"""What pydantic found wrong, told as somebody who has never heard of it would want to read it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from remindr.errors import Problem
from remindr.model.rule import parse_rule
from remindr.model.terms import Level, Miswritten
from remindr.model.written import Written
from remindr.project.near import did_you_mean, nearest
from remindr.project.text import quoted

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from remindr.project.yaml import Document, Keys


def problems_of(error: "ValidationError", document: "Document", model: type[Written]) -> list[Problem]:
    """Every mistake in a file, each once and at its place."""
    mistakes = [_Mistake(details, document, model) for details in error.errors(include_url=False)]
    guessed = {mistake.guess for mistake in mistakes}
    return [
        problem
        for mistake in mistakes
        if mistake.kind != "missing" or mistake.path not in guessed
        for problem in mistake.problems()
    ]


class _Mistake:
    """One error of pydantic's and the place it is about."""

    def __init__(self, details: "ErrorDetails", document: "Document", model: type[Written]) -> None:
        self.details, self.document = details, document
        self.about_key = details["loc"][-1:] == ("[key]",)
        self.path: Keys = details["loc"][:-1] if self.about_key else details["loc"]
        self.kind = details["type"]
        self.written: Any = details["input"]
        self.label = quoted(self.path[-1]) if self.path and isinstance(self.path[-1], str) else "an entry"
        self._around = _model_at(model, self.path[:-1])

    @property
    def guess(self) -> "Keys | None":
        """The path that an unknown key was probably meant to have."""
        near = self.kind == "extra_forbidden" and nearest(str(self.path[-1]), _names(self._around))
        return (*self.path[:-1], near) if near else None

    def problems(self) -> Iterator[Problem]:
        """The mistake in words; several where one rule holds several."""
        if self.kind == "missing":
            yield self._missing()
        elif self.kind == "extra_forbidden":
            hint = did_you_mean(str(self.path[-1]), _names(self._around))
            yield self._problem(f"unknown key {self.label}", hint, key=True)
        elif self.kind == "literal_error":
            yield self._unlisted()
        elif self.kind == "value_error":
            yield from self._miswritten(self.details["ctx"]["error"])
        else:
            what, hint = self._wrong_kind()
            yield self._problem(what, hint)

    def _problem(self, what: str, hint: str | None = None, *, within: str | None = None, key: bool = False) -> Problem:
        told = self.document.problem(self.path, what, hint=hint, within=within, key=key or self.about_key)
        return replace(told, source=None) if self._is_secret else told  # the line may have it

    @property
    def _is_secret(self) -> bool:
        return self.path[-1:] in (("password",), ("token",))

    def _missing(self) -> Problem:
        field = _field(self._around, self.path[-1])
        hint = field.description if field else None
        if self.document.has(self.path):
            return self._problem(f"{self.label} is empty", hint, key=True)
        return self.document.problem(self.path[:-1], f"missing {self.label}", hint=hint, key=len(self.path) > 1)

    def _unlisted(self) -> Problem:
        expected = self.details["ctx"]["expected"]
        known = re.findall(r"'([^']*)'", expected) or re.findall(r"\d+", expected)
        if self.path == ("version",):
            return self._problem("unknown version", "this remindr reads version: 1")
        what = f"unknown channel {quoted(self.written)}" if self.path[-1] in ("by", "also") else ""
        return self._problem(
            what or f"{self.label} cannot be {quoted(self.written)}", did_you_mean(str(self.written), known)
        )

    def _miswritten(self, error: Exception) -> Iterator[Problem]:
        if self._is_rule() and isinstance(self.written, list | dict):
            yield from _rule_mistakes(self.written, self.path, self.document)
        elif isinstance(error, Miswritten):
            yield self._problem(error.what, self._suggestion() or error.hint, within=error.within)
        else:
            yield self._problem(str(error))

    def _is_rule(self) -> bool:
        return self.path[-1] in ("when", "if") or self.path[:-1] in (("traits",), ("flags",))

    def _suggestion(self) -> str | None:
        """A better hint where the words are known and too many to list."""
        word = str(self.written)
        if self.path[-1] == "level":
            return did_you_mean(word, [level.word for level in Level])
        if self.path[-1] == "starts_at" or (self.about_key and self.path[-2:-1] == ("fees",)):
            return did_you_mean(word, [level.word for level in Level if level])
        if self.path[-1] == "timezone":
            return _time_zone_hint(word)
        if self.about_key and self.path[0] == "currencies":
            return f"did you mean '{word.upper()}'?" if re.fullmatch("[A-Za-z]{3}", word) else None
        if self.about_key or self.path[-1] in ("name", "id"):
            slug = re.sub(r"[^a-z0-9]+", "-", word.casefold()).strip("-")
            return f"did you mean '{slug}'? {self.details['ctx']['error'].hint}" if slug[:1].isalpha() else None
        return None

    def _wrong_kind(self) -> tuple[str, str | None]:
        if self.written is None:
            return f"{self.label} is empty", None
        if self.kind in ("model_type", "mapping_type", "dict_type") and self._is_secret:
            return (
                f"the {self.path[-1]} does not stand in this file",
                "write where it is: env, file or command below it",
            )
        if self.kind in ("model_type", "mapping_type", "dict_type"):
            return f"{self.label} takes settings of its own", "write them below it, one 'key: value' a line, indented"
        if self.kind in ("tuple_type", "list_type"):
            return f"{self.label} takes a list", "write one item a line below it, each with '- ' before it"
        if self.kind in ("bool_type", "bool_parsing"):
            return f"{self.label} takes true or false", None
        if self.kind == "string_type":
            return f"{self.label} takes a text", "put it in quotes: '…'"
        if self.kind in ("too_short", "string_too_short"):
            return f"{self.label} is empty", None
        if self.kind in ("int_type", "int_parsing", "int_from_float"):
            return f"{self.label} takes a whole number", "write it in digits: 2"
        limit = next(
            (f"at {word} {self.details['ctx'][key]}" for key, word in _LIMITS if key in self.details.get("ctx", ())),
            None,
        )
        return f"{self.label} cannot be {quoted(self.written)}", limit and f"write {limit}"


_LIMITS = (("ge", "least"), ("le", "most"))


def _rule_mistakes(written: Any, path: "Keys", document: "Document") -> Iterator[Problem]:
    """Every mistake of a rule; the parser itself stops at the first."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(written, list):
        inner = list(enumerate(written))
    elif isinstance(written, dict) and written.keys() <= {"all", "any", "not"} and len(written) == 1:
        inner = list(written.items())
    found = False
    for key, rule in inner:
        for problem in _rule_mistakes(rule, (*path, key), document):
            found = True
            yield problem
    if not found:
        try:
            parse_rule(written)
        except Miswritten as error:
            yield document.problem(path, error.what, hint=error.hint, within=error.within)


def _time_zone_hint(word: str) -> str | None:
    """The zone that was probably meant; `London` is enough to find `Europe/London`."""
    from zoneinfo import available_timezones

    zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix")))
    by_city = {zone.rpartition("/")[2]: zone for zone in reversed(zones)}
    near = nearest(word, zones) or by_city.get(nearest(word.rpartition("/")[2], by_city) or "")
    return f"did you mean '{near}'?" if near else "write it like Europe/London"


def _names(model: type[Written] | None) -> list[str]:
    """The keys people can write in a model."""
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _field(model: type[Written] | None, key: Any) -> "FieldInfo | None":
    fields = model.model_fields.items() if model else ()
    return next((field for name, field in fields if key == (field.alias or name)), None)


def _model_at(model: type[Written], path: "Keys") -> type[Written] | None:
    """The model that a path in a file leads to; None where it leads to something else."""
    here: Any = model
    for key in path:
        if isinstance(here, type) and issubclass(here, Written):
            field = _field(here, key)
            here = _bare(field.annotation) if field else None
        elif here is not None:
            inner = get_args(here)
            here = _bare(inner[-1] if get_origin(here) is Mapping else inner[0]) if inner else None
    return here if isinstance(here, type) and issubclass(here, Written) else None


def _bare(annotation: Any) -> Any:
    """An annotation without Annotated and None."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return _bare(next(inner for inner in get_args(annotation) if inner is not type(None)))
    return annotation
