"""`remindr schema`: JSON Schemas of the files people write and of the JSON that programs read."""

from typing import Annotated, Any

import typer

from remindr.cli.terminal import tell_json
from remindr.errors import Exit

Output = Annotated[bool, typer.Option("--output", help="The schemas of what segment, preview and run print.")]


def main(output: Output = False) -> int:
    """Print JSON Schemas for editors and programs.

    Of remindr.yaml and sequences/*.yaml, by file; with --output, of what commands print as JSON.
    """
    tell_json(output_schemas() if output else _project_schemas())
    return Exit.DONE


def _project_schemas() -> dict[str, Any]:
    from remindr.project.schemas import project_schema, sequence_schema

    return {"remindr.yaml": project_schema(), "sequences/*.yaml": sequence_schema()}


def output_schemas() -> dict[str, Any]:
    """The JSON Schema of each document that commands print with --json, by its `schema` word."""
    from pydantic import TypeAdapter

    from remindr.cli.shapes import DOCUMENTS

    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {name: {"$schema": dialect, **TypeAdapter(shape).json_schema()} for name, shape in DOCUMENTS.items()}
