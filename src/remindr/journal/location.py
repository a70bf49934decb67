"""Where a journal is: a path below the project, or a URL of a database server."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from remindr.errors import ProjectError

# Those whose unique indexes can leave voided notices out, and what speaks to them.
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
_SECRET = ("password", "sslpassword")


def journal_url(location: str) -> URL:
    """What stands in remindr.yaml, a path or a URL, as a URL; ProjectError if a journal cannot be kept there."""
    if "://" not in location:
        return URL.create("sqlite", database=location)
    try:
        url = make_url(location.replace("postgres://", "postgresql://", 1))
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise unusable(str(error)) from error
    except ValueError as error:  # quotes what it took for a port, which may be half a password
        raise _unreadable() from error
    if "@" in (url.host or ""):
        raise _unreadable()
    if url.get_backend_name() not in _DRIVERS or not url.database:
        raise unusable(f"a journal cannot be kept in '{shown(url)}'")
    return url.set(drivername=_DRIVERS[url.get_backend_name()])


def shown(url: URL) -> str:
    """The URL as people may see it: without passwords, and without the name of what speaks to the server."""
    open_ = url.set(drivername=url.get_backend_name(), query={})
    said = {key: value for key, value in url.query.items() if key not in _SECRET}
    return open_.set(query=said).render_as_string()


def unusable(fact: str) -> ProjectError:
    """The error for a location that is no place for a journal."""
    hint = "write a path such as .remindr/journal.db, or a URL such as postgresql://user@host/database"
    return ProjectError(f"journal: {fact}", hint=hint)


def _unreadable() -> ProjectError:
    hint = "in a URL write %40 for @, %3A for : and %2F for / in a password; or leave it out and put it into ~/.pgpass"
    return ProjectError("journal: the URL cannot be read", hint=hint)
