"""How a customer is reached for a step: the channel, the address on it, and why not the one asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from remindr.core.addresses import mailbox
from remindr.model.book import Account, Customer
from remindr.model.plan import Blocker, ChannelName, Flag, Reason
from remindr.model.policy import Contacts, Policy, Step
from remindr.model.terms import Level

CALL_ON = "call_on"  # the variable of templates that is the day of an announced call
_FALLBACK: tuple[ChannelName, ...] = ("email", "sms", "letter", "call")
_UNSPOKEN: tuple[ChannelName, ...] = ("email", "sms", "letter")
_WRITTEN: tuple[ChannelName, ...] = ("email", "letter")
_ASKED: dict[str, ChannelName] = {
    "email": "email",
    "e-mail": "email",
    "mail": "email",
    "phone": "call",
    "telephone": "call",
    "call": "call",
    "sms": "sms",
    "text": "sms",
    "letter": "letter",
    "post": "letter",
}


NOTHING_SPENT: Mapping[ChannelName, Reason] = {}


@dataclass(frozen=True, slots=True)
class Reach:
    """The channels of a notice, leading one first, the address on that one, and what to tell about the choice.

    `instead` is set when the channel is not the one that the step or the customer asks for.
    """

    channels: tuple[ChannelName, ...]
    to: str
    why: str | None = None
    instead: bool = False


def speakable(policy: Policy, sequence: str, step: Step) -> frozenset[ChannelName]:
    """The channels for which a step has words."""
    return frozenset(channel for channel in _FALLBACK if policy.template_for(sequence, step.id, channel))


def telling_of_calls(policy: Policy, sequence: str, step: Step) -> frozenset[ChannelName]:
    """The channels on which the words of a step say when the customer will be rung."""
    named = ((channel, policy.template_for(sequence, step.id, channel)) for channel in _UNSPOKEN)
    return frozenset(channel for channel, name in named if name and CALL_ON in policy.templates[name].text)


def reach(
    customer: Customer,
    step: Step,
    speaks: frozenset[ChannelName],
    *,
    calls: bool = True,
    spent: Mapping[ChannelName, Reason] = NOTHING_SPENT,
) -> Reach | None:
    """How to contact a customer for a step; None if there is no way that the step's level allows.

    `speaks` are the channels for which the step has words.

    Formal and final steps are in writing. A missing address falls back e-mail, sms, letter, call; a customer
    with no address at all goes on the call list, where a person can look the number up. Nobody is rung up
    with a heads-up unless the step or the customer asks for calls. Without `calls` nobody is rung up at all, and nobody
    is contacted on channels that are `spent`.
    """
    asked = _asked(customer, step)
    allowed = tuple(one for one in _allowed(asked, step) if one not in spent and (calls or one != "call"))
    for channel in (asked, *_FALLBACK):
        if channel in allowed and channel in speaks:
            address = _address(customer, channel)
            if address:
                why = _explain(asked, channel, step, customer, spent)
                return Reach(_with_letter(channel, customer, step), address, why, instead=channel != asked)
    if "call" in allowed and "call" in speaks:
        why = "no e-mail, phone or postal address on file: a person has to look the number up"
        return Reach(("call",), "", why, instead=True)
    return None


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who else of a customer gets a copy, and what to tell about it."""

    cc: tuple[str, ...]
    why: str


def escalation(contacts: Contacts, customer: Customer, step: Step, found: Reach) -> Escalation | None:
    """The copy that goes to the customer's people of the escalation; None where the step asks for none."""
    if step.level < contacts.escalate_from or found.channels[0] != "email" or not contacts.above:
        return None
    address = customer.fields.get(contacts.above)
    if not address or address.casefold() == found.to.casefold():
        return None
    try:
        mailbox(address)
    except ValueError as error:
        return Escalation((), f"no copy goes to the escalation contact: {error}")
    return Escalation((address,), f"a {step.level.word} step goes to {address}, too")


def _allowed(asked: ChannelName, step: Step) -> tuple[ChannelName, ...]:
    if step.level >= Level.FORMAL:
        return _WRITTEN
    if step.level == Level.HEADS_UP and asked != "call":
        return _UNSPOKEN
    return _FALLBACK


def _asked(customer: Customer, step: Step) -> ChannelName:
    if step.by != "preferred":
        return step.by
    return _ASKED.get((customer.preferred_channel or "email").casefold(), "email")


def _address(customer: Customer, channel: ChannelName) -> str | None:
    if channel == "email":
        return customer.email
    return customer.address if channel == "letter" else customer.phone


def _with_letter(channel: ChannelName, customer: Customer, step: Step) -> tuple[ChannelName, ...]:
    wanted = step.also == "letter" and channel != "letter" and customer.address
    return (channel, "letter") if wanted else (channel,)


def _explain(
    asked: ChannelName, chosen: ChannelName, step: Step, customer: Customer, spent: Mapping[ChannelName, Reason]
) -> str | None:
    if asked == chosen:
        prefers = customer.preferred_channel if step.by == "preferred" else None
        return f"the customer prefers {prefers}" if prefers else None
    if asked in spent:
        return f"{spent[asked].detail}, so {chosen} instead of {asked}"
    if _address(customer, asked):
        return f"a {step.level.word} step is in writing, so {chosen} instead of {asked}"
    missing = {"email": "e-mail address", "letter": "postal address"}.get(asked, "phone number")
    return f"no {missing} on file, so {chosen} instead of {asked}"


def unreachable(account: Account, today: date) -> Flag | None:
    """The flag of a customer who owes something overdue and has no address of any kind: the call list has no number."""
    customer = account.customer
    known = customer.email or customer.phone or customer.address
    if known or customer.do_not_contact or not customer.listed:
        return None
    if not any(invoice.due_date < today for invoice in account.invoices):
        return None
    return Flag(Blocker.NO_CONTACT_DETAILS.value, customer.id, "no e-mail, phone or postal address on file")
