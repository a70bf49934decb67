"""How a customer is reached for a step: the channel, the address on it, and why not the one asked for."""

from dataclasses import dataclass

from remindr.model.book import Customer
from remindr.model.plan import ChannelName
from remindr.model.policy import Policy, Step
from remindr.model.terms import Level

_FALLBACK: tuple[ChannelName, ...] = ("email", "sms", "letter", "call")
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


@dataclass(frozen=True, slots=True)
class Reach:
    """The channels of a notice, leading one first, the address on that one, and what to tell about the choice."""

    channels: tuple[ChannelName, ...]
    to: str
    why: str | None = None


def reach(customer: Customer, sequence: str, step: Step, policy: Policy) -> Reach | None:
    """How to contact a customer for a step; None if there is no way that the step's level allows.

    Formal and final steps are in writing. A missing address falls back e-mail, sms, letter, call; a customer
    with no address at all goes on the call list, where a person can look the number up.
    """
    asked = _asked(customer, step)
    allowed = _WRITTEN if step.level >= Level.FORMAL else _FALLBACK
    for channel in (asked, *_FALLBACK):
        if channel in allowed and _can_speak(channel, sequence, step, policy):
            address = _address(customer, channel)
            if address:
                return Reach(_with_letter(channel, customer, step), address, _explain(asked, channel, step, customer))
    if "call" in allowed and _can_speak("call", sequence, step, policy):
        return Reach(("call",), "", "no e-mail, phone or postal address on file: a person has to look the number up")
    return None


def _asked(customer: Customer, step: Step) -> ChannelName:
    if step.by != "preferred":
        return step.by
    return _ASKED.get((customer.preferred_channel or "email").casefold(), "email")


def _can_speak(channel: ChannelName, sequence: str, step: Step, policy: Policy) -> bool:
    return policy.template_for(sequence, step.id, channel) is not None


def _address(customer: Customer, channel: ChannelName) -> str | None:
    if channel == "email":
        return customer.email
    return customer.address if channel == "letter" else customer.phone


def _with_letter(channel: ChannelName, customer: Customer, step: Step) -> tuple[ChannelName, ...]:
    wanted = step.also == "letter" and channel != "letter" and customer.address
    return (channel, "letter") if wanted else (channel,)


def _explain(asked: ChannelName, chosen: ChannelName, step: Step, customer: Customer) -> str | None:
    if asked == chosen:
        return f"the customer prefers {customer.preferred_channel}" if step.by == "preferred" else None
    if _address(customer, asked):
        return f"a {step.level.word} step is in writing, so {chosen} instead of {asked}"
    missing = {"email": "e-mail address", "letter": "postal address"}.get(asked, "phone number")
    return f"no {missing} on file, so {chosen} instead of {asked}"
