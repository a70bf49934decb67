"""The options that several commands share, worded once."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer


def parse_day(text: str | date) -> date:
    """The day that was written on the command line."""
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is not a day; write it as year-month-day, like 2026-11-20") from None


Directory = Annotated[
    Path, typer.Option("-C", metavar="DIR", help="The project's folder, or any folder inside it.", show_default=False)
]
AsOf = Annotated[date | None, typer.Option("--as-of", parser=parse_day, metavar="DATE", help="Act as on this day.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing unless a person is needed.")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Say more.")]
Text = Annotated[str, typer.Option("--text", metavar="TEXT", help="Why, in your words.", show_default=False)]
By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who notes it; your user name.", show_default=False)
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
