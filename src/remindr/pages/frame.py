"""What all pages are made with: one frame that is closed to the network, one style, and names that stay text."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader
from markupsafe import Markup


def rendered(name: str, *, script: str = "", **given: Any) -> str:
    """The page of that name in the frame, in its style; only this script may run in it, none without."""
    environment = Environment(
        loader=FunctionLoader(asset), autoescape=True, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.get_template(f"{name}.html.j2").render(
        script=Markup(script),  # noqa: S704  # our own files
        script_hash=b64encode(sha256(script.encode()).digest()).decode(),
        style=Markup(asset("frame.css") + asset(f"{name}.css")),  # noqa: S704
        **given,
    )


def asset(name: str) -> str:
    """The text of a file that lies beside this one."""
    return files("remindr.pages").joinpath(name).read_text(encoding="utf-8")
