"""What passes e-mails on says honestly what became of each, sends every byte as it is, and tells no secret."""

import os
import signal
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from certificates import certified
from mailserver import PASSWORD, USER, MailServer, mail_server
from rawserver import DROP, HANG, RawServer, React, raw_server

from remindr.channels import secrets
from remindr.channels.program import ProgramTransport
from remindr.channels.secrets import read_secret
from remindr.channels.smtp import SmtpTransport
from remindr.channels.transport import Answer, Fate, Transport
from remindr.errors import DataError
from remindr.model.delivery import Secret, Smtp

FROM, TO = "accounts@harbour.example", "ap@oak.example"
MAIL = (
    b"From: accounts@harbour.example\r\nTo: ap@oak.example\r\nMessage-ID: <1@harbour.example>\r\n\r\n"
    b"Dots:\r\n.\r\n..\r\n.first\r\n...\r\n. \r\nthe end=20\r\n"
)


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    file = tmp_path / "mail.eml"
    file.write_bytes(MAIL)
    return file


def smtp(server: MailServer | RawServer, root: Path, **more: Any) -> SmtpTransport:
    settings = {"answer_within": "30 seconds"} | server.settings(**more)
    return SmtpTransport(Smtp.model_validate(settings), root, "harbour.example")


def pass_on(transport: Transport, mail: Path, commit: Callable[[], None] = lambda: None) -> Answer:
    """What became of an e-mail, from the greeting to the good-bye."""
    transport.open()
    try:
        return transport.send(mail, FROM, TO, commit)
    finally:
        transport.close()


# One contract for all of them

PROGRAM = """\
import os, pathlib, signal, sys, time
place, how = pathlib.Path(sys.argv[1]), sys.argv[2]
content = sys.stdin.buffer.read()
if how == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
if how == "hangs":
    time.sleep(600)
if how == "0":
    (place / "got").write_bytes(content)
print("what it has to say", file=sys.stderr)
sys.exit(int(how))
"""


def program(folder: Path, how: str, seconds: int = 60) -> ProgramTransport:
    script = folder / "passing on.py"
    script.write_text(PROGRAM)
    return ProgramTransport(f"{sys.executable} '{script}' {folder} {how}", folder, seconds)


class World:
    """A transport that will meet with a fate, and what the other side has taken."""

    def __init__(self, transport: Transport, taken: Callable[[], list[bytes]]) -> None:
        self.transport = transport
        self.taken = taken


@pytest.fixture
def at_server(tmp_path: Path) -> Iterator[Callable[[str], World]]:
    fates: dict[str, React] = {
        "accepted": lambda *_: None,
        "later": lambda stage, _: "450 4.2.0 not now" if stage == "rcpt" else None,
        "no such address": lambda stage, _: "550 5.1.1 nobody" if stage == "rcpt" else None,
        "refused": lambda stage, _: "554 5.7.1 no" if stage == "dot" else None,
        "unknown": lambda stage, _: HANG if stage == "taken" else None,
    }
    with raw_server() as server:

        def make(fate: str) -> World:
            server.react = fates[fate]
            patience = "1 seconds" if fate == "unknown" else "60 seconds"
            return World(smtp(server, tmp_path, answer_within=patience), lambda: [x.content for x in server.accepted])

        yield make


@pytest.fixture
def with_program(tmp_path: Path) -> Callable[[str], World]:
    codes = {"accepted": "0", "later": "75", "no such address": "67", "refused": "65", "unknown": "hangs"}

    def make(fate: str) -> World:
        transport = program(tmp_path, codes[fate], 1 if fate == "unknown" else 60)
        return World(transport, lambda: [file.read_bytes() for file in tmp_path.glob("got")])

    return make


@pytest.fixture(params=["at_server", "with_program"])
def world(request: pytest.FixtureRequest) -> Callable[[str], World]:
    made: Callable[[str], World] = request.getfixturevalue(request.param)
    return made


