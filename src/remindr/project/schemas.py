"""JSON Schemas of the files people write, for editors: completion, descriptions, mistakes while typing."""

from dataclasses import is_dataclass
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from remindr.model.policy import Project, Sequence
from remindr.model.terms import Level
from remindr.model.written import Written

_DIALECT = GenerateJsonSchema.schema_dialect
_RULE_REFERENCE = {"$ref": "#/$defs/Rule"}
_RULES = {"type": "array", "minItems": 1, "items": _RULE_REFERENCE}
_BY_NAME = ("properties", "patternProperties", "$defs")
_RULE = {
    "description": "A comparison such as avg_days_late > 10, a trait, a list (all of them), or all:, any:, not:.",
    "oneOf": [
        {
            "type": "string",
            "minLength": 1,
            "examples": ["avg_days_late > 10", "industry in [retail]", "not high_value"],
        },
        _RULES,
        {"type": "object", "properties": {"all": _RULES}, "required": ["all"], "additionalProperties": False},
        {"type": "object", "properties": {"any": _RULES}, "required": ["any"], "additionalProperties": False},
        {"type": "object", "properties": {"not": _RULE_REFERENCE}, "required": ["not"], "additionalProperties": False},
    ],
}


def project_schema() -> dict[str, Any]:
    """The schema of remindr.yaml."""
    return _schema(Project, "remindr.yaml")


def sequence_schema() -> dict[str, Any]:
    """The schema of the files in sequences/."""
    return _schema(Sequence, "A sequence of remindr")


class _AsWritten(GenerateJsonSchema):
    """Defaults as people would write them: `4 days`, `firm`."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, Level):
            return dft.word
        return str(dft) if is_dataclass(dft) else super().encode_default(dft)


def _schema(model: type[Written], title: str) -> dict[str, Any]:
    """A model's schema in the words of the file, with rules that nest."""
    written = model.model_json_schema(by_alias=True, schema_generator=_AsWritten)
    plain = _plain(written)
    plain["$defs"]["Rule"] = _RULE
    return {"$schema": _DIALECT, "title": title, **plain}


def _plain(part: Any) -> Any:
    """A part of a schema without what only Python could mean by it."""
    if isinstance(part, list):
        return [_plain(item) for item in part]
    if not isinstance(part, dict):
        return part
    if "x-remindr" in part:
        return _RULE_REFERENCE
    kept = {key: _named(value) if key in _BY_NAME else _plain(value) for key, value in part.items()}
    return _rephrased({key: value for key, value in kept.items() if not _says_nothing(key, value)})


def _named(parts: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(part) for name, part in parts.items()}


def _says_nothing(key: str, value: Any) -> bool:
    """Titles that only repeat the key, and gaps that pydantic fills with nothing."""
    return key in ("title", "propertyNames") or (key == "default" and value is None) or value == []


def _rephrased(part: dict[str, Any]) -> dict[str, Any]:
    if "patternProperties" in part:
        part["additionalProperties"] = False
    if part.get("type") == "string" and not part.keys() & {"pattern", "enum", "const", "examples"}:
        part["type"] = ["string", "integer"]  # a number is taken as the text of that number
    return part
