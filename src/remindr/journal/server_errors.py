"""What PostgreSQL says when a journal cannot be used, in words for people. Its own words never hold a password."""

from typing import TYPE_CHECKING

from remindr.errors import DataError, Locked, Refused, RemindrError

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

_BUSY = ("40001", "40P01", "55P03")  # could not be serialised, deadlock, lock not to be had
_UNKNOWN = ("42P01", "42703", "XX001", "XX002")  # no such table or column of a schema whose version is ours; bad pages
_OUT_OF_ORDER = ("08", "53", "57", "58")  # connection, resources, shutdown, disk
_NO_PASSWORD = ("password", "authentication", "pg_hba.conf", "no role")


def told_by_server(error: "DBAPIError", name: str) -> RemindrError | None:
    """The error for people; None when it is a mistake of our own."""
    state = getattr(error.orig, "sqlstate", None)
    said = _first_line(error)
    if state is None:
        return _no_connection(error, name, said) if type(error.orig).__name__ == "OperationalError" else None
    if state in _BUSY:
        what = f"{name}: another program is at work in the journal's database and does not let go of it"
        return Locked(what, hint="nothing was changed; end that program (a viewer, an administrator) and try again")
    if state == "23505":  # what stands there was not there when this command looked, so its lock was lost
        what = f"{name}: another machine has written into the journal meanwhile: the lock against that was lost"
        return Refused(what, hint="run remindr again; it goes on from what the other one did")
    if state in _UNKNOWN:
        hint = "put back the newest backup of this database; do not begin a new one, for without its journal "
        return Refused(f"{name}: the journal is damaged: {said}", hint=hint + "remindr would write to everybody again")
    if state == "42501":
        hint = "grant it to this user; remindr run needs CREATE on the schema, SELECT, INSERT, UPDATE, DELETE on tables"
        return DataError(f"{name}: this user has not the right to do that: {said}", hint=hint)
    if state == "25006":
        hint = "name the server that takes changes; this one may be a copy that only follows it"
        return DataError(f"{name}: the journal cannot be written: {said}", hint=hint)
    return _lost(name, said) if state.startswith(_OUT_OF_ORDER) else None


def _first_line(error: "DBAPIError") -> str:
    """What the server said without explanations: `database "books" does not exist`."""
    lines = [line.strip() for line in str(error.orig).splitlines() if line.strip()]
    return lines[0].rpartition("FATAL:")[2].strip().removeprefix("connection failed: ") if lines else "no answer"


def _no_connection(error: "DBAPIError", name: str, said: str) -> RemindrError:
    if error.statement is not None or error.connection_invalidated:
        return _lost(name, said)
    if "database" in said and "does not exist" in said:
        return DataError(f"{name}: {said}", hint="create it on the server (createdb), or mend `journal:`")
    if any(word in said for word in _NO_PASSWORD):
        hint = "mend user and password under `journal:`, in PGPASSWORD or in ~/.pgpass"
        return DataError(f"{name}: the server does not let this user in: {said}", hint=hint)
    hint = "nothing was sent; see that the server runs, and that `journal:` names its host and port"
    return DataError(f"{name}: the server cannot be reached: {said}", hint=hint)


def _lost(name: str, said: str) -> DataError:
    hint = "see that the server runs; the next run finds out how far this one came"
    return DataError(f"{name}: the server no longer answers: {said}", hint=hint)
