"""`remindr init`: start a project, bare or around the exports that a person has."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindr.cli.options import AsJson, Directory, Quiet, Verbose
from remindr.cli.terminal import plural, say, tell, tell_json
from remindr.errors import Exit, ProjectError

if TYPE_CHECKING:
    from remindr.pipeline.begin import Begun

_TABLES = (".csv", ".tsv", ".txt", ".xlsx")
Targets = Annotated[
    list[Path] | None, typer.Argument(metavar="[DIR]", help="The folder; made if need be.", show_default=False)
]
From = Annotated[
    list[str] | None,
    typer.Option("--from", metavar="EXPORT...", help="Your exports: the project is written around them."),
]
Said = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="What the exports leave open: dates=day/month/year."),
]
Ask = Annotated[bool | None, typer.Option("--ask/--no-ask", help="Ask what they leave open; by default on a terminal.")]


def main(
    targets: Targets = None,
    directory: Directory = Path(),
    exports: From = None,
    said: Said = None,
    ask: Ask = None,
    name: Annotated[str | None, typer.Option("--name", help="Your company's name.")] = None,
    email: Annotated[str | None, typer.Option("--email", help="The address reminders come from.")] = None,
    country: Annotated[str | None, typer.Option("--country", help="Your country, like GB.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="Your customers' language, like en.")] = None,
    currency: Annotated[str | None, typer.Option("--currency", help="Your currency, like GBP.")] = None,
    timezone: Annotated[str | None, typer.Option("--timezone", help="Your time zone, like Europe/London.")] = None,
    json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Start a project; overwrites nothing.

    Writes remindr.yaml with notes, the starter's sequences and templates. The folder may be named either way. With
    --from it tells by itself which file is what and how to read it, and copies the files into the folder exports.
    """
    named, folders = _exports_and_folders(exports, targets or [])
    folder = _folder(folders, directory)
    options = {"name": name, "email": email, "country": country, "language": language, "currency": currency,
               "timezone": timezone}  # fmt: skip
    given = {key: value for key, value in options.items() if value}
    company = {**_of_country(country, also_currency=not named), **given}
    if named:
        begun = _begin(folder, named, _settings(said or []), company, ask=sys.stdin.isatty() if ask is None else ask)
        written, rest = begun.written, _document(begun, company)
    else:
        from remindr.project.init import init_project

        begun, written, rest = None, tuple(init_project(folder, company=company)), {}
    paths = [path.relative_to(folder).as_posix() for path in written]
    company = {"currency": begun.currency, **company} if begun else company
    if not quiet:
        _tell_language(company.get("language", "en"))
    if json:
        tell_json({"schema": "remindr.init/1", "project": str(folder.resolve()), "written": paths, **rest})
    elif not quiet:
        _tell_started(folder, paths, verbose=verbose)
        _tell_of_country(begun, company, given)
        _tell_files(begun, verbose=verbose)
        _tell_next(folder, begun, company)
    return Exit.DONE


def _exports_and_folders(exports: list[str] | None, named: Sequence[Path]) -> tuple[list[str], list[Path]]:
    """What follows --from, with the files that a shell's `*` put behind it, and what is left: the folder."""
    if not exports:
        return [], list(named)
    files = [path for path in named if path.is_file() or path.suffix.lower() in _TABLES]
    return [*exports, *map(str, files)], [path for path in named if path not in files]


def _folder(targets: Sequence[Path], directory: Path) -> Path:
    """The folder that was named, as an argument or with -C; ProjectError if those are two."""
    folders = {path.resolve(): path for path in (*targets, directory) if path != Path()}
    if len(folders) > 1:
        first, second = list(folders.values())[:2]
        what = f"two folders are named: {first} and{'' if second in targets else ', after -C,'} {second}"
        raise ProjectError(what, hint="name one of them")
    return next(iter(folders.values()), Path())


def _of_country(country: str | None, *, also_currency: bool) -> dict[str, str]:
    """The time zone of a country that has one, and its currency; what exports name comes before that."""
    if not country:
        return {}
    from remindr.project.country import currencies_of, timezone_of

    timezone, currencies = timezone_of(country), currencies_of(country) if also_currency else ()
    found = {"timezone": timezone, "currency": currencies[0] if len(currencies) == 1 else None}
    return {key: value for key, value in found.items() if value}


def _tell_language(language: str) -> None:
    if language.partition("-")[0] == "en":
        return
    from babel import Locale

    name = Locale.parse(language, sep="-").get_language_name("en")
    say(
        f"note: the templates are in English: messages will be, too, with dates and amounts as in {name}, until you "
        "translate the files in templates/"
    )


