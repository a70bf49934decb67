"""remindr with the libraries of a run, standing still until strace watches it: a start alone has thousands of calls."""

import duckdb  # noqa: F401
import sqlalchemy.dialects.sqlite  # noqa: F401
from strace import stand_still

import remindr.channels.calls
import remindr.channels.email
import remindr.channels.letter
import remindr.cli.discard
import remindr.cli.run
import remindr.cli.session
import remindr.pipeline.discarding
import remindr.pipeline.run
import remindr.sources.assembly  # noqa: F401
from remindr.__main__ import main

if __name__ == "__main__":
    stand_still()
    main()
