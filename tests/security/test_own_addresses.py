"""Nobody reminds their own mailbox: an address of the company's counts as none."""

from pathlib import Path

import pytest
from shop import CUSTOMERS, DAY, INVOICES, SETTINGS, open_shop, run_arguments

from remindr.channels import CHANNELS
from remindr.cli import run_app

OWN = "accounts@harbourfinch.example"


def mailed(shop: Path) -> str:
    return "".join(file.read_text() for file in (shop / "outbox" / f"{DAY}-1" / "email").iterdir())


@pytest.mark.parametrize(
    "cell", [OWN, OWN.upper(), f" {OWN} ", f"Us <{OWN}>", "owner@harbourfinch.example", "archive@harbourfinch.example"]
)
def test_a_customer_with_our_own_address_gets_no_e_mail_and_that_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cell: str
) -> None:
    shop = open_shop(tmp_path / "shop", customers=CUSTOMERS.replace("ap@oak.example", f'"{cell}"'))
    more = "delivery:\n  email:\n    archive_to: archive@harbourfinch.example\n"
    more += "owners:\n  ann:\n    name: Ann\n    email: owner@harbourfinch.example\n"
    (shop / "remindr.yaml").write_text(SETTINGS + more)
    assert run_app(run_arguments(shop)) in (0, 3)
    assert "Oak" not in mailed(shop)
    assert "1 e-mail cell has an address of your own" in capsys.readouterr().err


def test_of_several_addresses_the_customers_own_is_used(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "shop", customers=CUSTOMERS.replace("ap@oak.example", f"{OWN}; ap@oak.example"))
    assert run_app(run_arguments(shop)) == 0
    assert "<ap@oak.example>" in mailed(shop)


def test_an_e_mail_that_is_not_released_is_held_and_the_others_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    others = ("0001", "0002", "0003", "0004", "0005", "0009")
    invoices = [line for line in INVOICES.splitlines(keepends=True) if not line.startswith(others)]
    shop = open_shop(tmp_path / "shop", invoices="".join(invoices))
    monkeypatch.setitem(CHANNELS, "email", "siege:Careless")
    assert run_app(run_arguments(shop)) == 3
    assert "customer 05: the head of the e-mail has lines that remindr does not write" in capsys.readouterr().err
    assert sorted(path.name for path in (shop / "outbox" / f"{DAY}-1").iterdir()) == ["calls.csv", "letters"]
