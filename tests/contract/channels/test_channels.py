"""What every channel promises, and what each writes."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from messages import company, customer, line, message, notice

from remindr import registry
from remindr.channels import CHANNELS
from remindr.channels.base import Channel, Sender
from remindr.channels.stage import Stage
from remindr.model.plan import ChannelName, Message

NAMES: tuple[ChannelName, ...] = ("email", "call", "letter", "sms")
Make = Callable[[ChannelName], Channel]

HOSTILE = ("../../etc/passwd", "a\0b", "x" * 300, "CON", "Ö/ö:*?", "=1+1", '"; DROP', "a\r\nb", "", "\ud800", "--")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "stage")


@pytest.fixture
def make(stage: Stage) -> Make:
    return lambda name: registry.load(CHANNELS[name])(stage, Sender(company()))


def written(stage: Stage) -> dict[str, bytes]:
    """Everything on the stage, by its place."""
    files = [path for path in stage.path.rglob("*") if path.is_file()]
    return {path.relative_to(stage.path).as_posix(): path.read_bytes() for path in sorted(files)}


def to(name: ChannelName, text: str = "Hello", **changed: Any) -> Message:
    return message(text, channel=name, **changed)


def rows(raw: bytes) -> list[dict[str, str]]:
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


# What every channel promises


def test_there_is_a_channel_for_every_way_a_notice_can_go() -> None:
    assert set(CHANNELS) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_message_is_there_when_the_channel_is_closed(name: ChannelName, make: Make, stage: Stage) -> None:
    channel = make(name)
    for number in range(3):
        channel.add(to(name, f"text number {number}", key=f"key {number}", html=f"<p>text number {number}</p>"))
    channel.close()
    everything = b"".join(written(stage).values())
    assert [everything.count(b"text number %d" % number) for number in range(3)] in ([1, 1, 1], [2, 2, 2])


@pytest.mark.parametrize("name", NAMES)
def test_the_same_messages_make_the_same_files(name: ChannelName, tmp_path: Path) -> None:
    made = []
    for place in ("a", "b"):
        stage = Stage(tmp_path / place)
        channel: Channel = registry.load(CHANNELS[name])(stage, Sender(company()))
        channel.add(to(name))
        channel.close()
        made.append(written(stage))
    assert made[0] == made[1]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("evil", HOSTILE)
def test_hostile_ids_and_names_stay_inside_the_stage(
    name: ChannelName, evil: str, make: Make, stage: Stage, tmp_path: Path
) -> None:
    channel = make(name)
    who = customer(id=evil, name=evil, phone=evil, address=evil)
    channel.add(message(channel=name, who=who, key=evil.encode("utf-8", "replace").decode(), why=(evil,)))
    channel.add(message(channel=name, who=who, key="another"))
    channel.close()
    stage.settle()
    assert [path.name for path in tmp_path.iterdir()] == ["stage"]
    places = written(stage)
    assert places
    assert all(set(place) <= set("abcdefghijklmnopqrstuvwxyz0123456789-./") for place in places)
    assert all(len(Path(place).name) <= 64 for place in places)


@pytest.mark.parametrize("name", NAMES)
def test_only_we_can_read_what_is_written(name: ChannelName, make: Make, stage: Stage) -> None:
    channel = make(name)
    channel.add(to(name))
    channel.close()
    for path in (stage.path, *stage.path.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)


@pytest.mark.parametrize("name", NAMES)
def test_a_channel_that_got_nothing_is_closed_without_fuss(name: ChannelName, make: Make) -> None:
    make(name).close()


# E-mails


def test_each_e_mail_is_a_file_of_its_own(make: Make, stage: Stage) -> None:
    channel = make("email")
    channel.add(to("email", "one", key="k1"))
    channel.add(to("email", "two", key="k2"))
    files = written(stage)
    assert [name[:20] for name in files] == ["email/0001-oak-sons-", "email/0002-oak-sons-"]
    read = [message_from_bytes(raw, policy=policy.default) for raw in files.values()]
    assert [one["X-Unsent"] for one in read] == ["1", "1"]
    assert {str(one["To"]) for one in read} == {"Oak & Sons <ap@oak.example>"}


# Letters


def test_each_letter_is_a_file_of_its_own(make: Make, stage: Stage) -> None:
    channel = make("letter")
    channel.add(to("letter", html="<!DOCTYPE html><p>Hello</p>"))
    ((name, raw),) = written(stage).items()
    assert name.startswith("letters/0001-oak-sons-")
    assert name.endswith(".html")
    assert raw == b"<!DOCTYPE html><p>Hello</p>"


def test_a_letter_without_a_page_is_a_mistake_of_ours(make: Make) -> None:
    with pytest.raises(ValueError, match="has no page"):
        make("letter").add(to("letter", html=None))


# Calls


def test_the_call_list_says_whom_to_ring_why_and_what_to_say(make: Make, stage: Stage) -> None:
    channel = make("call")
    channel.add(
        message(
            "Ask for a date.\n\nThank them.",
            channel="call",
            who=customer(phone="020 7946 0018"),
            invoices=(line("INV-1"), line("INV-2")),
            also_due=(line("INV-3"),),
            total={"GBP": Decimal("1154.61"), "EUR": Decimal(35)},
            level=2,
            why=("10 days after due", "no e-mail address on file"),
        )
    )
    channel.close()
    assert rows(written(stage)["calls.csv"]) == [
        {
            "date": "2026-11-20",
            "customer": "C1",
            "who": "Oak & Sons",
            "phone": "020 7946 0018",
            "why": "10 days after due; no e-mail address on file",
            "what to say": "Ask for a date.\n\nThank them.",
            "invoices": "INV-1, INV-2, INV-3",
            "total": "£1,154.61 and €35.00",
            "level": "firm",
            "key": "2026-11-20 C1",
        }
    ]


def test_no_cell_of_the_call_list_is_a_formula(make: Make, stage: Stage) -> None:
    channel = make("call")
    who = customer(id="=1+1", name="@SUM(A1)", phone="+44 20 7946 0018")
    channel.add(message("=1", channel="call", who=who, invoices=(line("-1"),), why=("+x",), key="=k"))
    channel.close()
    (row,) = rows(written(stage)["calls.csv"])
    assert row["customer"] == "'=1+1"
    assert row["who"] == "'@SUM(A1)"
    assert row["phone"] == "'+44 20 7946 0018"
    assert row["invoices"] == "'-1"
    assert not [cell for cell in row.values() if cell.startswith(tuple("=+-@"))]


# Text messages


def test_the_list_of_text_messages_says_what_goes_where(make: Make, stage: Stage) -> None:
    channel = make("sms")
    channel.add(message("Invoice INV-1 is due.", channel="sms", who=customer(phone="020 7946 0018")))
    channel.close()
    assert rows(written(stage)["sms.csv"]) == [
        {
            "date": "2026-11-20",
            "customer": "C1",
            "who": "Oak & Sons",
            "phone": "020 7946 0018",
            "text": "Invoice INV-1 is due.",
            "key": "2026-11-20 C1",
        }
    ]


def test_a_notice_names_its_first_recipient_only(make: Make, stage: Stage) -> None:
    """A letter that goes beside an e-mail does not change to whom the e-mail goes."""
    made = notice(channels=("email", "letter"))
    make("email").add(Message(made, "email", "x", "x", "<p>x</p>"))
    (raw,) = written(stage).values()
    assert str(message_from_bytes(raw, policy=policy.default)["To"]) == "Oak & Sons <ap@oak.example>"
