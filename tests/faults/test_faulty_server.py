"""A mail server does all that goes wrong, in any mix: nobody gets an e-mail twice, and none is lost in silence.

With REMINDR_SMTP_WEATHERS=120 so many mixes, each of up to ten runs with forty e-mails; a few otherwise.
"""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

from weathered import MAILS, Through, gone_through

WEATHERS = int(os.environ.get("REMINDR_SMTP_WEATHERS", "2"))


def test_whatever_a_server_does_nobody_gets_an_email_twice_and_none_is_lost(
    processes: ProcessPoolExecutor, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    runs: list[Future[Through]] = [
        processes.submit(gone_through, str(tmp_path / f"shop{seed}"), seed) for seed in range(WEATHERS)
    ]
    count = Counter[str]()
    for run in runs:
        through = run.result()
        assert max(through.taken.values()) == 1, through
        assert set(through.codes) <= {0, 1, 3}, through
        assert through.codes[-1] == 0, through
        assert "remindr has a bug" not in through.err, through
        assert len(through.stands) == MAILS, through  # every customer has one notice, and one alone
        sent = {name for name, channels, state in through.stands if "email" in channels and state == "sent"}
        doubt = {name for name, _, state in through.stands if state == "uncertain"}
        assert sent <= through.taken.keys(), through
        assert through.taken.keys() <= sent | doubt, through
        assert len(sent | doubt) + sum("email" not in channels for _, channels, _ in through.stands) == MAILS
        count += Counter(
            {"runs": len(through.codes), "faults": through.faults, "doubt": len(doubt), "taken": len(through.taken)}
        )
    record_property(
        "live runs with a faulty server",
        f"{count['runs']} runs in {WEATHERS} mixes, {count['faults']} faults, {count['taken']} e-mails taken, "
        f"0 duplicates, 0 silent losses, {count['doubt']} in doubt",
    )
