"""What Alembic runs to upgrade a journal over the connection it is handed."""

from alembic import context

from remindr.journal.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
