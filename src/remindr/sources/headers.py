"""What rules can call the columns of an export, found without reading it: for `check`, before there is a book."""

from pathlib import Path

from remindr.errors import RemindrError
from remindr.model.policy import Project
from remindr.sources.columns import column_name, field_name
from remindr.sources.customers import describes_customers
from remindr.sources.dialect import find_dialect
from remindr.sources.find import find_files
from remindr.sources.private import PrivateFolder
from remindr.sources.snapshot import take_snapshot


def column_names(root: Path, project: Project) -> frozenset[str]:
    """The names of the columns that speak of customers; none if there is no export that can be read."""
    role, timezone = describes_customers(project), project.company.timezone
    pattern = project.sources.customers or project.sources.invoices
    with PrivateFolder() as folder:
        try:
            wanted = {field_name(field): header for field, header in project.sources.columns.items()}
            newest = find_files(root, pattern, timezone, role)[0]
            headers = find_dialect(
                take_snapshot(newest.path, newest.shown, Path(folder), timezone), role, wanted
            ).headers
        except (RemindrError, OSError):
            return frozenset()
    return frozenset(filter(None, map(column_name, headers)))
