"""What remindr remembers of its runs."""
