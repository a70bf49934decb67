"""`remindr init`: start a project."""

from pathlib import Path
from typing import Annotated

import typer

from remindr.cli.terminal import plural, tell
from remindr.errors import Exit

Target = Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder; made if need be.", show_default=False)]


def main(
    target: Target = Path(),
    name: Annotated[str | None, typer.Option("--name", help="Your company's name.")] = None,
    email: Annotated[str | None, typer.Option("--email", help="The address reminders come from.")] = None,
    country: Annotated[str | None, typer.Option("--country", help="Your country, like GB.")] = None,
    currency: Annotated[str | None, typer.Option("--currency", help="Your currency, like GBP.")] = None,
    timezone: Annotated[str | None, typer.Option("--timezone", help="Your time zone, like Europe/London.")] = None,
) -> int:
    """Start a project; overwrites nothing.

    Writes remindr.yaml with notes, the starter's sequences and templates.
    """
    from remindr.project.init import init_project

    given = {"name": name, "email": email, "country": country, "currency": currency, "timezone": timezone}
    written = init_project(target, company={key: value for key, value in given.items() if value})
    shown = target if str(target) != "." else Path.cwd()
    tell(f"Started a project in {shown}: {plural(len(written), 'file')}")
    tell()
    tell("Next:")
    tell("  1. Put your invoice export (and your customer export) into the folder exports/")
    tell("  2. Write your company's details into remindr.yaml")
    tell("  3. remindr check      reads the files and says what is missing")
    tell("     remindr segment    shows who pays how, and why")
    tell("     remindr preview    shows every reminder before anything is written")
    return Exit.DONE
