"""`remindr explain`: why a customer or an invoice is treated as it is, in a few sentences."""

from pathlib import Path
from typing import Annotated

import typer

from remindr.cli.options import AsJson, AsOf, Directory, Quiet, Verbose
from remindr.cli.terminal import tell_json, tell_wrapped
from remindr.errors import Exit

Word = Annotated[
    str, typer.Argument(metavar="CUSTOMER|INVOICE", help="A number, a name, or a part of one that fits only one.")
]
Invoice = Annotated[
    str | None, typer.Argument(metavar="[INVOICE]", help="After a customer: one of their invoices.", show_default=False)
]


def main(
    word: Word,
    invoice: Invoice = None,
    directory: Directory = Path(),
    as_of: AsOf = None,
    json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Say why a customer or an invoice is treated as it is.

    From how they pay and the rule that fits to the segment, the sequence, the step and its day; or every reason for
    silence and the day it ends. With -v all invoices.
    """
    from remindr.cli.session import all_mistakes_told, open_session, tell_warnings
    from remindr.cli.views import explanation_document
    from remindr.core.explain import SENTENCES, explanation
    from remindr.pipeline.explained import explained
    from remindr.pipeline.find import meant
    from remindr.pipeline.station import station

    session = open_session(directory, as_of)
    with (
        all_mistakes_told(session),
        station(session.root, session.policy, session.today, thorough=True) as at,
    ):
        tell_warnings(at.told(verbose=verbose), quiet=quiet or json)
        case = explained(at, meant(at, word, invoice))
    lines = explanation(case, most=None if verbose else SENTENCES)
    if json:
        tell_json(explanation_document(case, lines))
    else:
        for line in lines:
            tell_wrapped(line)
    return Exit.DONE
