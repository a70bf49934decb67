"""How a template file is read: its heading and body, its lonely tags, its place in the policy.

A template is a text with an optional heading: `Subject: …`, a blank line, the body. A tag on a line of its own
leaves no empty line behind, and one inside a sentence takes nothing with it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jinja2 import BaseLoader, Environment, TemplateNotFound

from remindr.core.sandbox import Sandbox
from remindr.model.policy import TemplateSource

_TAG = r"(?:\{%(?:(?!%\}).)*%\}|\{#(?:(?!#\}).)*#\})"
_ALONE = re.compile(rf"^[ \t]*({_TAG}(?:[ \t]*{_TAG})*)[ \t]*\n", re.MULTILINE | re.DOTALL)
_HEADED = re.compile(r"\A(?:\s*\{#(?:(?!#\}).)*#\})*\s*(?P<subject>subject[ \t]*:)", re.IGNORECASE | re.DOTALL)
_BLANK_LINE = re.compile(r"\n[ \t]*(?:\n|\Z)")
MESSAGE = ":message"
SUBJECT_END = "\x02"  # stands between subject and body of a rendered message; cleaned text cannot hold it


@dataclass(frozen=True, slots=True)
class Parted:
    """A template's text: the value of its `Subject:` (None without one), further heading lines, the body.

    `body_line` and `subject_line` say on which lines of the file they begin, counted from 0.
    """

    subject: str | None
    body: str
    subject_line: int = 0
    body_line: int = 0
    others: tuple[str, ...] = ()


def part(text: str) -> Parted:
    """The text of a template file in its parts."""
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    found = _HEADED.match(text)
    if not found:
        return Parted(None, text)
    end = _BLANK_LINE.search(text, found.end())
    heading, body_at = (text[found.end() : end.start()], end.end()) if end else (text[found.end() :], len(text))
    subject, *others = heading.split("\n")
    lines_before = text.count("\n", 0, found.end())
    return Parted(subject.strip(), text[body_at:], lines_before, text.count("\n", 0, body_at), tuple(others))


def _without_empty_lines(text: str) -> str:
    """The text with the line breaks after lonely tags turned into comments, so that line numbers stay true."""
    return _ALONE.sub(r"\1{#\n#}", text)


class _Loader(BaseLoader):
    """Finds templates in the policy: the body by name, subject and body together by name and `:message`."""

    def __init__(self, sources: Mapping[str, TemplateSource]) -> None:
        self._sources = sources

    def get_source(self, _: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        name = template.removesuffix(MESSAGE).removesuffix(".j2")
        if name not in self._sources:
            raise TemplateNotFound(template)
        source = self._sources[name]
        return ready(source, whole=template.endswith(MESSAGE)), source.path, None


def ready(source: TemplateSource, *, whole: bool) -> str:
    """The text that Jinja gets: the body, or if `whole` the subject, `SUBJECT_END` and the body."""
    parts = part(source.text)
    before = _lines(parts.subject_line) + (parts.subject or "") + SUBJECT_END if whole else ""
    return before + _lines(parts.body_line - before.count("\n")) + _without_empty_lines(parts.body)


def _lines(count: int) -> str:
    """So many lines that print nothing: errors then name the file's own lines."""
    return "{#" + "\n" * count + "#}" if count else ""


def environment(sources: Mapping[str, TemplateSource]) -> Sandbox:
    """The sandbox over these templates. Values are escaped in those called `.html`."""
    return Sandbox(loader=_Loader(sources), autoescape=lambda name: bool(name) and str(name).endswith(".html"))
