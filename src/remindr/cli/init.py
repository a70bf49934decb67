"""`remindr init`: start a project."""

from pathlib import Path
from typing import Annotated

import typer

from remindr.cli.options import AsJson, Directory, Quiet, Verbose
from remindr.cli.terminal import plural, tell, tell_json
from remindr.errors import Exit, ProjectError

Target = Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder; made if need be.", show_default=False)]


def main(
    target: Target = Path(),
    directory: Directory = Path(),
    name: Annotated[str | None, typer.Option("--name", help="Your company's name.")] = None,
    email: Annotated[str | None, typer.Option("--email", help="The address reminders come from.")] = None,
    country: Annotated[str | None, typer.Option("--country", help="Your country, like GB.")] = None,
    currency: Annotated[str | None, typer.Option("--currency", help="Your currency, like GBP.")] = None,
    timezone: Annotated[str | None, typer.Option("--timezone", help="Your time zone, like Europe/London.")] = None,
    json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Start a project; overwrites nothing.

    Writes remindr.yaml with notes, the starter's sequences and templates. The folder may be named either way.
    """
    from remindr.project.init import init_project

    folder = _folder(target, directory)
    given = {"name": name, "email": email, "country": country, "currency": currency, "timezone": timezone}
    made = init_project(folder, company={key: value for key, value in given.items() if value})
    written = [path.relative_to(folder).as_posix() for path in made]
    if json:
        tell_json({"schema": "remindr.init/1", "project": str(folder.resolve()), "written": written})
    elif not quiet:
        _tell(folder, written, verbose=verbose)
    return Exit.DONE


def _folder(target: Path, directory: Path) -> Path:
    """The folder that was named, as an argument or with -C; ProjectError if those are two."""
    if target == Path():
        return directory
    if directory != Path() and target.resolve() != directory.resolve():
        raise ProjectError(f"two folders are named: {target} and, after -C, {directory}", hint="name one of them")
    return target


def _tell(folder: Path, written: list[str], *, verbose: bool) -> None:
    shown = Path.cwd() if folder == Path() else folder
    tell(f"Started a project in {shown}: {plural(len(written), 'file')}")
    for path in written if verbose else ():
        tell(f"  {path}")
    tell()
    tell("Next:")
    tell("  1. Put your invoice export (and your customer export) into the folder exports/")
    tell("  2. Write your company's details into remindr.yaml")
    tell("  3. remindr check      reads the files and says what is missing")
    tell("     remindr segment    shows who pays how, and why")
    tell("     remindr preview    shows every reminder before anything is written")
