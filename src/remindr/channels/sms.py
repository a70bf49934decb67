"""Text messages as a list that can be handed to whoever sends them."""

from remindr.channels.base import Sender
from remindr.channels.sheet import Sheet
from remindr.channels.stage import Stage
from remindr.core.cleaning import one_line
from remindr.model.plan import Message

HEADINGS = ("date", "customer", "who", "phone", "text", "key")


class TextList:
    """Writes `sms.csv`, a row a text message."""

    def __init__(self, stage: Stage, _sender: Sender) -> None:
        self._sheet = Sheet(stage, "sms.csv", HEADINGS)

    def add(self, message: Message) -> None:
        """Writes the message's row."""
        notice = message.notice
        customer = notice.customer
        person = (one_line(customer.id), one_line(customer.name), one_line(customer.phone))
        self._sheet.add((notice.as_of.isoformat(), *person, message.text, notice.key))

    def close(self) -> None:
        """Writes out the last rows."""
        self._sheet.close()
