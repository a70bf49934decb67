"""Exports to a Book: typed DuckDB tables, with whatever could not be read set aside."""
