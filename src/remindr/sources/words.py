"""The words in cells: status, type, yes and no, currency, terms, channel, language."""

import re
from collections.abc import Mapping
from typing import Final, Literal

from remindr.sources.columns import fold

State = Literal["open", "part", "paid", "draft", "void", "written_off", "disputed", "hold"]
Kind = Literal["invoice", "credit", "payment", "other"]

_STATES: Final[Mapping[State, tuple[str, ...]]] = {
    "draft": (
        "draft", "awaiting approval", "submitted for approval", "pending approval", "saved", "unapproved",
        "Entwurf", "Concept", "Brouillon", "Borrador",
    ),
    "void": (
        "void", "voided", "cancelled", "canceled", "deleted", "internal transfer", "storniert", "Storno",
        "geannuleerd", "annulé", "annulée", "anulada", "anulado", "cancelada",
    ),
    "written_off": (
        "written off", "write off", "writtenoff", "uncollectible", "bad debt", "reversed", "ausgebucht",
        "abgeschrieben", "afgeboekt", "irrécouvrable", "incobrable",
    ),
    "disputed": ("disputed", "in dispute", "dispute", "queried", "strittig", "betwist", "en litige", "en disputa"),
    "hold": ("on hold", "hold", "blocked", "gesperrt", "geblokkeerd", "bloqué", "bloqueada", "bloqueado"),
    "part": (
        "partially paid", "partly paid", "part paid", "partial", "partiallypaid", "partly paid and discounted",
        "teilbezahlt", "teilweise bezahlt", "deels betaald", "gedeeltelijk betaald", "partiellement payée",
        "partiellement payé", "parcialmente pagada", "pagada parcialmente",
    ),
    "paid": (
        "paid", "in payment", "closed", "settled", "cleared", "complete", "completed", "paid in full",
        "fully paid", "credited", "refunded", "credit note issued", "paid and closed", "bezahlt", "beglichen",
        "ausgeglichen", "erledigt", "betaald", "voldaan", "payé", "payée", "réglé", "réglée", "soldé", "soldée",
        "pagado", "pagada", "cobrado", "cobrada", "liquidada",
    ),
    "open": (
        "open", "unpaid", "not paid", "outstanding", "overdue", "past due", "late", "due", "not due", "sent",
        "viewed", "seen", "issued", "approved", "authorised", "authorized", "submitted", "posted", "awaiting payment",
        "unsent", "current", "active", "invoiced", "emailed", "printed", "unpaid and discounted",
        "overdue and discounted", "pending", "reminded", "return", "offen", "unbezahlt", "nicht bezahlt",
        "überfällig", "fällig", "versendet", "gesendet", "gemahnt", "openstaand", "onbetaald", "niet betaald",
        "vervallen", "verzonden", "verstuurd", "impayé", "impayée", "non payé", "non payée", "non réglée",
        "en retard", "échue", "envoyée", "envoyé", "ouvert", "ouverte", "en attente", "pendiente", "abierta",
        "abierto", "no pagada", "impagada", "vencida", "vencido", "enviada", "emitida",
    ),
}  # fmt: skip
_KINDS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "invoice": (
        "invoice", "sales invoice", "standard invoice", "tax invoice", "customer invoice", "inv", "si", "debit",
        "debit note", "recurring invoice", "progress invoice", "finance charge", "opening balance", "Rechnung", "RE",
        "Ausgangsrechnung", "Faktura", "Verkoopfactuur", "Factuur", "Facture", "Facture client", "Factura",
        "out invoice", "d", "s",
    ),
    "credit": (
        "credit note", "credit memo", "credit", "sales credit note", "sales credit", "customer credit note",
        "customer credit", "cn", "sc", "refund", "return", "out refund", "Gutschrift", "GU", "Rechnungskorrektur",
        "Stornorechnung", "Creditnota", "Creditfactuur", "Avoir", "Note de crédit", "Nota de crédito", "Abono",
        "Factura rectificativa", "c", "h",
    ),
    "payment": (
        "payment", "sales overpayment", "overpayment", "sales prepayment", "prepayment", "deposit", "receipt",
        "sales receipt", "sr", "sa", "payment on account", "unapplied payment", "Zahlung", "Zahlungseingang",
        "Überzahlung", "Anzahlung", "Vorauszahlung", "Betaling", "Vooruitbetaling", "Paiement", "Acompte",
        "Trop-perçu", "Règlement", "Pago", "Cobro", "Anticipo",
    ),
    "other": (
        "bill", "purchase invoice", "purchase credit note", "estimate", "quote", "quotation", "sales order", "order",
        "proforma", "pro forma", "delivery note", "expense", "cheque", "check", "in invoice", "in refund", "Angebot",
        "Auftrag", "Lieferschein", "Eingangsrechnung", "Offerte", "Inkoopfactuur", "Devis", "Commande",
        "Presupuesto", "Pedido",
    ),
}  # fmt: skip
_YES: Final = (
    "yes", "y", "true", "t", "1", "x", "on", "ja", "j", "wahr", "oui", "o", "vrai", "sí", "si", "verdadero", "waar",
)  # fmt: skip
_NO: Final = (
    "no", "n", "false", "f", "0", "off", "none", "nein", "falsch", "nee", "onwaar", "non", "faux", "falso", "null",
    "resolved", "closed", "not disputed", "na",
)  # fmt: skip
_CHANNELS: Final[Mapping[str, tuple[str, ...]]] = {
    "email": ("email", "e-mail", "mail", "electronic", "courriel", "correo", "correo electrónico"),
    "phone": ("phone", "call", "telephone", "tel", "telefon", "telefoon", "téléphone", "teléfono", "anruf"),
    "sms": ("sms", "text", "text message", "mobile"),
    "letter": ("letter", "post", "paper", "postal mail", "brief", "papier", "courrier", "lettre", "carta", "per post"),
}
_LANGUAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("english", "englisch", "engels", "anglais", "inglés"),
    "de": ("german", "deutsch", "duits", "allemand", "alemán"),
    "nl": ("dutch", "nederlands", "niederländisch", "néerlandais", "neerlandés", "holandés"),
    "fr": ("french", "français", "französisch", "frans", "francés"),
    "es": ("spanish", "español", "spanisch", "spaans", "espagnol"),
    "it": ("italian", "italiano", "italienisch"),
}
_SYMBOLS: Final = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY", "₩": "KRW",
    "zł": "PLN", "kč": "CZK", "ft": "HUF", "us$": "USD", "$us": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD",
    "ca$": "CAD", "nz$": "NZD", "s$": "SGD", "hk$": "HKD", "r$": "BRL", "fr.": "CHF", "sfr.": "CHF", "sfr": "CHF",
    "rs": "INR", "rs.": "INR",
}  # fmt: skip
_SHARED_SYMBOLS: Final = {
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD", "CLP", "COP", "ARS"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "kr.": ("DKK", "SEK", "NOK", "ISK"),
    "r": ("ZAR",),
}
CURRENCIES: Final = frozenset(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK "
    "HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL "
    "MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON "
    "RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH "
    "UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG".split()
)


