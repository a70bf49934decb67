"""Disputes and holds as exports showed them: begun with the first that had it, ended with the first without."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from remindr.model.outcome import Cause, Ended


class RestKey(NamedTuple):
    """What rests, and why; the whole customer where `invoice_id` is empty."""

    customer_id: str
    invoice_id: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class Rest:
    """A while in which exports showed something at rest; `until` is None while it lasts."""

    key: RestKey
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class RestChanges:
    """What one more export changes: whiles that go, and those that come."""

    gone: tuple[Rest, ...] = ()
    new: tuple[Rest, ...] = ()

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return bool(self.gone or self.new)


def observe(
    known: Iterable[Rest],
    shown: Collection[RestKey],
    day: date,
    *,
    customers_of: date | None = None,
    unseen: Collection[str] = (),
) -> RestChanges:
    """What the newest export changes: one of `day`, whose file of customers may be of another day.

    Customers who are `unseen` may rest in it all the same.
    """

    def day_of(key: RestKey) -> date:
        return day if key.invoice_id else customers_of or day

    gone, new, lasting = [], [], set()
    for rest in known:
        is_shown = rest.key in shown
        if rest.until is None and not is_shown and rest.key.customer_id not in unseen:
            gone.append(rest)
            new.append(replace(rest, until=day_of(rest.key)))
        elif is_shown and rest.until == day_of(rest.key):  # another export of that day had ended it
            gone.append(rest)
            new.append(replace(rest, until=None))
            lasting.add(rest.key)
        elif rest.until is None:
            lasting.add(rest.key)
    new += [Rest(key, day_of(key)) for key in sorted(shown) if key not in lasting]
    return RestChanges(tuple(gone), tuple(new))


def ended(rests: Iterable[Rest], today: date) -> dict[str, dict[str, Ended]]:
    """What has ended by `today`, by customer and invoice: the newest end of each."""
    found: dict[str, dict[str, Ended]] = {}
    for rest in sorted((one for one in rests if one.until), key=lambda one: one.until or today):
        if rest.until and rest.until <= today:
            key = rest.key
            found.setdefault(key.customer_id, {})[key.invoice_id] = Ended(key.cause, rest.until)
    return found
