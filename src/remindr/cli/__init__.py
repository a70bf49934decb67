"""remindr's command line: one command a file, errors told in one place, exit codes that scripts can rely on."""

import sys
from functools import cache, partial
from typing import Annotated

import typer
from typer.main import get_command

from remindr import __version__
from remindr.cli import (
    approve,
    calls,
    check,
    discard,
    doctor,
    explain,
    forget,
    history,
    init,
    learn,
    note,
    notes,
    preview,
    run,
    schema,
    segment,
    status,
    try_,
    uncertain,
)
from remindr.cli.terminal import say
from remindr.errors import Exit, RemindrError

app = typer.Typer(
    name="remindr",
    help="Reminds each customer to pay, in the way that fits how they pay.",
    epilog="Start with: remindr try INVOICES.csv, then remindr init",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"remindr {__version__}")
        raise typer.Exit


@app.callback()
def _remindr(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Reminds each customer to pay, in the way that fits how they pay."""


for command in (
    init,
    try_,
    check,
    segment,
    explain,
    preview,
    run,
    status,
    note,
    approve,
    discard,
    uncertain,
    history,
    forget,
    learn,
    schema,
    doctor,
):
    app.command(name=command.__name__.rpartition(".")[2].rstrip("_"))(command.main)

app.add_typer(notes.app)
app.add_typer(calls.app)


_program = cache(partial(get_command, app))  # made from the declarations once, however many commands a process runs


def run_app(arguments: list[str]) -> int:
    """The exit code of a command line; every error is told on stderr."""
    try:
        code = _program().main(arguments, prog_name="remindr", standalone_mode=False)
    except RemindrError as error:
        for problem in error.problems:
            say(str(problem))
        return error.exit_code
    except SystemExit as stop:  # the option parser's way of saying that nobody reads the output any more
        return Exit.DONE if stop.code == 1 else int(stop.code or 0)
    except KeyboardInterrupt:
        say("interrupted; nothing that had not been passed on was sent")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return Exit.DONE
    except Exception as error:  # noqa: BLE001  # the last net: a sentence, not a stack of frames
        return _tell_other(error)
    return code if isinstance(code, int) else Exit.DONE


def _tell_other(error: Exception) -> int:
    """Usage mistakes and aborts come from the option parser; anything else is a bug of ours."""
    shown = getattr(error, "show", None)
    if callable(shown):
        shown()
        return Exit.USAGE
    if type(error).__name__ == "Abort":
        return Exit.INTERRUPTED
    return _tell_bug(error)


def _tell_bug(error: Exception) -> int:
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    say(f"remindr has a bug: {type(error).__name__}: {error}")
    say(f"  at {frame.filename.rpartition('/')[2]}:{frame.lineno} in {frame.name}, remindr {__version__}")
    say("  hint: nothing more was done. Please report these lines with what you did to the project's issue tracker")
    return Exit.BUG
