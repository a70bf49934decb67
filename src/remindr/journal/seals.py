"""What is known of a journal outside it, so that one that was put back, copied or deleted is noticed.

One seal lies beside the journal, another in this user's state folder, outside the project and its backups. Each names
the journal and says how many runs it had. The second is kept where that can be done, and nothing depends on it.
"""

import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from remindr.core.guards import Seal, restored
from remindr.errors import Problem
from remindr.journal.places import make_private, sync_folder, write_private

_MACHINE = Path("/etc/machine-id")
_ON_A_SERVER = Path(".remindr", "journal.db")  # such a journal has its seal where that of a file would be


class Seals:
    """The seals of one journal. `beside` is the first, `kept` the second, None where there is no place for it."""

    def __init__(self, root: Path, file: Path | None, location: str) -> None:
        """`file` is the journal's, None on a server; `location` is how remindr.yaml names it."""
        self._beside = (file or root / _ON_A_SERVER).with_suffix(".seal")
        self._kept = _kept(f"{root.resolve()}\0{location}")
        self._machine = this_machine() if file else ""

    def against(self, journal: str, runs: int) -> Problem | None:
        """What the seals have against a journal of that id and so many runs; None if it is the one that they know."""
        return restored(
            Seal(journal, runs, self._machine), _read(self._beside), _read(self._kept) if self._kept else None
        )

    @property
    def last_run_at(self) -> str:
        """The moment of the last run that the seals know of, as UTC text; empty if they know none."""
        known = (_read(self._beside), _read(self._kept) if self._kept else None)
        return max((seal.at for seal in known if seal), default="")

    def put_on(self, journal: str, runs: int, at: str) -> None:
        """Seals it; the first seal survives a power cut when this returns."""
        text = json.dumps(asdict(Seal(journal, runs, self._machine, at)))
        _write(self._beside, text)
        if self._kept:
            with suppress(OSError):
                _write(self._kept, text)


def break_kept(root: Path, location: str) -> None:
    """Forgets what was known of an earlier project in this place: somebody has started another one."""
    if kept := _kept(f"{root.resolve()}\0{location}"):
        with suppress(OSError):
            kept.unlink(missing_ok=True)


def state_folder() -> Path | None:
    """This user's folder for what programs remember; None without a home."""
    try:
        if sys.platform == "win32":
            return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "remindr" / "seals"
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Application Support" / "remindr" / "seals"
        given = Path(os.environ.get("XDG_STATE_HOME", ""))
        return (given if given.is_absolute() else Path.home() / ".local" / "state") / "remindr" / "seals"
    except RuntimeError:
        return None


def _kept(whose: str) -> Path | None:
    folder = state_folder()
    return folder / f"{_mark(whose)}.seal" if folder else None


def this_machine(file: Path = _MACHINE) -> str:
    """A mark of the machine that does not give its id away; empty where it has none."""
    try:
        found = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return _mark(f"remindr {found}") if len(found) == 32 else ""


def _mark(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _read(path: Path) -> Seal | None:
    """The seal in a file; None if there is none that can be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
        return Seal(str(found["journal"]), int(found["runs"]), str(found["machine"]), str(found.get("at", "")))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _write(path: Path, text: str) -> None:
    make_private(path.parent)
    fresh = path.with_name(f".{path.name}.new")
    write_private(fresh, text.encode())
    fresh.replace(path)
    sync_folder(path.parent)
