"""The guide's example of interest and fees is what its settings make."""

import re
from datetime import timedelta
from pathlib import Path

from cases import FRIDAY, contact, customer, decide, invoice, policy, progress
from messages import parts, source

from remindr.core.compose import Composer
from remindr.core.table import WORDS
from remindr.model.outcome import Progress
from remindr.model.policy import Policy
from remindr.model.terms import Level
from remindr.project.yaml import parse_yaml

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "late-payment.md").read_text(encoding="utf-8")
SETTINGS, *_ = re.findall(r"^```yaml\n# remindr.yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
TABLE, REASON = re.findall(r"^```text\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_example_is_what_its_settings_make() -> None:
    rules = policy(**parse_yaml(SETTINGS, "remindr.yaml").data)
    after = progress(contact("second", Level.FIRM, FRIDAY - timedelta(8)))
    owed = invoice(due=FRIDAY - timedelta(34), balance="1200")
    notice = decide(owed, policy=rules, after=after, who=customer(country="GB")).notice
    assert notice is not None
    assert notice.why[-1] == REASON
    texts = {**parts(), "_any/any.email": "Subject: x\n\n{{ invoice_table }}\n"}
    templates = {name: source(text, name) for name, text in texts.items()}
    (message,) = Composer(Policy(rules.project, rules.sequences, templates), FRIDAY).compose(notice, {}, Progress())
    assert message.text == TABLE


def test_words_of_the_table_are_as_they_come() -> None:
    told = dict(re.findall(r"^(\w+): (\S.*)$", PAGE[PAGE.index("without:") :], re.MULTILINE))
    assert told.keys() == {"without", "interest", "earlier_fees", "fee"}
    assert {name: WORDS[name] for name in told} == told
