"""JSON Schemas of the files people write, for editors: completion, descriptions, mistakes while typing."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from remindr.model.policy import Project, Sequence, Written

_DIALECT = GenerateJsonSchema.schema_dialect
_RULE_REFERENCE = {"$ref": "#/$defs/Rule"}
_RULES = {"type": "array", "minItems": 1, "items": _RULE_REFERENCE}
_RULE = {
    "title": "Rule",
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


def _schema(model: type[Written], title: str) -> dict[str, Any]:
    """A model's schema in the words of the file, with rules that nest."""
    written = model.model_json_schema(by_alias=True)
    written["$defs"] = {**written.get("$defs", {}), "Rule": _RULE}
    return {"$schema": _DIALECT, **_plain(written), "title": title}


def _plain(part: Any) -> Any:
    """A part of a schema without what only Python could mean by it."""
    if isinstance(part, list):
        return [_plain(item) for item in part]
    if not isinstance(part, dict):
        return part
    if "x-remindr" in part:
        return _RULE_REFERENCE
    kept = {key: _plain(value) for key, value in part.items() if key not in _unsaid(part)}
    if kept.get("type") == "string" and not kept.keys() & {"pattern", "enum", "const", "examples"}:
        kept["type"] = ["string", "integer"]  # a number is taken as the text of that number
    return kept


def _unsaid(part: dict[str, Any]) -> set[str]:
    """Keys that tell an editor nothing: titles made of the key, defaults that are no text, empty examples."""
    unsaid = set()
    if isinstance(part.get("title"), str) and "type" in part and part.get("type") != "object":
        unsaid.add("title")
    if part.get("default", "") is None or isinstance(part.get("default"), dict):
        unsaid.add("default")
    if part.get("examples") == []:
        unsaid.add("examples")
    return unsaid
