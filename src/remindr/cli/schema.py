"""`remindr schema`: JSON Schemas of the files people write and of the JSON that programs read."""

from pathlib import Path
from typing import Annotated, Any

import typer

from remindr.cli.options import AsJson, Directory, Quiet, Verbose
from remindr.cli.terminal import plural, tell, tell_json
from remindr.errors import Exit

Output = Annotated[bool, typer.Option("--output", help="The schemas of what commands print with --json.")]
Write = Annotated[bool, typer.Option("--write", help="Renew those that your editor reads, after an update of remindr.")]


def main(
    output: Output = False,
    write: Write = False,
    directory: Directory = Path(),
    json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Print JSON Schemas for editors and programs.

    Of remindr.yaml and sequences/*.yaml, by file; with --output, of what commands print as JSON. Always as JSON. Only
    --write needs a project and changes it: the files in .remindr/schemas.
    """
    written = _renew(directory) if write else []
    if json or not write:
        tell_json(output_schemas() if output else _project_schemas())
    elif not quiet:
        tell(f"Renewed {plural(len(written), 'schema')} for your editor")
        for path in written if verbose else ():
            tell(f"  {path}")
    return Exit.DONE


def _renew(directory: Path) -> list[str]:
    from remindr.project.init import renew_schemas
    from remindr.project.load import find_root

    return renew_schemas(find_root(directory))


def _project_schemas() -> dict[str, Any]:
    from remindr.project.schemas import project_schema, sequence_schema

    return {"remindr.yaml": project_schema(), "sequences/*.yaml": sequence_schema()}


def output_schemas() -> dict[str, Any]:
    """The JSON Schema of each document that commands print with --json, by its `schema` word."""
    from pydantic import TypeAdapter

    from remindr.cli.shapes import DOCUMENTS

    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {name: {"$schema": dialect, **TypeAdapter(shape).json_schema()} for name, shape in DOCUMENTS.items()}
