"""Secrets from where people keep them: the environment, a file of their own, a command. They are told to nobody."""

import os
import shlex
import stat
import subprocess
from base64 import b64encode
from pathlib import Path

from remindr.errors import DataError, Problem
from remindr.model.delivery import Secret

_SECONDS = 60


def read_secret(secret: Secret, root: Path, what: str) -> str:
    """The secret; DataError, which does not tell it, if it cannot be had. `what` is how people call it."""
    if secret.env is not None:
        found = _from_environment(secret.env, what)
    elif secret.file is not None:
        found = _from_file(root / Path(secret.file).expanduser(), what)
    else:
        found = _from_command(secret.command or "", root, what)
    if not found:
        raise DataError(f"the {what} is empty", hint="nothing was sent; see where delivery: email: smtp takes it from")
    if not (found.isascii() and found.isprintable()):
        raise DataError(
            f"the {what} is not one line of plain letters, digits and signs",
            hint="nothing was sent; see that the file or the command gives it alone",
        )
    return found


def disguises(secret: str, said: str) -> tuple[str, ...]:
    """A secret as a server may repeat it: as it is, and in the encodings of a sign-in in which `said` is sent."""
    encoded = [b64encode(text.encode()).decode("ascii") for text in (said, secret)]
    return (*encoded, *(one.rstrip("=") for one in encoded), secret)


def _from_environment(name: str, what: str) -> str:
    found = os.environ.get(name)
    if found is None:
        hint = f"nothing was sent; set it where remindr is started, in cron too: {name}=…"
        raise DataError(f"the {what} should be in the environment variable {name}, which is not set", hint=hint)
    return found.strip()


def _from_file(path: Path, what: str) -> str:
    try:
        mode = path.stat().st_mode
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            hint = f"nothing was sent; take that right away: chmod 600 {path}"
            raise DataError(Problem(f"others may read the file with the {what}", str(path), hint=hint))
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = (getattr(error, "strerror", None) or "it is no text").lower()
        hint = f"nothing was sent; see 'file' for the {what} under delivery: email: smtp"
        raise DataError(Problem(f"the file with the {what} cannot be read: {reason}", str(path), hint=hint)) from None


def _from_command(command: str, root: Path, what: str) -> str:
    """What it prints, without what it says on the side."""
    words = shlex.split(command)
    shown = words[0] if words else command
    try:
        done = subprocess.run(  # noqa: S603  # what the project's owner wrote, and without a shell
            words, cwd=root, capture_output=True, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        reason = "it takes too long" if isinstance(error, subprocess.TimeoutExpired) else str(error)
        raise _failed(shown, what, reason) from None
    if done.returncode:
        raise _failed(shown, what, f"it ended with code {done.returncode}")
    return done.stdout.decode("utf-8", "replace").strip()


def _failed(shown: str, what: str, reason: str) -> DataError:
    hint = "nothing was sent; try the command by hand, as the user that runs remindr"
    return DataError(f"the command for the {what}, {shown}, does not work: {reason}", hint=hint)
