"""The words templates can use, each with what it stands for.

`VARIABLES` is what a template sees; `FIELDS` is what stands behind the dot of those that have parts. The
check of templates, the reference and the context itself are held to these tables.
"""

VARIABLES: dict[str, str] = {
    "company": "who writes: name, email, phone, address, how_to_pay; e-mail and phone are those of the account owner, "
    "where the message comes from one",
    "owner": "the customer's account owner: name, email, phone, all empty if there is none under `owners:`",
    "signed_by": "the name of the account owner from whom the message comes, else empty",
    "customer": "who is written to: id, name, email, phone, address, country, language",
    "style": "how the customer is spoken to, as `styles:` has it: casual, brief, formal, or empty",
    "greeting": "how the customer is greeted in that style, without the comma; empty where the template's own greeting "
    "will do",
    "invoices": "the overdue invoices this message is about (or those falling due, before the due date)",
    "also_due": "overdue invoices that stand at a much milder step than the leading one",
    "also_open": "other overdue invoices, for information only",
    "upcoming": "invoices that fall due soon, for information only",
    "invoice": "the leading invoice: the first of `invoices`",
    "count": "how many invoices are to be paid now: `invoices` and `also_due` together",
    "total": "what is to be paid now, less credits: £1,154.61, or £120.00 and €35.00",
    "credits": "credits taken off the total, empty if there are none",
    "interest": "the interest asked for on top of the total, empty if there is none",
    "fees": "the fees asked for on top of the total, empty if there are none",
    "to_pay": "the total with interest and fees; without them the total",
    "invoice_table": "the table of all of these; put it on a line of its own",
    "attached": "the numbers of the invoices whose files go with the e-mail, a list",
    "not_attached": "the numbers of those whose files should and do not, a list; what is said of both stands below the "
    "table by itself",
    "respond_by": "the date to answer by, empty if the step gives none",
    "call_on": "the day on which you will ring, with its weekday, if the step says `then: call`; else empty",
    "instead": "why the message comes on this channel and not on the one that was meant, as you read it in the plan; "
    "empty if it was meant",
    "counted_until": "the date up to which payments are counted",
    "today": "the date of the message",
    "pay_link": "where to pay online, when exactly one invoice is to be paid; else empty. Words, a colon and this "
    "link, alone in a paragraph, are a button in HTML",
    "segment": "the customer's segment",
    "tone": "the tone of the sequence",
    "traits": "the customer's traits, a list of words",
    "metrics": "the customer's history by metric name; a metric that is not known is empty",
    "sequence": "the sequence's name",
    "step": "the step's id",
    "level": "how firmly the step speaks: heads-up, friendly, firm, formal, final",
    "purpose": "reminder, thank_you or announced_call",
    "reminded_before": "how many reminders about the leading invoice went out before, a number",
    "last_reminded_on": "when the last of them went out, empty if none did",
    "broken_promise": "what the customer promised last for invoices to be paid now, and has not paid: on and amount, "
    "both empty if there is none",
}

_INVOICE_FIELDS: dict[str, str] = {
    "id": "the invoice number",
    "issue_date": "when it was issued, empty if not known",
    "due_date": "when it was due",
    "days_past_due": "days since then, a number; negative before the due date",
    "amount": "what it was made out for",
    "balance": "what is still open",
    "currency": "its currency, EUR",
    "level": "the level of the step it stands at, empty for information only",
    "pay_link": "where to pay it online, empty if the company has no pay link",
    "interest": "the interest asked for on it, empty if there is none",
    "fees": "the fees asked for on it, empty if there are none",
}

FIELDS: dict[str, dict[str, str]] = {
    "company": {
        "name": "the company's name",
        "email": "its address for reminders",
        "phone": "its telephone number, empty if none is set",
        "address": "its postal address, empty if none is set",
        "how_to_pay": "bank details as customers should read them, empty if none are set",
    },
    "owner": {
        "name": "the account owner's name",
        "email": "the owner's e-mail address",
        "phone": "the owner's telephone number, empty if none is set",
    },
    "customer": {
        "id": "the customer's number",
        "name": "the customer's name",
        "email": "the customer's e-mail address, empty if not known",
        "phone": "the telephone number, empty if not known",
        "address": "the postal address, empty if not known",
        "country": "the country, empty if not known",
        "language": "the language, empty if not known",
    },
    "invoice": _INVOICE_FIELDS,
    "broken_promise": {
        "on": "the day by which they promised to pay; the last one that is past, if there are several",
        "amount": "what they promised up to that day in all, empty if it was everything",
    },
}

LISTS: dict[str, dict[str, str]] = dict.fromkeys(("invoices", "also_due", "also_open", "upcoming"), _INVOICE_FIELDS)

# What the two pages and the table inside them are given besides.
PAGE_VARIABLES: dict[str, str] = {
    **VARIABLES,
    "language": "the language of the page, for its lang attribute",
    "subject": "the message's subject",
}
"""What a step's own page may use, by name, with its meaning."""

PARTS: dict[str, dict[str, str]] = {
    "_parts/layout.html": {
        "company": VARIABLES["company"],
        "language": "the language of the page, for its lang attribute",
        "subject": "the message's subject",
        "body": "the message's text as HTML",
    },
    "_parts/letter.html": {**PAGE_VARIABLES, "body": "the message's text as HTML"},
    "_parts/table.html": {
        "words": "the words of _parts/words.j2",
        "overdue": "whether any line is past its due date",
        "due": "groups of lines to pay: title, lines; a line has id, due_date, days_overdue (empty before the due "
        "date), invoiced (empty if nothing was paid yet), open, pay_link (empty without one)",
        "sums": "credits, interest, fees and totals below them: text, amount, and total, which is true for what is to "
        "be paid",
        "information": "groups of lines that are there for information only",
    },
}


def variables_of(template: str) -> dict[str, str]:
    """What the template of that name may use, with its meaning."""
    return PARTS.get(template) or (PAGE_VARIABLES if template.endswith(".html") else VARIABLES)
