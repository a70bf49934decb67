"""Messages out: one channel, one file."""
