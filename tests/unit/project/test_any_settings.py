"""Whatever becomes of a settings file in an editor: it is used, or every mistake has a place and words."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from remindr.errors import Problem, ProjectError
from remindr.model.policy import Project, Sequence
from remindr.model.written import Written
from remindr.project.check import Reading, mistakes
from remindr.project.mistakes import problems_of
from remindr.project.starter import starter_files, starter_settings
from remindr.project.yaml import Document, parse_yaml

SETTINGS = starter_settings()
FILES = {path.as_posix(): text for path, text in starter_files()}
STEADY = FILES["sequences/steady.yaml"]
SNIPPETS = [
    "null",
    "[]",
    "{}",
    "- x",
    "5",
    "true",
    "''",
    "a: b",
    "x > 3",
    "not x",
    "any:",
    "\t",
    "%",
    "é",
    "12 days",
    "#",
]


@dataclass
class Edit:
    """One slip: on the line `at` (in parts of a thousand of the file) something is done."""

    at: int
    what: str
    snippet: str

    def apply(self, text: str) -> str:
        lines = text.split("\n")
        here = self.at * len(lines) // 1000
        line = lines[here]
        lines[here] = {
            "delete": "",
            "repeat": f"{line}\n{line}",
            "indent": f" {line}",
            "dedent": line.removeprefix(" "),
            "value": f"{line.partition(':')[0]}: {self.snippet}",
            "key": f"{self.snippet}:{line.partition(':')[2]}",
            "item": f"{line.partition('-')[0]}- {self.snippet}",
            "insert": f"{line}\n{self.snippet}",
            "swap": line[::-1],
        }[self.what]
        return "\n".join(lines)


WAYS = ["delete", "repeat", "indent", "dedent", "value", "key", "item", "insert", "swap"]
edits = st.lists(st.builds(Edit, st.integers(0, 999), st.sampled_from(WAYS), st.sampled_from(SNIPPETS)), max_size=3)


def read(text: str, shown: str, model: type[Written], told: list[Problem]) -> Document | None:
    try:
        document = parse_yaml(text, shown)
    except ProjectError as error:
        told += error.problems
        return None
    try:
        model.model_validate(document.data, by_alias=True, by_name=False)
    except ValidationError as error:
        told += problems_of(error, document, model)
    return document


@given(edits, edits)
def test_edited_files_are_used_or_every_mistake_has_place_and_words(settings: list[Edit], steps: list[Edit]) -> None:
    text, sequence = SETTINGS, STEADY
    for edit in settings:
        text = edit.apply(text)
    for edit in steps:
        sequence = edit.apply(sequence)
    told: list[Problem] = []
    document = read(text, "remindr.yaml", Project, told)
    steady = read(sequence, "sequences/steady.yaml", Sequence, told)
    documents = {"steady": steady} if steady else {}
    names = frozenset({"steady", "gentle", "firm", "welcome"})
    reading = Reading(document, None, documents, {}, names, {}, frozenset())
    told += mistakes(reading, thorough=False)
    for problem in told:
        assert problem.what
        assert problem.place.count(":") == 2
        assert "pydantic" not in str(problem)
        assert "Input should" not in str(problem)
