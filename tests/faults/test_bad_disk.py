"""The disk is full, broken or closed to us at one moment of a run: it stops, says so, and the next one makes it good."""

from collections.abc import Callable
from pathlib import Path

import pytest
from shop import NOTICES, delivered, notices, open_shop, places, run_arguments, run_command, sent, states
from strace import Ended, changes, watch

from remindr.cli import run_app

EMAIL = "0002-zoe-s-books-fb39ca7d0cde.eml"
WAL = "<.remindr/journal.db-wal>"
