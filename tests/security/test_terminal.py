"""Nothing that an export holds moves the cursor, colours a line, makes a link or turns the writing round."""

import os
import re
import select
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from hostile import EVERY, KINDS, commands_in
from siege import AS_OF, Siege

pty = pytest.importorskip("pty", reason="there are no terminals of this kind on Windows")

_STYLE = re.compile(r"\x1b\[[0-9;]*m")  # our own headings are bold


def test_what_is_printed_commands_no_terminal(siege: Siege, show: Callable[..., None]) -> None:
    for name, printed in siege.printed.items():
        for text in printed:
            assert set(commands_in(text, "\r\n" if "--csv" in name else "\n")) == set(), name
    show(f"terminal: {len(EVERY)} texts, {len(siege.printed)} commands, 0 signs that a terminal obeys")


def test_no_command_ends_in_a_way_that_nobody_foresaw(siege: Siege) -> None:
    assert set(siege.codes.values()) <= {0, 3}, siege.codes
    assert not any("Traceback" in err for _, err in siege.printed.values())


@pytest.mark.parametrize("command", [("preview",), ("status", "-v")])
def test_neither_is_a_real_terminal(siege: Siege, command: tuple[str, ...]) -> None:
    screen = on_a_terminal([sys.executable, "-m", "remindr", *command, "-C", str(siege.root), *AS_OF])
    assert set(commands_in(_STYLE.sub("", screen), "\r\n")) == set()
    assert set(_STYLE.findall(screen)) <= {"\x1b[1m", "\x1b[0m"}
    assert "Traceback" not in screen


def test_markup_is_shown_as_it_stands(siege: Siege) -> None:
    out = siege.printed["preview"][0]
    for text in KINDS["markup"]:
        assert text in out, text


def on_a_terminal(command: list[str]) -> str:
    """All that a command shows on a terminal that can do everything."""
    ours, theirs = pty.openpty()
    able = os.environ | {"TERM": "xterm-256color", "FORCE_COLOR": "1", "COLUMNS": "120", "COLORTERM": "truecolor"}
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=able)
    os.close(theirs)
    screen = b"".join(_read(ours))
    os.close(ours)
    process.wait()
    return screen.decode()


def _read(screen: int) -> Iterator[bytes]:
    while select.select([screen], [], [])[0]:
        try:
            content = os.read(screen, 65536)
        except OSError:  # the other end is closed
            return
        if not content:
            return
        yield content
