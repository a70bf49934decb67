"""What reading told of a book, as tests compare it."""

from remindr.sources.book import Book


def told(book: Book) -> tuple[str, ...]:
    """What is told of a book, but for the files here having no column that says what is paid."""
    return tuple(warning for warning in book.warnings if "no column says what is paid" not in warning)
