"""Whatever goes wrong on the way, the password is in nothing that remindr says or writes."""

import os
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from certificates import certified
from live import LiveShop, open_live
from mailserver import PASSWORD, USER
from rawserver import RawServer, raw_server
from weather import Weather

from remindr.channels.smtp import SmtpTransport

CANARY = "canary-51c0ffee-77"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RawServer]:
    context, ca_file = certified(tmp_path)
    with raw_server(tls="starttls", context=context, ca_file=ca_file) as running:
        yield running


def secret_from(source: str, value: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    file = folder / "secret"
    file.write_text(f"{value}\n")
    file.chmod(0o600)
    monkeypatch.setenv("CANARY_OF_TESTS", value)
    return {"env": "CANARY_OF_TESTS"} if source == "env" else {source: str(file) if source == "file" else f"cat {file}"}


def forms(secret: str) -> list[bytes]:
    said = (secret, f"\0{USER}\0{secret}", f"user={USER}\x01auth=Bearer {secret}\x01\x01")
    return [secret.encode(), *(b64encode(one.encode()).rstrip(b"=") for one in said)]


def assert_untold(shop: LiveShop, said: list[str], secret: str) -> None:
    written = [file.read_bytes() for file in shop.root.rglob("*") if file.is_file()]
    state = Path(os.environ["XDG_STATE_HOME"])
    written += [file.read_bytes() for file in state.rglob("*") if file.is_file()]
    for content in (*written, *(one.encode() for one in said)):
        for form in forms(secret):
            assert form not in content


def everything_said(shop: LiveShop) -> list[str]:
    commands = (["run", "-v"], ["run", "--json"], ["status"], ["uncertain"], ["history", "01"], ["check"])
    return [shop.remindr(*words).all for words in commands]


@pytest.mark.parametrize("way", ["password", "token"])
@pytest.mark.parametrize("source", ["env", "file", "command"])
def test_a_server_that_does_whatever_goes_wrong(
    source: str, way: str, server: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = secret_from(source, PASSWORD, tmp_path, monkeypatch)
    server.offers = ("XOAUTH2",) if way == "token" else ("PLAIN", "LOGIN")
    shop = open_live(tmp_path / "shop", server.settings(user=USER, answer_within="1 seconds", **{way: secret}))
    (tmp_path / "others").mkdir()
    assert server.context is not None
    assert server.ca_file is not None
    weather = Weather(len(source + way), server, tmp_path / "others", (server.context, server.ca_file))
    said = []
    for _ in range(3):
        weather.day()
        said.append(shop.run("-v").all)
    weather.clear()
    assert_untold(shop, said + everything_said(shop), PASSWORD)
    assert server.accepted


@pytest.mark.parametrize("way", ["password", "token"])
@pytest.mark.parametrize("source", ["env", "file", "command"])
def test_a_server_that_refuses_the_sign_in_and_repeats_what_it_got(
    source: str, way: str, server: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = secret_from(source, CANARY, tmp_path, monkeypatch)
    server.offers = ("XOAUTH2",) if way == "token" else ("PLAIN",)
    server.react = lambda stage, said: f"535 5.7.8 {CANARY} {said}" if stage == "auth" else None
    shop = open_live(tmp_path / "shop", server.settings(user=USER, **{way: secret}))
    run = shop.run("-v")
    assert run.code == 1
    assert "refuses the sign-in" in run.err
    assert_untold(shop, [run.all, *everything_said(shop)], CANARY)


def test_a_bug_on_the_way(server: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = secret_from("env", PASSWORD, tmp_path, monkeypatch)
    shop = open_live(tmp_path / "shop", server.settings(user=USER, password=secret))
    monkeypatch.setattr(SmtpTransport, "_last_word", lambda _self, client: client.no_such_thing)
    run = shop.run("-v")
    assert run.code == 70
    assert "remindr has a bug: AttributeError" in run.err
    assert_untold(shop, [run.all], PASSWORD)  # with what the run has left behind as it died
    monkeypatch.undo()
