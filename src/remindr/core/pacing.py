"""What a customer's invoices mean for each other: small sums, waits, heads-ups that ride along, a steady tone."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from remindr.core import blockers
from remindr.core.calendar import Calendar
from remindr.core.cases import Case, not_today
from remindr.core.told import in_currency
from remindr.model.money import total_by_currency
from remindr.model.outcome import Progress
from remindr.model.plan import Blocker, Reason
from remindr.model.policy import Rate, Reminding
from remindr.model.terms import Level

_CENT: Final = Decimal("0.01")
MILD_WAITS = timedelta(days=7)  # a friendly step beside a formal one rides along, and goes alone after this


class Pacing:
    """A project's pace at a date."""

    def __init__(self, reminding: Reminding, currency: str, rates: Mapping[str, tuple[Rate, ...]], today: date) -> None:
        self._reminding = reminding
        self._rates = rates
        self._currency = currency
        self._today = today

    def apply(self, cases: list[Case], progress: Progress, calendar: Calendar) -> bool:
        """Adds the reasons that follow from the customer's other invoices and from earlier contacts.

        Returns whether a friendly step has to be said firmly, beside a formal matter.
        """
        overdue = self.rest_small(cases)
        pacing = list(blockers.of_pacing(progress, self._reminding, self._today))
        for case in overdue:
            if case.step is not None:
                case.reasons.extend(pacing)
        stern = is_stern(cases)
        if stern:
            self._keep_tone(cases)
        self._rest_heads_ups(cases, overdue, progress, calendar)
        return stern

    def rest_small(self, cases: Iterable[Case]) -> list[Case]:
        """The overdue ones; those in a currency in which little is overdue are given that as a reason to rest."""
        overdue = [case for case in cases if case.overdue]
        small = self._below_minimum(overdue)
        for case in overdue:
            if case.invoice.currency in small:
                case.reasons.append(small[case.invoice.currency])
        return overdue

    def quiet_until(self, progress: Progress, *, reminded_today: bool) -> date:
        """The first day on which the customer may hear of overdue money again."""
        wait = timedelta(days=max(1, self._reminding.wait_between_contacts.days))
        if reminded_today:
            return self._today + wait
        return progress.overdue_contact_days[-1] + wait if progress.overdue_contact_days else self._today

    def _below_minimum(self, overdue: Iterable[Case]) -> Mapping[str, Reason]:
        """The reason per currency whose net overdue total is not worth a reminder."""
        if not self._reminding.ignore_below:
            return {}
        owed = total_by_currency(
            (case.invoice.currency, case.invoice.balance - case.credit) for case in overdue if not case.invoice.disputed
        )
        small = {}
        for currency, total in owed.items():
            least = self._least(currency)
            if least is not None and total < least:
                sum_, limit = in_currency(f"{total:.2f}", currency), in_currency(str(least), currency)
                detail = f"{sum_} overdue in all, less than {limit}"
                small[currency] = Reason(Blocker.BELOW_MINIMUM, detail)
        return small

    def _least(self, currency: str) -> Decimal | None:
        """The least sum worth a reminder: the currency's own, else the company's at its rate; None if nobody said."""
        leasts = {least.unit or self._currency: least.number for least in self._reminding.ignore_below}
        known = [rate for rate in self._rates.get(currency, ()) if rate.since <= self._today]
        if currency in leasts or self._currency not in leasts or not known:
            return leasts.get(currency)
        rate = max(known, key=lambda one: one.since).rate
        return (leasts[self._currency] / rate).quantize(_CENT, ROUND_HALF_UP)

    def _keep_tone(self, cases: list[Case]) -> None:
        """Beside a formal matter heads-ups stop, and friendly steps ride along or wait to be said firmly."""
        alone = self._reminding.one_message_per == "invoice"  # nothing else goes that it could ride along with
        firm_today = alone or any(case.ready and case.level > Level.FRIENDLY for case in cases)
        for case in cases:
            if not case.overdue and case.step is not None:
                detail = "no heads-up while another invoice stands at a formal step"
                case.reasons.append(Reason(Blocker.RIDES_ALONG, detail, case.invoice.due_date + blockers.ONE_DAY))
            elif case.level == Level.FRIENDLY and case.reached_on and not firm_today:
                until = case.reached_on + MILD_WAITS
                if self._today < until:
                    detail = "goes with the next notice, as another invoice stands at a formal step"
                    case.reasons.append(Reason(Blocker.RIDES_ALONG, detail, until))

    def _rest_heads_ups(self, cases: list[Case], overdue: list[Case], progress: Progress, calendar: Calendar) -> None:
        """Heads-ups go by themselves only where no overdue notice is near; they travel with one that goes today."""
        if any(case.ready for case in overdue):
            return
        near = self._today + timedelta(days=self._reminding.wait_between_contacts.days)
        soon = [day for case in overdue if not case.reasons and (day := case.next_day) and day <= near]
        for case in cases:
            if case.overdue or case.step is None:
                continue
            if progress.noticed_today:
                until = self._today + blockers.ONE_DAY
                case.reasons.append(Reason(Blocker.WAITING, "a notice went to this customer today", until))
            elif soon:
                case.reasons.append(Reason(Blocker.RIDES_ALONG, f"goes with the reminder of {min(soon)}", min(soon)))
            elif not calendar.is_sending_day(self._today):
                case.reasons.append(not_today(self._today, calendar))


_RESTING = frozenset({Blocker.DISPUTED, Blocker.ON_HOLD, Blocker.PROMISED, Blocker.COVERED_BY_CREDIT})


def is_stern(cases: Iterable[Case]) -> bool:
    """Whether an invoice stands at a formal step or beyond, with a step still to come and nothing that rests it."""
    return any(
        (case.step or case.next_step)
        and any(contact.level >= Level.FORMAL for contact in case.contacts)
        and _RESTING.isdisjoint(reason.code for reason in case.reasons)
        for case in cases
    )
