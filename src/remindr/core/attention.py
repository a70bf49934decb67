"""What waits for a person: where it belongs in the status, and the command that deals with it."""

from shlex import quote
from typing import Literal

from remindr.core.told import money_words
from remindr.model.approvals import Waiting
from remindr.model.plan import Blocker

Place = Literal["waiting", "promises", "uncertain", "late"]

_PLACES: dict[str, Place] = {
    "broken_promise": "promises",
    "promise_not_accepted": "promises",
    Blocker.IN_DOUBT.value: "uncertain",
    "turning_late": "late",
    "moving": "late",
}
_COMMANDS = {
    Blocker.NEEDS_APPROVAL.value: "remindr approve",
    Blocker.UNKNOWN_CUSTOMER.value: "remindr check",
    Blocker.IN_DOUBT.value: "remindr uncertain",
    "broken_promise": "remindr history {customer}",
    "promise_not_accepted": "remindr approve",
    "refused": "remindr approve {about}",
    Blocker.DISPUTED.value: "remindr note {about} resolved",
    Blocker.ON_HOLD.value: "remindr note {about} release",
    "paid_says_customer": "remindr note {customer} ack --flag {code}",
    "send_a_copy": "remindr note {customer} ack --flag {code}",
    "identity_changed": "remindr note {customer} ack --flag {code}",
}


def place_of(code: str) -> Place:
    """The part of the status in which a flag of that code stands."""
    return _PLACES.get(code, "waiting")


def asked_words(one: Waiting) -> str:
    """What a person is asked about, how much is open, and why: `step 'final', 1,000.00 GBP, waits since …: …`."""
    since = "" if one.promise else f", waits since {one.since}"
    return f"{one.what}, {money_words(one.balance, one.currency)}{since}: {one.why}"


def command_for(code: str, customer_id: str, invoice_id: str | None = None) -> str:
    """The command that deals with what waits; by default the one that says why."""
    about = quote(invoice_id or customer_id)
    return _COMMANDS.get(code, "remindr explain {about}").format(customer=quote(customer_id), about=about, code=code)