@pytest.mark.parametrize(
    ("met", "fate", "bad_address"),
    [
        ("accepted", Fate.ACCEPTED, False),
        ("later", Fate.LATER, False),
        ("no such address", Fate.REFUSED, True),
        ("refused", Fate.REFUSED, False),
        ("unknown", Fate.UNKNOWN, False),
    ],
)
def test_what_became_of_an_email_is_told(
    met: str, fate: Fate, bad_address: bool, world: Callable[[str], World], mail: Path
) -> None:
    answer = pass_on(world(met).transport, mail)
    assert (answer.fate, answer.bad_address, answer.stop) == (fate, bad_address, False)


@pytest.mark.parametrize("met", ["accepted", "unknown"])
def test_it_commits_once_and_before_anything_is_taken(met: str, world: Callable[[str], World], mail: Path) -> None:
    made = world(met)
    taken_by_then: list[int] = []
    pass_on(made.transport, mail, lambda: taken_by_then.append(len(made.taken())))
    assert taken_by_then == [0]


@pytest.mark.parametrize("met", ["later", "no such address", "refused"])
def test_it_never_commits_twice(met: str, world: Callable[[str], World], mail: Path) -> None:
    commits: list[int] = []
    pass_on(world(met).transport, mail, lambda: commits.append(1))
    assert len(commits) <= 1


def test_what_cannot_be_committed_is_not_sent(world: Callable[[str], World], mail: Path) -> None:
    made = world("accepted")

    def no() -> None:
        raise DataError("the disk is full")

    with pytest.raises(DataError, match="disk is full"):
        pass_on(made.transport, mail, no)
    assert made.taken() == []


def test_every_byte_arrives_as_it_is(world: Callable[[str], World], mail: Path) -> None:
    made = world("accepted")
    pass_on(made.transport, mail)
    assert made.taken() == [MAIL]


# The mail server


def at_stage(stage: str, *answers: str | None) -> React:
    """One answer after the other at a stage; from then on what servers say."""
    left = list(answers)
    return lambda at, _: left.pop(0) if at == stage and left else None


def test_a_real_server_gets_every_byte_over_an_encrypted_connection(tmp_path: Path, mail: Path) -> None:
    (tmp_path / "secret").write_text(f"{PASSWORD}\n")
    (tmp_path / "secret").chmod(0o600)
    with mail_server(tls="starttls", folder=tmp_path) as server:
        answer = pass_on(smtp(server, tmp_path, user=USER, password={"file": "secret"}), mail)
    assert answer.fate is Fate.ACCEPTED
    (got,) = server.accepted
    assert (got.sender, got.recipient, got.content) == (FROM, TO, MAIL)


def test_lines_on_the_way_end_in_crlf_and_dots_are_doubled(tmp_path: Path, mail: Path) -> None:
    with raw_server() as server:
        pass_on(smtp(server, tmp_path), mail)
    on_the_way = bytes(server.plain).partition(b"DATA\r\n")[2]
    assert b"\r\n..\r\n...\r\n..first\r\n....\r\n.. \r\nthe end=20\r\n.\r\n" in on_the_way
    assert b"\n" not in on_the_way.replace(b"\r\n", b"")
    assert on_the_way.isascii()


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "content"])
@pytest.mark.parametrize("how", [DROP, "421 4.3.2 closing"])
def test_a_connection_lost_before_the_dot_is_made_anew_and_the_email_sent_once(
    stage: str, how: str, tmp_path: Path, mail: Path
) -> None:
    commits: list[int] = []
    with raw_server(at_stage(stage, how)) as server:
        answer = pass_on(smtp(server, tmp_path), mail, lambda: commits.append(1))
    if stage == "content" and answer.fate is not Fate.ACCEPTED:  # that it broke off was seen late, the e-mail committed
        known = {"lost": Fate.LATER}.get(answer.code, Fate.UNKNOWN)
        assert (answer.fate, server.accepted, commits) == (known, [], [1])
    else:
        assert (answer.fate, len(server.accepted), server.connections, commits) == (Fate.ACCEPTED, 1, 2, [1])


