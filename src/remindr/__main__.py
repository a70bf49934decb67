"""The `remindr` program, and `python -m remindr`."""

import gc
import os

_VALUES_BETWEEN_SEARCHES = 100_000


def main() -> None:
    """Runs a command and exits with the code that says how it went.

    Cycles are searched for rarely: a run makes millions of values and hardly a cycle, and loading the libraries
    alone would be searched through a dozen times. None of the libraries has a plugin for pydantic to look for.
    """
    gc.set_threshold(_VALUES_BETWEEN_SEARCHES, 50, 100)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from remindr.cli import main as run_command

    run_command()


if __name__ == "__main__":
    main()
