"""Templates: taken from the policy, compiled once, run in the sandbox."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinja2 import Template, TemplateNotFound, TemplateSyntaxError, nodes

from remindr.core.proofreading import known_names, syntax_problem, undeclared
from remindr.core.template_text import MESSAGE, environment, ready
from remindr.errors import Problem, ProjectError
from remindr.model.policy import TemplateSource

__all__ = ["Templates", "Words", "known_names", "syntax_problem", "undeclared"]


@dataclass(frozen=True, slots=True)
class Words:
    """A message template ready to be filled: what it prints is the subject, `SUBJECT_END`, the body.

    `wants_metrics` is False where it is certain that the customer's history is not looked at. `page` is the template
    of the whole HTML part, where the project has one of its own.
    """

    source: TemplateSource
    template: Template
    wants_metrics: bool
    page: Template | None = None


class Templates:
    """All templates of a policy, each compiled when it is first asked for; ProjectError if that cannot be done."""

    def __init__(self, sources: Mapping[str, TemplateSource]) -> None:
        self._sources = sources
        self._environment = environment(sources)
        self._words: dict[str, Words] = {}

    def words(self, name: str) -> Words:
        """The message template of that name."""
        words = self._words.get(name)
        if words is None:
            source, page = self._sources[name], f"{name}.html"
            text = source.text + (self.text(page) or "")
            wants_metrics = any(word in text for word in ("metrics", "include", "import", "extends"))
            words = self._words[name] = Words(source, self._proofread(source), wants_metrics, self.page(page))
        return words

    def _proofread(self, source: TemplateSource) -> Template:
        """The message template compiled from the same tree in which its variables were looked at."""
        environment, name = self._environment, source.name + MESSAGE
        try:
            tree = environment.parse(ready(source, whole=True), name, source.path)
            _refuse_strange(source, tree)
            code = environment.compile(tree, name, source.path)
        except TemplateSyntaxError as error:
            raise self._unreadable(source.name, error) from error
        return Template.from_code(environment, code, environment.make_globals(None))

    def page(self, name: str) -> Template | None:
        """The template of that name on its own, None if the project has none."""
        return self._compiled(name) if name in self._sources else None

    def _compiled(self, name: str) -> Template:
        try:
            return self._environment.get_template(name)
        except TemplateSyntaxError as error:
            raise self._unreadable(name, error) from error

    def _unreadable(self, name: str, error: TemplateSyntaxError) -> ProjectError:
        return ProjectError(syntax_problem(self._sources[name]) or self.problem(error, name))

    def text(self, name: str) -> str | None:
        """The template as written, None if the project has none."""
        return self._sources[name].text if name in self._sources else None

    def problem(self, error: Exception, name: str) -> Problem:
        """What went wrong while the template of that name was filled, and on which line of which file."""
        template, line = _last_place(error)
        source = self._sources.get(template.removesuffix(MESSAGE)) if template else None
        source = source or self._sources[name]
        lines = source.text.splitlines()
        shown = lines[line - 1].strip() if line and line <= len(lines) else None
        return Problem(_say(error), file=source.path, line=line, source=shown)


def _refuse_strange(source: TemplateSource, tree: nodes.Template) -> None:
    """ProjectError for variables that no message has, also where a rendering might never come by them."""
    lines = source.text.splitlines()
    strange = undeclared(source, tree=tree)
    if strange:
        raise ProjectError(
            Problem(f"unknown variable '{name}'", source.path, line, col, lines[line - 1], len(name))
            for line, col, name in strange
        )


def _say(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"there is no template '{error.name}' to include"
    if isinstance(error, RecursionError):
        return "the template includes itself"
    return str(error) or type(error).__name__


def _last_place(error: Exception) -> tuple[str | None, int | None]:
    """Name and line of the template that cannot be read, or of the innermost at work when the error came up."""
    if isinstance(error, TemplateSyntaxError):
        return error.name, error.lineno
    found: tuple[str | None, int | None] = (None, None)
    for template, line in _template_frames(error):
        found = (template.name, template.get_corresponding_lineno(line))
    return found


def _template_frames(error: Exception) -> Iterator[tuple[Template, int]]:
    at = error.__traceback__
    while at is not None:
        template = at.tb_frame.f_globals.get("__jinja_template__")
        if template is not None:
            yield template, at.tb_lineno
        at = at.tb_next
