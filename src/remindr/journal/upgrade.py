"""Bringing an older journal up to this version's schema. Imported only when that is due: Alembic is heavy."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Takes the schema from wherever it is to the newest, within the caller's transaction."""
    command.upgrade(configuration(connection), "head")


def configuration(connection: Connection) -> Config:
    """Alembic's settings for our migrations; there is no ini file."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "remindr.journal:migrations")
    return config