def test_a_server_that_answers_before_the_dot_has_taken_nothing(tmp_path: Path, mail: Path) -> None:
    """Its early answer must not pass for the one to the dot."""
    answers = at_stage("data", "354 go ahead\r\n250 2.0.0 taken", "354 go ahead\r\n250 2.0.0 taken")
    with raw_server(answers) as server:
        answer = pass_on(smtp(server, tmp_path), mail)
    assert (answer.fate, answer.code) == (Fate.LATER, "lost")


def test_a_connection_that_is_lost_twice_is_given_up_for_now(tmp_path: Path, mail: Path) -> None:
    with raw_server(at_stage("rcpt", DROP, DROP)) as server:
        answer = pass_on(smtp(server, tmp_path), mail)
    assert (answer.fate, answer.code, server.accepted) == (Fate.LATER, "lost", [])


@pytest.mark.parametrize("stage", ["dot", "taken"])
@pytest.mark.parametrize("how", [DROP, HANG, "no number", "999 whatever"])
def test_without_an_answer_to_the_dot_nobody_knows(stage: str, how: str, tmp_path: Path, mail: Path) -> None:
    with raw_server(at_stage(stage, how)) as server:
        answer = pass_on(smtp(server, tmp_path, answer_within="1 seconds"), mail)
    assert (answer.fate, len(server.accepted) <= 1) == (Fate.UNKNOWN, True)


@pytest.mark.parametrize(
    ("stage", "reply", "fate", "code", "bad_address", "stop"),
    [
        ("mail", "450 4.7.1 greylisted", Fate.LATER, "450 4.7.1", False, False),
        ("mail", "550 5.7.1 not from you", Fate.REFUSED, "550 5.7.1", False, False),
        ("rcpt", "451 4.3.0 later", Fate.LATER, "451 4.3.0", False, False),
        ("rcpt", "550 nobody", Fate.REFUSED, "550", True, False),
        ("rcpt", "550 5.2.1 closed", Fate.REFUSED, "550 5.2.1", True, False),
        ("rcpt", "550 5.7.1 relaying denied", Fate.REFUSED, "550 5.7.1", False, False),
        ("rcpt", "552 5.2.2 mailbox full", Fate.REFUSED, "552 5.2.2", False, False),
        ("data", "451 4.3.0 later", Fate.LATER, "451 4.3.0", False, False),
        ("data", "554 5.6.0 no", Fate.REFUSED, "554 5.6.0", False, False),
        ("dot", "452 4.3.1 full", Fate.LATER, "452 4.3.1", False, False),
        ("dot", "554 5.7.1 spam", Fate.REFUSED, "554 5.7.1", False, False),
    ],
)
def test_what_the_server_says_at_each_stage(
    stage: str, reply: str, fate: Fate, code: str, bad_address: bool, stop: bool, tmp_path: Path, mail: Path
) -> None:
    with raw_server(at_stage(stage, reply)) as server:
        transport = smtp(server, tmp_path)
        transport.open()
        answer = transport.send(mail, FROM, TO, lambda: None)
        again = transport.send(mail, FROM, TO, lambda: None)
        transport.close()
    assert (answer.fate, answer.code, answer.bad_address, answer.stop) == (fate, code, bad_address, stop)
    assert (again.fate, len(server.accepted), server.connections) == (Fate.ACCEPTED, 1, 1)


def test_what_the_server_says_is_told_without_control_characters_and_shortened(tmp_path: Path, mail: Path) -> None:
    with raw_server(at_stage("rcpt", f"550 5.1.1 \x1b[2Jnobody {'x' * 400}")) as server:
        answer = pass_on(smtp(server, tmp_path), mail)
    assert answer.told.startswith("5.1.1 [2Jnobody xxx")
    assert len(answer.told) == 200


# Encryption and sign-in


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    return {"env": "SMTP_PASSWORD"}


