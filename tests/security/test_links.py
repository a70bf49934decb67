"""Links that somebody has planted lead remindr nowhere, and folders that others may write to are not used."""

import os
from pathlib import Path

import pytest
from messages import company, message
from shop import DAY, open_shop, run_arguments, visible

from remindr.channels.base import Sender
from remindr.channels.outbox import Outbox
from remindr.cli import run_app
from remindr.errors import DataError

RUN = f"{DAY}-1"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="links and rights of this kind are not Windows'")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return open_shop(tmp_path / "shop")


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A file elsewhere that must stay as it is."""
    file = tmp_path / "elsewhere" / "victim"
    file.parent.mkdir()
    file.write_text("precious")
    return file


def untouched(victim: Path) -> bool:
    return victim.read_text() == "precious" and [path.name for path in victim.parent.iterdir()] == ["victim"]


def test_a_link_in_the_place_of_a_run_is_not_followed(shop: Path, victim: Path) -> None:
    (shop / "outbox").mkdir(mode=0o700)
    (shop / "outbox" / RUN).symlink_to(victim.parent)
    (shop / "outbox" / f".{RUN}.partial").symlink_to(victim.parent)
    assert run_app(run_arguments(shop)) == 0  # under the next number
    assert untouched(victim)
    assert sorted(visible(shop)) == [RUN, f"{DAY}-2"]


def test_a_dead_link_in_the_place_of_a_run_is_not_filled(shop: Path, victim: Path) -> None:
    (shop / "outbox").mkdir(mode=0o700)
    (shop / "outbox" / RUN).symlink_to(victim.parent / "new")
    assert run_app(run_arguments(shop)) == 1
    assert untouched(victim)


@pytest.mark.parametrize("way", ["symlink_to", "hardlink_to"])
def test_a_link_in_the_place_of_the_probe_or_a_list_is_not_written_through(
    tmp_path: Path, victim: Path, way: str
) -> None:
    base = tmp_path / "outbox"
    base.mkdir(mode=0o700)
    getattr(base / f".probe-{os.getpid()}", way)(victim)
    with Outbox(base, RUN, Sender(company())).stage() as outbox:
        getattr(base / f".{RUN}.partial" / "sms.csv", way)(victim)
        with pytest.raises(DataError):
            outbox.add(message(channel="sms"))
    assert untouched(victim)


@pytest.mark.parametrize("name", ["journal.db", "run.lock"])
def test_a_link_in_the_place_of_the_journal_or_the_lock_is_not_written_through(
    shop: Path, victim: Path, name: str
) -> None:
    (shop / ".remindr").mkdir(mode=0o700)
    (shop / ".remindr" / name).symlink_to(victim)
    assert run_app(run_arguments(shop)) != 0
    assert untouched(victim)
    assert visible(shop) == []


def test_a_dead_link_in_the_place_of_the_journal_is_not_filled(shop: Path, victim: Path) -> None:
    (shop / ".remindr").mkdir(mode=0o700)
    (shop / ".remindr" / "journal.db").symlink_to(victim.parent / "new.db")
    assert run_app(run_arguments(shop)) != 0
    assert untouched(victim)


def test_a_template_that_leads_out_of_the_templates_is_refused(
    shop: Path, victim: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    victim.write_text("Subject: x\n\nsecret\n")
    template = shop / "templates" / "welcome" / "first.email.j2"
    template.unlink()
    template.symlink_to(victim)
    assert run_app(run_arguments(shop)) == 2
    assert "templates/welcome/first.email.j2: is a link that leads out of templates/" in capsys.readouterr().err


def test_the_folder_of_templates_may_be_a_link(shop: Path, tmp_path: Path) -> None:
    (shop / "templates").rename(tmp_path / "shared")
    (shop / "templates").symlink_to(tmp_path / "shared")
    (shop / "templates" / "_any" / "copy.sms.j2").symlink_to("any.sms.j2")
    assert run_app(run_arguments(shop)) == 0


def test_an_invoice_that_leads_out_of_its_folder_is_not_sent(shop: Path, victim: Path) -> None:
    victim.write_bytes(b"%PDF-1.4 secret")
    settings = shop / "remindr.yaml"
    settings.write_text(settings.read_text() + "delivery:\n  email:\n    attach: invoices/{invoice_id}.pdf\n")
    (shop / "invoices").mkdir()
    (shop / "invoices" / "0001.pdf").symlink_to(victim)
    assert run_app(run_arguments(shop)) in (0, 3)
    sent = [file.read_bytes() for file in (shop / "outbox" / RUN / "email").iterdir()]
    assert sent
    assert not any(b"Content-Disposition" in content for content in sent)


def test_an_outbox_that_others_may_write_to_is_refused(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "outbox").mkdir()
    (shop / "outbox").chmod(0o707)
    assert run_app(run_arguments(shop)) == 1
    told = capsys.readouterr().err
    assert "everybody on this machine may write to the outbox" in told
    assert "chmod go-w" in told
    assert visible(shop) == []


def test_an_outbox_that_a_group_of_users_may_write_to_is_refused(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if os.geteuid():
        pytest.skip("only root can give a folder to any group")
    (shop / "outbox").mkdir()
    os.chown(shop / "outbox", 0, 12345)
    (shop / "outbox").chmod(0o770)
    assert run_app(run_arguments(shop)) == 1
    assert "a group of users on this machine may write to the outbox" in capsys.readouterr().err


def test_an_outbox_made_by_hand_where_every_user_has_a_group_of_their_own_is_used(shop: Path) -> None:
    """As Debian and Ubuntu have it: new folders are for the group, too, which is the user alone."""
    import grp
    import pwd

    me = pwd.getpwuid(os.geteuid())
    if grp.getgrgid(os.getegid()).gr_name != me.pw_name:
        pytest.skip("this user's group is shared with others")
    (shop / "outbox").mkdir()
    (shop / "outbox").chmod(0o775)
    assert run_app(run_arguments(shop)) == 0
    assert visible(shop) == [RUN]


def test_an_outbox_of_another_user_is_refused(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    (shop / "outbox").mkdir(mode=0o700)
    os.chown(shop / "outbox", 12345, 12345)
    assert run_app(run_arguments(shop)) == 1
    assert "the outbox belongs to another user of this machine" in capsys.readouterr().err