def _lookup(table: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {fold(word): meaning for meaning, words in table.items() for word in words}


_STATE_OF = _lookup(_STATES)  # type: ignore[arg-type]
_KIND_OF = _lookup(_KINDS)  # type: ignore[arg-type]
_CHANNEL_OF = _lookup(_CHANNELS)
_LANGUAGE_OF = _lookup(_LANGUAGES)
_YES_WORDS, _NO_WORDS = frozenset(map(fold, _YES)), frozenset(map(fold, _NO))


def state_of(text: str, more: Mapping[str, str] | None = None) -> str | None:
    """What a status word means, None if it is not known. `more` are a package's own words."""
    word = fold(text)
    return (more or {}).get(word) or _STATE_OF.get(word)


def kind_of(text: str, more: Mapping[str, str] | None = None) -> str | None:
    """What a document type means, None if it is not known."""
    word = fold(text)
    return (more or {}).get(word) or _KIND_OF.get(word)


def says_yes(text: str) -> bool | None:
    """True or False for a word of yes or no; None for anything else, a reason perhaps."""
    word = fold(text)
    if word in _YES_WORDS:
        return True
    return False if word in _NO_WORDS or not word else None


def channel_of(text: str) -> str | None:
    """email, phone, sms or letter."""
    return _CHANNEL_OF.get(fold(text))


def language_of(text: str) -> str | None:
    """A language code such as `de` or `de-AT` from a code or a language's name."""
    code = re.fullmatch(r"([A-Za-z]{2})(?:[-_]([A-Za-z]{2}))?", text.strip())
    if code:
        return code[1].lower() + (f"-{code[2].upper()}" if code[2] else "")
    return _LANGUAGE_OF.get(fold(text))


def currency_of(text: str, company: str) -> str | None:
    """The ISO code behind a code, symbol or name such as `Swedish Krona - SEK`; shared symbols lean to the company's."""
    word = text.strip()
    if word.upper() in CURRENCIES:
        return word.upper()
    symbol = word.lower()
    if symbol in _SYMBOLS:
        return _SYMBOLS[symbol]
    if symbol in _SHARED_SYMBOLS:
        shared = _SHARED_SYMBOLS[symbol]
        if company in shared:
            return company
        return shared[0] if len(shared) == 1 or symbol == "$" else None
    code = re.search(r"(?:^|[\s(\-])([A-Z]{3})\)?$", word) or re.match(r"([A-Z]{3})[\s\-]", word)
    return code[1] if code and code[1] in CURRENCIES else None


def days_of_terms(text: str) -> int | None:
    """Days until payment: `Net 30`, `30 Tage netto`, `Due on receipt`, `14`; None where that is not all they say."""
    word = fold(text)
    if word in _AT_ONCE:
        return 0
    match = _NET_DAYS.fullmatch(word)
    return int(match[1]) if match else None


_AT_ONCE: Final = frozenset(
    map(fold, ("due on receipt", "on receipt", "immediately", "immediate", "cod", "cash", "sofort", "sofort fällig",
               "zahlbar sofort", "direct", "per direct", "contant", "comptant", "à réception", "al contado", "contado"))
)  # fmt: skip
_DAY_WORDS = r"(?:calendar|kalender)?(?:days?|tage?n?|dagen|dag|jours?|dias?|d|t)?"
_NET_DAYS: Final = re.compile(
    rf"(?:net|netto|n|within|innerhalb|binnen|zahlbarinnerhalb|zahlbarinnerhalbvon|a)?(\d{{1,3}}){_DAY_WORDS}"
    r"(?:net|netto|nets|rein|naarfactuurdatum|nachrechnungsdatum)?(?:\d{0})"
)
