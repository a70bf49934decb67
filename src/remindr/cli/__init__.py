"""remindr's commands."""
