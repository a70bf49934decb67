"""Where each rule and step is written, for commands that say why."""

from collections.abc import Iterator, Mapping

from remindr.project.yaml import Document, Keys

_WITH_RULES = ("segments", "traits", "flags", "overrides")


def places(document: Document, sequences: Mapping[str, Document]) -> dict[Keys, str]:
    """`file:line` by path: `("segments", 1)`, `("flags", "turning_late")`, `("sequences", "steady", "steps", 2)`."""
    found = {path: document.place(path) for path in _of_project(document.data)}
    for name, sequence in sequences.items():
        found["sequences", name] = sequence.place(("name",))
        for index in range(len(sequence.data["steps"])):
            found["sequences", name, "steps", index] = sequence.place(("steps", index))
    return found


def _of_project(data: Mapping[str, object]) -> Iterator[Keys]:
    for key in _WITH_RULES:
        written = data.get(key)
        if isinstance(written, list):
            yield from ((key, index) for index in range(len(written)))
        elif isinstance(written, dict):
            yield from ((key, name) for name in written)
