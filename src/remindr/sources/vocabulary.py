"""The words that cells say things with, in five languages; see `words` for how they are looked up."""

from collections.abc import Mapping
from typing import Final, Literal

State = Literal["open", "part", "paid", "draft", "void", "written_off", "disputed", "hold"]
Kind = Literal["invoice", "credit", "payment", "adjustment", "other"]

STATES: Final[Mapping[State, tuple[str, ...]]] = {
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
    "disputed": (
        "disputed", "in dispute", "dispute", "queried", "strittig", "betwist", "en litige", "en disputa",
    ),
    "hold": (
        "on hold", "hold", "blocked", "gesperrt", "geblokkeerd", "bloqué", "bloqueada", "bloqueado",
    ),
    "part": (
        "partially paid", "partly paid", "part paid", "partial", "partiallypaid", "partly paid and discounted",
        "teilbezahlt", "teilweise bezahlt", "deels betaald", "gedeeltelijk betaald", "partiellement payée",
        "partiellement payé", "parcialmente pagada", "pagada parcialmente",
    ),
    "paid": (
        "paid", "in payment", "closed", "settled", "cleared", "complete", "completed", "paid in full", "fully paid",
        "credited", "refunded", "credit note issued", "paid and closed", "bezahlt", "beglichen", "ausgeglichen",
        "erledigt", "betaald", "voldaan", "payé", "payée", "réglé", "réglée", "soldé", "soldée", "pagado", "pagada",
        "cobrado", "cobrada", "liquidada",
    ),
    "open": (
        "open", "unpaid", "not paid", "outstanding", "overdue", "past due", "late", "due", "not due", "sent",
        "viewed", "seen", "issued", "approved", "authorised", "authorized", "submitted", "posted",
        "awaiting payment", "unsent", "current", "active", "invoiced", "emailed", "printed",
        "unpaid and discounted", "overdue and discounted", "pending", "reminded", "return", "offen", "unbezahlt",
        "nicht bezahlt", "überfällig", "fällig", "versendet", "gesendet", "gemahnt", "openstaand", "onbetaald",
        "niet betaald", "vervallen", "verzonden", "verstuurd", "impayé", "impayée", "non payé", "non payée",
        "non réglée", "en retard", "échue", "envoyée", "envoyé", "ouvert", "ouverte", "en attente", "pendiente",
        "abierta", "abierto", "no pagada", "impagada", "vencida", "vencido", "enviada", "emitida",
    ),
}  # fmt: skip
# Parts of words that speak of an end, a draft, a dispute or the lawyers.
STEMS: Final = (
    ("void", "void"), ("cancel", "void"), ("storn", "void"), ("annul", "void"), ("draft", "draft"),
    ("writtenoff", "written_off"), ("writeoff", "written_off"), ("uncollect", "written_off"),
    ("disput", "disputed"), ("litig", "disputed"), ("strittig", "disputed"), ("onhold", "hold"),
    ("collection", "hold"), ("legal", "hold"), ("solicitor", "hold"), ("insolven", "hold"), ("bankrupt", "hold"),
    ("inkasso", "hold"), ("rechtsanwalt", "hold"), ("concurso", "hold"), ("faillite", "hold"),
    ("faillissement", "hold"),
)  # fmt: skip
KINDS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "invoice": (
        "invoice", "sales invoice", "standard invoice", "tax invoice", "customer invoice", "inv", "si", "debit",
        "debit note", "recurring invoice", "progress invoice", "finance charge", "opening balance", "Rechnung",
        "RE", "Ausgangsrechnung", "Faktura", "Verkoopfactuur", "Factuur", "Facture", "Facture client", "Factura",
        "out invoice", "d", "s", "Soll", "Debet", "Dr",
    ),
    "credit": (
        "credit note", "credit memo", "credit", "sales credit note", "sales credit", "customer credit note",
        "customer credit", "cn", "sc", "refund", "return", "out refund", "Gutschrift", "GU", "Rechnungskorrektur",
        "Stornorechnung", "Creditnota", "Creditfactuur", "Avoir", "Note de crédit", "Nota de crédito", "Abono",
        "Factura rectificativa", "c", "h", "Haben", "Cr",
    ),
    "payment": (
        "payment", "sales overpayment", "overpayment", "sales prepayment", "prepayment", "deposit", "receipt", "sr",
        "sa", "payment on account", "unapplied payment", "Zahlung", "Zahlungseingang", "Überzahlung", "Anzahlung",
        "Vorauszahlung", "Betaling", "Vooruitbetaling", "Paiement", "Acompte", "Trop-perçu", "Règlement", "Pago",
        "Cobro", "Anticipo",
    ),
    "other": (
        "bill", "purchase invoice", "purchase credit note", "estimate", "quote", "quotation", "sales order",
        "order", "proforma", "pro forma", "sales receipt", "refund receipt", "delivery note", "expense", "cheque",
        "check", "in invoice", "in refund", "Angebot", "Auftrag", "Lieferschein", "Eingangsrechnung", "Offerte",
        "Inkoopfactuur", "Devis", "Commande", "Presupuesto", "Pedido",
    ),
}  # fmt: skip
YES: Final = (
    "yes", "y", "true", "t", "1", "x", "on", "ja", "j", "wahr", "oui", "o", "vrai", "sí", "si", "verdadero", "waar",
)  # fmt: skip
NO: Final = (
    "no", "n", "false", "f", "0", "off", "none", "nein", "falsch", "nee", "onwaar", "non", "faux", "falso", "null",
    "resolved", "closed", "not disputed", "na",
)  # fmt: skip
CHANNELS: Final[Mapping[str, tuple[str, ...]]] = {
    "email": (
        "email", "e-mail", "mail", "electronic", "courriel", "correo", "correo electrónico",
    ),
    "phone": (
        "phone", "call", "telephone", "tel", "telefon", "telefoon", "téléphone", "teléfono", "anruf",
    ),
    "sms": (
        "sms", "text", "text message", "mobile",
    ),
    "letter": (
        "letter", "post", "paper", "postal mail", "brief", "papier", "courrier", "lettre", "carta", "per post",
    ),
}  # fmt: skip
LANGUAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        "english", "englisch", "engels", "anglais", "inglés",
    ),
    "de": (
        "german", "deutsch", "duits", "allemand", "alemán",
    ),
    "nl": (
        "dutch", "nederlands", "niederländisch", "néerlandais", "neerlandés", "holandés",
    ),
    "fr": (
        "french", "français", "französisch", "frans", "francés",
    ),
    "es": (
        "spanish", "español", "spanisch", "spaans", "espagnol",
    ),
    "it": (
        "italian", "italiano", "italienisch",
    ),
}  # fmt: skip
SYMBOLS: Final = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY",
    "₩": "KRW", "fr": "CHF", "zł": "PLN", "kč": "CZK", "ft": "HUF", "us$": "USD", "$us": "USD", "a$": "AUD",
    "au$": "AUD", "c$": "CAD", "ca$": "CAD", "nz$": "NZD", "s$": "SGD", "hk$": "HKD", "r$": "BRL", "fr.": "CHF",
    "sfr.": "CHF", "sfr": "CHF", "rs": "INR", "rs.": "INR",
}  # fmt: skip
# Symbols of several currencies: the company's own if it is one of them.
SHARED_SYMBOLS: Final = {
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD", "CLP", "COP", "ARS"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "kr.": ("DKK", "SEK", "NOK", "ISK"),
    "r": ("ZAR",),
}  # fmt: skip
_CODES: Final = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK "
    "HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL "
    "MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON "
    "RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH "
    "UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"
)
CURRENCIES: Final = frozenset(_CODES.split())
AT_ONCE: Final = (
    "due on receipt", "on receipt", "due immediately", "immediately", "immediate", "cod", "cash", "sofort",
    "sofort fällig", "zahlbar sofort", "direct", "per direct", "contant", "comptant", "à réception", "al contado",
    "contado", "charge automatically",
)  # fmt: skip
