"""Names to things that are imported only when somebody asks for them."""

from importlib import import_module
from typing import Any


def load(target: str) -> Any:
    """The object that `"module:name"` stands for, imported now."""
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)
