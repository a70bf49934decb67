"""Pages for a browser: a typed document in, one self-contained file out. Nothing here knows how a plan is made."""
