"""The journal's schema as it grew: one small step a file, applied in order by Alembic."""