def assert_nothing_told(server: RawServer) -> None:
    """Neither the password nor anything of an e-mail went over the line unencrypted, and no e-mail at all."""
    assert b64encode(f"\0{USER}\0{PASSWORD}".encode()) not in server.plain
    assert PASSWORD.encode() not in server.plain
    for word in (b"AUTH", b"MAIL", b"RCPT", b"DATA", TO.encode()):
        assert word not in server.plain
    assert server.accepted == []


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_an_encrypted_connection_is_all_that_carries_password_and_email(
    tls: str, tmp_path: Path, mail: Path, password: dict[str, str]
) -> None:
    context, ca_file = certified(tmp_path)
    with raw_server(tls=tls, context=context, ca_file=ca_file) as server:
        answer = pass_on(smtp(server, tmp_path, user=USER, password=password), mail)
    assert answer.fate is Fate.ACCEPTED
    assert [one.content for one in server.accepted] == [MAIL]
    server.accepted.clear()
    assert_nothing_told(server)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize(
    ("fault", "reason"),
    [("self-signed", "unable to get local issuer"), ("another name", "mismatch"), ("expired", "expired")],
)
def test_a_certificate_that_cannot_be_trusted_ends_it(
    fault: str, reason: str, tls: str, tmp_path: Path, mail: Path, password: dict[str, str]
) -> None:
    name = "other.example" if fault == "another name" else "localhost"
    context, ca_file = certified(tmp_path, name, expired=fault == "expired")
    if fault == "self-signed":
        (tmp_path / "others").mkdir()
        _, ca_file = certified(tmp_path / "others")
    with raw_server(tls=tls, context=context, ca_file=ca_file) as server:
        transport = smtp(server, tmp_path, user=USER, password=password)
        with pytest.raises(DataError, match=f"certificate of localhost:.* cannot be trusted: .*{reason}"):
            pass_on(transport, mail)
    assert_nothing_told(server)
    assert server.encrypted == b""


def test_a_server_without_encryption_gets_nothing(tmp_path: Path, mail: Path, password: dict[str, str]) -> None:
    with raw_server() as server:
        transport = smtp(server, tmp_path, tls="starttls", user=USER, password=password)
        with pytest.raises(DataError, match="offers no encryption"):
            pass_on(transport, mail)
    assert_nothing_told(server)


def test_encryption_at_the_port_of_another_way_says_which_ports_are_meant(tmp_path: Path, mail: Path) -> None:
    with raw_server() as server, pytest.raises(DataError, match="does not speak TLS as 'tls: implicit'") as caught:
        pass_on(smtp(server, tmp_path, tls="implicit"), mail)
    assert "port 465 mostly goes with tls: implicit" in str(caught.value.problems[0].hint)
    assert "_ssl.c" not in str(caught.value)


@pytest.mark.parametrize("answer", ["454 4.7.0 TLS not available", "220 go ahead\r\n250 AUTH PLAIN", DROP])
def test_encryption_that_is_offered_and_not_given_ends_it(
    answer: str, tmp_path: Path, mail: Path, password: dict[str, str]
) -> None:
    context, ca_file = certified(tmp_path)
    with raw_server(at_stage("starttls", answer), tls="starttls", context=context, ca_file=ca_file) as server:
        transport = smtp(server, tmp_path, user=USER, password=password, answer_within="1 seconds")
        with pytest.raises(DataError, match="cannot be used"):
            pass_on(transport, mail)
    assert_nothing_told(server)


