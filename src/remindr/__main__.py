"""The `remindr` program, and `python -m remindr`."""

import gc
import os
import sys
from typing import NoReturn

_VALUES_BETWEEN_SEARCHES = 1_000_000


def main() -> NoReturn:
    """Runs a command and exits with the code that says how it went.

    Cycles are searched for rarely: a run makes millions of values and hardly a cycle, and loading the libraries
    alone would be searched through a dozen times. None of the libraries has a plugin for pydantic to look for.
    """
    gc.set_threshold(_VALUES_BETWEEN_SEARCHES, 50, 100)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from remindr.cli import run_app

    _leave(run_app(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """Ends the process at once. Taking every value and module apart first is 0.15 s, a seventh of a small run.

    Files, locks and databases are closed by then, each by the block that opened it. Where the last words cannot be
    written, Python's usual way out says so.
    """
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):  # nobody reads any more, or the stream is closed
        sys.exit(code)
    os._exit(code)


if __name__ == "__main__":
    main()
