"""Runs with forty e-mails that go through days of bad weather at the mail server, each mix in a process."""

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from certificates import certified
from live import LiveShop, live_settings
from mailserver import PASSWORD, USER
from rawserver import raw_server
from shop import DAY, INVOICES, ask, export_to, open_shop
from weather import Weather

from remindr.channels.names import fingerprint

MAILS = 40
BAD_DAYS = 6

CUSTOMERS = "Customer Number,Customer Name,Email,Phone,Address\n" + "".join(
    f'{n},Customer {n},c{n}@many.example,,"{n} High St, Leeds"\n' for n in range(100, 100 + MAILS)
)
INVOICES_OF_MANY = (
    INVOICES.partition("\n")[0]
    + "\n"
    + "".join(f"{n},{n},Customer {n},2025-01-20,2025-02-19,99.00,99.00,GBP\n" for n in range(100, 100 + MAILS))
)
_STANDS = (
    "SELECT n.key, n.channels, s.state, max(s.ordinal) FROM notices n JOIN delivery_states s "
    "ON s.delivery_id = n.delivery_id WHERE NOT n.voided GROUP BY n.id"
)


@dataclass(frozen=True, slots=True)
class Through:
    """What came of a mix: the runs' exit codes, how often e-mails were taken, where each notice stands in the end."""

    codes: tuple[int, ...]
    faults: int
    taken: Counter[str]
    stands: tuple[tuple[str, str, str], ...]
    err: str


def gone_through(root: str, seed: int) -> Through:
    """Runs on bad days, and then on clear ones."""
    where = Path(root)
    os.environ |= {"SMTP_PASSWORD": PASSWORD, "XDG_STATE_HOME": str(where / "state")}
    shop = LiveShop(open_shop(where))
    export_to(where, DAY, customers=CUSTOMERS, invoices=INVOICES_OF_MANY)
    good = certified(where)
    (where / "others").mkdir()
    with raw_server(tls="starttls", context=good[0], ca_file=good[1]) as server:
        smtp = server.settings(user=USER, password={"env": "SMTP_PASSWORD"}, answer_within="1 seconds")
        (where / "remindr.yaml").write_text(live_settings(smtp))
        assert shop.remindr("approve", "--all").code == 0
        weather = Weather(seed, server, where / "others", good)
        said = []
        for _ in range(BAD_DAYS):
            weather.day()
            said.append(shop.run())
        weather.clear()
        for _ in range(3):
            shop.remindr("approve", "--all")
            said.append(shop.run())
        taken = Counter(server.message_ids)
    stands = tuple((f"<{fingerprint(key)}@harbourfinch.example>", *rest) for key, *rest, _ in ask(where, _STANDS))
    return Through(tuple(one.code for one in said), weather.bad, taken, stands, "".join(one.err for one in said))