def _settings(said: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE as a mapping; ProjectError if one is written otherwise."""
    for one in said:
        if "=" not in one:
            raise ProjectError(f"--set {one}: there is no value", hint="write it like --set dates=day/month/year")
    return {name.strip(): value.strip() for name, _, value in (one.partition("=") for one in said)}


def _begin(
    folder: Path, names: Sequence[str], said: Mapping[str, str], company: Mapping[str, str], *, ask: bool
) -> "Begun":
    from remindr.pipeline.begin import Unanswered, begin

    while True:
        try:
            return begin(folder, names, said, company)
        except Unanswered as unanswered:
            if not ask:
                raise
            from remindr.cli.asking import answers_to

            said = {**said, **answers_to(unanswered)}


def _document(begun: "Begun", company: Mapping[str, str]) -> dict[str, object]:
    own = begun.own
    return {
        "files": [
            {
                "role": file.role,
                "file": begun.placed[file.name],
                "pattern": own.patterns[file.role],
                "copied_from": str(copied) if (copied := begun.copied.get(file.name)) else None,
                "format": file.profile.name or None,
            }
            for file in begun.counted.files
        ],
        "settings": dict(own.settings),
        "columns": dict(own.columns),
        "currency": begun.currency,
        "left_out": list(begun.notes),
        "to_write": _placeholders(begun, company),
    }


def _placeholders(begun: "Begun | None", company: Mapping[str, str]) -> list[str]:
    """The keys of `company:` that are still the starter's."""
    found = {"currency"} if begun else set()
    return [key for key in ("name", "email", "country", "currency", "timezone") if key not in {*company, *found}]


def _tell_started(folder: Path, written: list[str], *, verbose: bool) -> None:
    shown = Path.cwd() if folder == Path() else folder
    tell(f"Started a project in {shown}: {plural(len(written), 'file')}")
    for path in written if verbose else ():
        tell(f"  {path}")


def _tell_of_country(begun: "Begun | None", company: Mapping[str, str], given: Mapping[str, str]) -> None:
    """What nobody said and stands in remindr.yaml because it is so in the country."""
    by_file = {"currency"} if begun and begun.named else set()
    names = {"currency": "currency", "timezone": "time zone"}
    taken = [f"{names[key]} {company[key]}" for key in names if key in company.keys() - given.keys() - by_file]
    if taken and "country" in given:
        tell(f"As in {given['country']}: {', '.join(taken)}")


def _tell_files(begun: "Begun | None", *, verbose: bool) -> None:
    if begun is None:
        return
    tell()
    for line in _read(begun):
        tell(line)
    for note in (*begun.notes, *(begun.counted.warnings if verbose or not begun.counted.invoices else ())):
        say(f"note: {note}")


def _tell_next(folder: Path, begun: "Begun | None", company: Mapping[str, str]) -> None:
    tell()
    tell("Next:")
    if begun is None:
        tell("  1. Put your invoice export (and your customer export) into the folder exports/")
        tell("  2. Write your company's details into remindr.yaml")
        tell("  3. remindr check      reads the files and says what is missing")
        tell("     remindr segment    shows who pays how, and why")
        tell("     remindr preview    shows every reminder before anything is written")
        return
    at = "" if folder == Path() else f" -C {folder}"
    tell(f"  1. remindr check{at}      says how the files were read and what they lack")
    tell(f"     remindr preview{at}    shows every reminder before anything is written")
    if missing := _placeholders(begun, company):
        names = ", ".join({"email": "e-mail", "timezone": "time zone"}.get(key, key) for key in missing)
        tell(f"  2. Write into remindr.yaml what is still invented there, under company: {names}.")
        if "email" in missing:
            tell("     Customers read it, so remindr run sends nothing before.")
    folders = " and ".join(dict.fromkeys(str(Path(shown).parent) for shown in begun.placed.values()))
    tell(f"  {3 if missing else 2}. Put tomorrow's exports into {folders}/, too: the newest that fits is read")


def _read(begun: "Begun") -> Iterator[str]:
    """Each file in a sentence, and what stands in remindr.yaml because of it."""
    from remindr.project.yaml import as_scalar
    from remindr.sources.find import seen_from

    counted = begun.counted
    roles = Counter(file.role for file in counted.files)
    for file in counted.files:
        what = f"{file.role}, {file.profile.title}" if file.profile.name else file.role
        copied = begun.copied.get(file.name)
        source = f", copied from {seen_from(Path.cwd(), copied)}" if copied else ""
        yield f"{begun.placed[file.name]}: {what}{source}"
        if roles[file.role] == 1:
            yield f"  from now on the newest {begun.own.patterns[file.role]}"
    for role in (role for role, count in roles.items() if count > 1):
        yield f"{role}: one list in {roles[role]} files"
        yield f"  from now on the newest {begun.own.patterns[role]}, with the others of its day"
    aside = f"; {plural(counted.aside, 'row')} could not be read" if counted.aside else ""
    yield (
        f"{plural(counted.invoices, 'invoice')} of {plural(counted.customers, 'customer')}"
        f"{_in_currencies(begun)}{aside}"
    )
    for name, value in (*begun.own.settings.items(), *begun.own.columns.items()):
        yield f"  in remindr.yaml: {name}: {as_scalar(value)}"


def _in_currencies(begun: "Begun") -> str:
    if not begun.named:
        return f"; no file names a currency, so their amounts count as {begun.currency}"
    own = "" if begun.currency in begun.named else f"; your own currency is {begun.currency}"
    return f" in {' and '.join(begun.named[:3])}{own}"
