"""Runs by a clock that is wrong, in other zones, at midnight, over days that are too long or too short, after days off.

The clock is the computer's, so these runs are asked for no day: they take the one it is in the company's time zone.
REMINDR_CLOCK_GAPS says how many of the sixty lengths of a pause are tried.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from projects import write_files
from shop import CUSTOMERS, SETTINGS, ask, open_shop

from remindr.cli import run_app

GAPS = int(os.environ.get("REMINDR_CLOCK_GAPS", "3"))
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
SWITCHES = {  # the days on which clocks are put forward and back
    "Europe/Berlin": (date(2025, 3, 30), date(2025, 10, 26)),
    "America/New_York": (date(2025, 3, 9), date(2025, 11, 2)),
    "Australia/Lord_Howe": (date(2025, 10, 5), date(2025, 4, 6)),
}
DAY = date(2025, 6, 11)
TIMES = (time(0, 30), time(2, 15), time(23, 30))
REFUSED = 5
LONG_PAUSE = 45
GO_ON = ("--allow", "clock")

_SENT = (
    "SELECT n.as_of, n.customer_id, l.invoice_id, l.sequence, l.step, l.repeat FROM notices n "
    "JOIN lines l ON l.notice_id = n.id WHERE NOT n.voided AND l.role <> 'also_open' AND l.step IS NOT NULL"
)


@dataclass
class Business:
    """A project in a time zone, with what its runs did."""

    root: Path
    zone: ZoneInfo
    codes: Counter[int] = field(default_factory=Counter)

    def run(self, day: date, at: time, *more: str) -> int:
        """Runs when the clocks of the zone show this, and returns how many notices that made."""
        moment = datetime.combine(day, at, self.zone).astimezone(UTC)
        today = moment.astimezone(self.zone).date()
        before = self.notices()
        with time_machine.travel(moment, tick=False):
            self.codes[run_app(["run", "-C", str(self.root), *more])] += 1
        new = self.notices()[len(before) :]
        assert {as_of for as_of, _ in new} <= {today.isoformat()}
        return len(new)

    def notices(self) -> list[tuple[str, str]]:
        """All notices, each with its day and its customer."""
        return ask(self.root, "SELECT as_of, customer_id FROM notices WHERE NOT voided ORDER BY id")

    def assert_no_harm(self) -> None:
        """Nobody heard twice on a day, no step of an invoice was taken twice, of an invoice one a day."""
        assert set(Counter(self.notices()).values()) == {1}
        steps = ask(self.root, _SENT)
        assert max(Counter(step[2:] for step in steps).values()) == 1
        assert max(Counter((as_of, invoice) for as_of, _, invoice, *_ in steps).values()) == 1
        files = list((self.root / "outbox").glob("*/*/*"))
        assert len({file.name.rpartition("-")[2] for file in files}) == len(files) > 0


def open_business(root: Path, zone: str, day: date) -> Business:
    """The shop somewhere else, with invoices around a day, and a mail for whatever is due on any day of the week."""
    settings = SETTINGS.replace("Europe/London", zone).replace("segments:", "  max_age: 900 days\nsegments:")
    settings += "reminding:\n  on: mon-sun\n"
    header = "Invoice Number,Customer Number,Customer Name,Invoice Date,Due Date,Amount,Balance,Currency\n"
    ages = enumerate(range(-9, 47, 4), 1)
    invoices = header + "".join(
        f"{number:04},{number % 7 + 1:02},,{day - timedelta(age + 30)},{day - timedelta(age)},90.00,90.00,GBP\n"
        for number, age in ages
    )
    open_shop(root, invoices=invoices)
    for file in (root / "exports").iterdir():
        file.unlink()
    exports = {f"exports/customers-{day}.csv": CUSTOMERS, f"exports/invoices-{day}.csv": invoices}
    return Business(write_files(root, exports | {"remindr.yaml": settings}), ZoneInfo(zone))


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest) -> str:
    """One time zone after the other."""
    return str(request.param)


@pytest.mark.parametrize("which", [0, 1], ids=["forward", "back"])
def test_three_runs_a_day_around_a_change_of_clocks(
    zone: str, which: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    switch = SWITCHES[zone][which]
    business = open_business(tmp_path / "shop", zone, switch)
    days = [switch + timedelta(days) for days in range(-1, 4)]
    made = {(day, at): business.run(day, at) for day, at in product(days, TIMES)}
    assert all(not made[day, at] for day, at in made if at != TIMES[0]), "a day's later runs have nothing to do"
    assert sum(made.values()) >= 7
    business.assert_no_harm()
    record_property(f"clocks of {zone}, {switch}", f"{len(made)} runs, {sum(made.values())} notices, none twice")
    assert business.codes == {0: len(made)}


def test_after_any_pause_everybody_hears_once(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    begun = {zone: open_business(tmp_path / zone.rpartition("/")[2], zone, DAY) for zone in ZONES}
    for business in begun.values():
        assert business.run(DAY, TIMES[0])
    notices = 0
    for number in range(GAPS):
        gap = 1 + number * 60 // GAPS
        zone, at = ZONES[number % len(ZONES)], TIMES[number // len(ZONES) % len(TIMES)]
        business = Business(Path(shutil.copytree(begun[zone].root, tmp_path / "paused")), ZoneInfo(zone))
        day = DAY + timedelta(gap)
        if gap > LONG_PAUSE:
            assert business.run(day, at) == 0
            assert business.codes.pop(REFUSED) == 1
        notices += business.run(day, at, *GO_ON)
        assert business.run(day, TIMES[-1]) == 0
        notices += business.run(day + timedelta(1), at)
        business.assert_no_harm()
        assert business.codes == {0: 3}
        shutil.rmtree(business.root)
    record_property("pauses", f"{GAPS} of 1 to 60 days, {notices} notices after them, one a customer, none twice")


def test_a_clock_far_behind_is_refused(zone: str, tmp_path: Path) -> None:
    business = open_business(tmp_path / "shop", zone, DAY)
    assert business.run(DAY, time(23, 30))
    for days in (400, 40, 1):
        assert business.run(DAY - timedelta(days), time(23, 30)) == 0
    assert business.codes == {0: 1, REFUSED: 3}
    assert business.run(DAY, time(23, 45)) == 0
    business.run(DAY + timedelta(1), time(0, 30))
    business.assert_no_harm()


def test_a_clock_far_ahead_is_refused(zone: str, tmp_path: Path) -> None:
    """If a person says so, everybody hears once; the clock put right, nobody until a person says so again."""
    business = open_business(tmp_path / "shop", zone, DAY)
    settings = business.root / "remindr.yaml"
    relaxed = settings.read_text()
    assert business.run(DAY, time(0, 30))
    settings.write_text(relaxed.replace("900 days", "2 working days"))
    assert business.run(DAY + timedelta(400), time(0, 30), *GO_ON) == 0
    settings.write_text(relaxed)
    assert business.run(DAY + timedelta(400), time(0, 30)) == 0
    assert business.codes == {0: 1, REFUSED: 2}
    assert business.run(DAY + timedelta(400), time(0, 30), *GO_ON) <= 7
    assert business.run(DAY + timedelta(1), time(0, 30)) == 0
    assert business.codes == {0: 2, REFUSED: 3}
    for days in range(1, 30, 3):
        business.run(DAY + timedelta(days), time(0, 30), *GO_ON)
    business.assert_no_harm()
    assert business.codes == {0: 12, REFUSED: 3}