@pytest.mark.parametrize("offers", [("PLAIN",), ("LOGIN",)])
def test_a_wrong_password_is_told_without_it(
    offers: tuple[str, ...], tmp_path: Path, mail: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the server repeats what it got."""
    monkeypatch.setenv("SMTP_PASSWORD", "canary-wrong-1")
    context, ca_file = certified(tmp_path)
    with raw_server(tls="starttls", context=context, ca_file=ca_file) as server:
        server.offers = offers
        with pytest.raises(DataError, match=r"refuses the sign-in of accounts@harbour\.example: 535") as caught:
            pass_on(smtp(server, tmp_path, user=USER, password={"env": "SMTP_PASSWORD"}), mail)
    assert server.accepted == []
    assert_untold(caught.value, "canary-wrong-1")


def assert_untold(error: DataError, secret: str) -> None:
    said = " ".join(str(problem) for problem in error.problems) + repr(error.__cause__)
    for form in (secret, b64encode(secret.encode()).decode(), b64encode(f"\0{USER}\0{secret}".encode()).decode()):
        assert form.rstrip("=") not in said


@pytest.mark.parametrize("token", [PASSWORD, "canary-stale-2"])
def test_an_access_token_comes_from_a_command(token: str, tmp_path: Path, mail: Path) -> None:
    context, ca_file = certified(tmp_path)
    with raw_server(tls="starttls", context=context, ca_file=ca_file) as server:
        server.offers = ("XOAUTH2",)
        transport = smtp(server, tmp_path, user=USER, token={"command": f"echo {token}"})
        if token == PASSWORD:
            assert pass_on(transport, mail).fate is Fate.ACCEPTED
            return
        with pytest.raises(DataError, match="refuses the sign-in") as caught:
            pass_on(transport, mail)
    assert_untold(caught.value, token)


def test_a_sign_in_refused_half_way_ends_the_run_there(tmp_path: Path, mail: Path, password: dict[str, str]) -> None:
    context, ca_file = certified(tmp_path)
    signs_in = at_stage("auth", None, "535 5.7.8 no more")
    drops = at_stage("rcpt", None, DROP)
    with raw_server(tls="starttls", context=context, ca_file=ca_file) as server:
        server.offers = ("PLAIN",)
        server.react = lambda stage, said: signs_in(stage, said) or drops(stage, said)
        transport = smtp(server, tmp_path, user=USER, password=password)
        transport.open()
        assert transport.send(mail, FROM, TO, lambda: None).fate is Fate.ACCEPTED
        answer = transport.send(mail, FROM, TO, lambda: None)
        transport.close()
    assert (answer.fate, answer.stop, len(server.accepted)) == (Fate.UNTRIED, True, 1)
    assert "535 5.7.8 no more" in answer.told


def test_a_challenge_that_is_none_is_told(tmp_path: Path, mail: Path, password: dict[str, str]) -> None:
    context, ca_file = certified(tmp_path)
    with (
        raw_server(at_stage("auth", "334 x"), tls="starttls", context=context, ca_file=ca_file) as server,
        pytest.raises(DataError, match=r"cannot be used|refuses"),
    ):
        pass_on(smtp(server, tmp_path, user=USER, password=password, answer_within="1 seconds"), mail)


def test_nobody_listens(tmp_path: Path, mail: Path) -> None:
    with raw_server() as server:
        transport = smtp(server, tmp_path)
    with pytest.raises(DataError, match="cannot be used: Connection refused"):
        pass_on(transport, mail)


# Where secrets come from


def read(root: Path, **source: str) -> str:
    return read_secret(Secret.model_validate(source), root, "password")


def test_a_secret_is_read_from_wherever_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", " s3cret \n")
    (tmp_path / "file").write_text("s3cret\n")
    (tmp_path / "file").chmod(0o600)
    assert [read(tmp_path, env="SMTP_PASSWORD"), read(tmp_path, file="file"), read(tmp_path, command="cat file")] == [
        "s3cret"
    ] * 3


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("canary-3")
    (tmp_path / "file").chmod(0o644)
    with pytest.raises(DataError, match="others may read the file with the password") as caught:
        read(tmp_path, file="file")
    assert_untold(caught.value, "canary-3")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"env": "SURELY_NOT_SET"}, "environment variable SURELY_NOT_SET, which is not set"),
        ({"file": "gone"}, "cannot be read: no such file"),
        ({"command": "false canary-4"}, "the command for the password, false, does not work: it ended with code 1"),
        ({"command": "no-such-program canary-4"}, "no-such-program, does not work"),
        ({"command": "sleep 60"}, "sleep, does not work: it takes too long"),
        ({"command": "true"}, "the password is empty"),
        ({"command": "printf 'canary-4\\ncanary-4'"}, "not one line of plain letters"),
        ({"command": "printf 'canary-4\\377'"}, "not one line of plain letters"),
        ({"command": "echo canary-4ä"}, "not one line of plain letters"),
    ],
)
def test_a_secret_that_cannot_be_had_is_told_without_it(
    source: dict[str, str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "_SECONDS", 1)
    with pytest.raises(DataError, match=said) as caught:
        read(tmp_path, **source)
    assert_untold(caught.value, "canary-4")


# Programs


@pytest.mark.parametrize(
    ("how", "fate", "code", "bad_address", "stop"),
    [
        ("0", Fate.ACCEPTED, "", False, False),
        ("75", Fate.LATER, "exit 75", False, False),
        ("1", Fate.LATER, "exit 1", False, False),
        ("67", Fate.REFUSED, "exit 67", True, False),
        ("65", Fate.REFUSED, "exit 65", False, False),
        ("77", Fate.UNTRIED, "exit 77", False, True),
        ("78", Fate.UNTRIED, "exit 78", False, True),
        ("killed", Fate.UNKNOWN, "no answer", False, False),
        ("hangs", Fate.UNKNOWN, "no answer", False, False),
    ],
)
def test_what_a_program_says_by_its_exit_code(
    how: str, fate: Fate, code: str, bad_address: bool, stop: bool, tmp_path: Path, mail: Path
) -> None:
    answer = pass_on(program(tmp_path, how, 1 if how == "hangs" else 60), mail)
    assert (answer.fate, answer.code, answer.bad_address, answer.stop) == (fate, code, bad_address, stop)
    assert answer.told in (
        "",
        "what it has to say",
        "it was killed by signal 9",
        f"{sys.executable} did not end within 1 seconds",
    )


def test_a_program_that_is_not_there_is_told_before_anything_is_claimed(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the program 'no-such-program' is not to be found"):
        ProgramTransport("no-such-program -t", tmp_path, 60).open()


def test_a_program_of_the_project_is_told_what_keeps_it_from_being_run(tmp_path: Path) -> None:
    (tmp_path / "send").write_text("#!/bin/sh\n")
    with pytest.raises(DataError) as caught:
        ProgramTransport("./send -t", tmp_path, 60).open()
    assert str(caught.value.problems[0].hint).endswith("chmod +x ./send")
    (tmp_path / "send").chmod(0o755)
    ProgramTransport("./send -t", tmp_path, 60).open()
    with pytest.raises(DataError, match="looked for among the machine's, not in the project") as caught:
        ProgramTransport("send -t", tmp_path, 60).open()
    assert "command: ./send" in str(caught.value.problems[0].hint)


def test_a_program_that_cannot_be_started_has_sent_nothing(tmp_path: Path, mail: Path) -> None:
    (tmp_path / "junk").write_bytes(b"\0\0")
    (tmp_path / "junk").chmod(0o755)
    answer = pass_on(ProgramTransport("./junk", tmp_path, 60), mail)
    assert (answer.fate, answer.stop) == (Fate.UNTRIED, True)


def test_what_a_program_leaves_running_is_not_waited_for(tmp_path: Path, mail: Path) -> None:
    """Mail programs leave a process behind that delivers; it may hold on to what it was started with."""
    (tmp_path / "leaves").write_text("#!/bin/sh\nsleep 600 &\necho $! > left\nexit 0\n")
    (tmp_path / "leaves").chmod(0o755)
    answer = pass_on(ProgramTransport("./leaves", tmp_path, 60), mail)
    os.kill(int((tmp_path / "left").read_text()), signal.SIGKILL)
    assert answer.fate is Fate.ACCEPTED


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_program_that_is_given_up_ends_with_all_that_it_started(tmp_path: Path, mail: Path) -> None:
    (tmp_path / "hangs").write_text("#!/bin/sh\nsleep 600 &\necho $! > left\nwait\n")
    (tmp_path / "hangs").chmod(0o755)
    answer = pass_on(ProgramTransport("./hangs", tmp_path, 1), mail)
    assert answer.fate is Fate.UNKNOWN
    left, until = int((tmp_path / "left").read_text()), time.monotonic() + 30
    while is_running(left):  # it was killed, and is gone when the system gets round to it
        assert time.monotonic() < until
