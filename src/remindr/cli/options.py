"""The options that several commands share, worded once."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

Directory = Annotated[
    Path, typer.Option("-C", metavar="DIR", help="The project's folder, or any folder inside it.", show_default=False)
]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], metavar="DATE", help="Act as on this day (YYYY-MM-DD)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing unless a person is needed.")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Say more.")]
