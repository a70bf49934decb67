"""The words people and packages use for the same column, in five languages.

Where several headers of a file mean the same field, the one named first here is taken. Spelling is folded
before words are compared, so `Due Date`, `due_date` and `DueDate` are one word; see `columns.fold`.
"""

from typing import Final, Literal

Role = Literal["invoices", "customers", "payments", "notes", "calls"]

_CUSTOMER_ID: Final = (
    "customer id", "customer number", "customer no", "customer nr", "customer #", "customer code", "customer account",
    "client id", "client number", "client code", "client no", "account number", "account no", "account id",
    "account ref", "account reference", "A/C", "A/C ref", "debtor number", "debtor id", "debtor no", "contact id",
    "partner id", "id company", "Kundennummer", "Kunden-Nr", "Kundennr", "Kd-Nr", "Kunden-ID", "Debitorennummer",
    "Debitoren-Nr", "Debitor-Nr", "Debitorenkonto", "Klantnummer", "Klantnr", "Klantcode", "Debiteurnummer",
    "Debiteurnr", "Relatiecode", "Relatienummer", "Numéro client", "Numéro de client", "N° client", "Code client",
    "Compte client", "Código cliente", "Código de cliente", "Número de cliente", "Número cliente", "Nº cliente",
    "ID cliente", "customer", "debtor", "Debitor", "Debiteur",
)  # fmt: skip
_CUSTOMER_NAME: Final = (
    "customer name", "customer full name", "client name", "client full name", "debtor name",
    "display name", "invoice partner display name", "company name", "organisation", "organization", "company",
    "full name", "name", "customer", "client", "contact name", "contact", "partner", "bill to", "sold to", "Kundenname",
    "Debitorname", "Firmenname", "Firma", "Kunde", "Klantnaam", "Bedrijfsnaam", "Relatienaam", "Bedrijf", "Klant",
    "Relatie", "Naam", "Nom du client", "Nom client", "Raison sociale", "Société", "Nom", "Nombre del cliente",
    "Nombre cliente", "Razón social", "Empresa", "Cliente", "Nombre",
)  # fmt: skip
_INVOICE_ID: Final = (
    "invoice number", "invoice no", "invoice nr", "invoice #", "invoice num", "invoice ref", "invoice reference",
    "document number", "document no", "doc number", "doc no", "transaction number", "invoice id", "invoice",
    "bill no", "bill number", "bill nr", "bill ref", "bill reference", "inv no", "inv nr", "inv #", "inv ref",
    "Rg-Nr", "Rech-Nr", "Rechn-Nr", "RNr", "Re-Nummer", "Notanummer", "Nota nr", "Faktuurnummer", "Fact nr",
    "N° fact", "N° de pièce", "Numéro de pièce", "Référence facture", "Nº fra", "Núm fra",
    "Número de fra", "Nº fact",
    "Rechnungsnummer", "Rechnungsnr", "Rechnung Nr", "Re-Nr", "Belegnummer", "Belegnr", "Belegfeld 1", "Rechnung",
    "Factuurnummer", "Factuurnr", "Factuur nr", "Factuur", "Numéro de facture", "Numéro facture", "N° facture",
    "No facture", "N° de facture", "Facture", "Número de factura", "Número factura", "Nº factura", "Nº de factura",
    "Num factura", "Factura", "number", "num", "no", "Nummer", "Numéro", "Número", "ref", "reference", "id",
)  # fmt: skip
_CURRENCY: Final = (
    "currency", "currency code", "invoice currency", "ccy", "curr", "Währung", "WKZ", "WKZ Umsatz", "Valuta",
    "Munteenheid", "Devise", "Monnaie", "Moneda", "Divisa",
    "cur", "ccy code", "transaction currency", "document currency", "billing currency",
    "Währungscode", "Währungskürzel", "Whg", "Belegwährung", "Rechnungswährung", "Valutacode", "Muntsoort",
    "Factuurvaluta", "Code devise", "Devise facture", "Código moneda", "Código de moneda", "Cód moneda",
    "Moneda factura",
)  # fmt: skip
_TERMS: Final = (
    "payment terms label", "payment terms", "payment term", "terms", "term", "terms days", "net days",
    "Zahlungsbedingungen", "Zahlungsbedingung", "Zahlungsziel", "Zahlungsziel Tage", "Betalingsvoorwaarden",
    "Betalingsvoorwaarde", "Betaaltermijn", "Betalingstermijn", "Conditions de paiement", "Délai de paiement",
    "Condiciones de pago", "Plazo de pago",
)  # fmt: skip
_HOLD: Final = (
    "hold", "on hold", "hold reason", "reminder block", "dunning block", "dunning hold", "Mahnsperre", "Gesperrt",
    "Aanmaanblokkering", "Geblokkeerd", "Blocage relance", "Bloqué", "Bloqueado",
)  # fmt: skip
_TAGS: Final = ("tags", "tag", "labels", "Schlagwörter", "Étiquettes", "Etiquetas")

# What is still open, or all of it where no other column says how much that was.
TO_PAY: Final = (
    "to pay", "to be paid", "amount to pay", "owed", "amount owed", "Zu zahlen", "Zu zahlender Betrag", "Te betalen",
    "À payer", "Net à payer", "Por pagar", "A pagar",
)  # fmt: skip

_CONTACT: Final[dict[str, tuple[str, ...]]] = {
    "email": (
        "email", "email address", "customer email", "client email", "billing email", "invoice email",
        "accounts email", "contact email", "email id", "recipient email", "email recipient", "mail",
        "E-Mail-Adresse", "Rechnungs-E-Mail", "E-mailadres", "Adresse e-mail", "Adresse mail", "Courriel",
        "Correo electrónico", "Correo",
        "email to", "mail to", "emails", "email 1", "invoice emails", "email for invoices", "accounts payable email",
        "AP email", "contact mail", "Mailadresse", "E-Mail an", "Mail an", "Rechnungsmail", "E-Mail Rechnung",
        "Mailadres", "Mail naar", "Factuur e-mail", "E-mail facturen", "E-mail de facturation", "Email client",
        "Mail client", "Mél", "Adresse courriel", "Adresse électronique", "Correo de facturación", "Correo cliente",
        "Correo del cliente", "Dirección de correo", "Dirección de correo electrónico", "Dirección de email",
    ),
    "phone": (
        "phone", "phone number", "phone numbers", "telephone", "telephone number", "tel", "customer phone",
        "contact phone", "billing phone", "mobile", "mobile phone", "mobile number", "contact mobile no",
        "Telefon", "Telefonnummer", "Mobil", "Handy", "Telefoon", "Telefoonnummer", "Mobiel", "Téléphone",
        "Portable", "Teléfono", "Móvil",
        "phone no", "telephone no", "tel no", "tel nr", "Telefonnr", "Rufnummer", "Handynummer", "Gsm",
        "N° de téléphone", "Numéro de téléphone", "N° tél", "Número de teléfono", "Nº teléfono",
    ),
    "address": (
        "address", "billing address", "bill address", "invoice address", "customer address", "client address",
        "postal address", "mailing address", "street address", "billing street", "address line 1", "address 1",
        "PO address line 1", "street", "Rechnungsadresse", "Rechnungsanschrift", "Anschrift", "Straße",
        "Factuuradres", "Adres", "Straat", "Adresse de facturation", "Adresse", "Rue", "Dirección de facturación",
        "Dirección", "Calle",
    ),
    "address_2": ("address line 2", "address 2", "PO address line 2", "Adresszusatz", "Complément d'adresse"),
    "address_3": ("address line 3", "address 3", "PO address line 3"),
    "address_4": ("address line 4", "address 4", "PO address line 4"),
    "postcode": (
        "postcode", "postal code", "post code", "zip", "zip code", "billing code", "billing postcode",
        "PO postal code", "PLZ", "Postleitzahl", "Code postal", "Código postal",
    ),
    "city": (
        "city", "town", "billing city", "PO city", "Ort", "Stadt", "Plaats", "Woonplaats", "Ville", "Ciudad",
        "Población",
    ),
    "region": ("region", "county", "province", "province/state", "billing state", "PO region", "Provincia"),
    "country": (
        "country code", "country", "billing country", "customer country", "PO country", "Ländercode", "Land",
        "Landcode", "Code pays", "Pays", "Código país", "País",
    ),
    "language": ("language", "language code", "lang", "locale", "Sprache", "Taal", "Langue", "Idioma"),
    "preferred_channel": (
        "preferred channel", "preferred contact method", "preferred contact", "contact preference",
        "contact method", "communication preference", "Bevorzugter Kontakt", "Bevorzugter Kontaktweg",
        "Kontaktweg", "Voorkeurskanaal", "Contactvoorkeur", "Canal préféré", "Moyen de contact",
        "Canal preferido", "Preferencia de contacto",
    ),
    "do_not_contact": (
        "do not contact", "do not remind", "no reminders", "no contact", "dnc", "opt out", "opted out",
        "unsubscribed", "Nicht kontaktieren", "Nicht mahnen", "Keine Mahnung", "Niet contacteren",
        "Niet aanmanen", "Ne pas contacter", "Ne pas relancer", "No contactar",
    ),
    "industry": ("industry", "sector", "Branche", "Bedrijfstak", "Secteur", "Secteur d'activité", "Industria"),
    "credit_rating": (
        "credit rating", "credit score", "credit grade", "rating", "risk class", "Bonität", "Bonitätsklasse",
        "Kredietwaardigheid", "Cote de crédit", "Calificación crediticia",
    ),
    "company_size": (
        "company size", "size", "number of employees", "employees", "Unternehmensgröße", "Firmengröße",
        "Mitarbeiter", "Bedrijfsgrootte", "Taille", "Taille de l'entreprise", "Tamaño", "Tamaño de empresa",
    ),
    "owner": (
        "owner", "account owner", "account manager", "salesperson", "sales person", "sales rep", "Betreuer",
        "Sachbearbeiter", "Kundenbetreuer", "Accountmanager", "Verantwoordelijke", "Responsable", "Gestionnaire",
        "Gestor", "Comercial",
    ),
}  # fmt: skip

# Addresses of further people, and whether they are to get e-mails; only profiles and `columns:` name such columns.
MORE_EMAILS: Final = ("email_2", "email_3", "email_4", "email_5", "email_6")
MORE_PHONES: Final = ("phone_2", "phone_3")

SYNONYMS: Final[dict[Role, dict[str, tuple[str, ...]]]] = {
    "invoices": {
        "invoice_id": _INVOICE_ID,
        "customer_name": _CUSTOMER_NAME,
        "customer_id": _CUSTOMER_ID,
        "due_date": (
            "due date", "date due", "payment due date", "invoice due date", "invoice date due", "net due date",
            "payable by", "payable on", "payment due by", "to be paid by", "pay before", "payment deadline",
            "due for payment", "Fällig zum", "Zahlbar am", "Zu zahlen bis", "Zahlen bis", "Fälligkeitstermin",
            "Zahlungstermin", "Te betalen voor", "Betalen voor", "Vervalt op", "Uiterlijk te betalen",
            "À payer avant", "À payer le", "À régler avant", "À régler le", "Payable le", "Date limite de paiement",
            "Vence", "Vence el", "Fecha vto", "Fecha de vto", "Fecha límite de pago", "Pagar antes de",
            "due on", "due", "pay by", "due by", "maturity date", "Fälligkeitsdatum", "Nettofälligkeit",
            "Fälligkeit", "Fällig am", "Fällig", "Zahlbar bis", "Vervaldatum", "Vervaldag",
            "Uiterste betaaldatum", "Date d'échéance", "Date échéance", "Échéance", "Fecha de vencimiento",
            "Fecha vencimiento", "Vencimiento",
        ),
        "issue_date": (
            "invoice date", "issue date", "date issued", "issued on", "issued", "document date", "bill date",
            "invoice/bill date", "transaction date", "date", "Rechnungsdatum", "Belegdatum", "Ausstellungsdatum",
            "Datum", "Factuurdatum", "Documentdatum", "Date de facture", "Date de la facture", "Date facture",
            "Date d'émission", "Fecha de factura", "Fecha factura", "Fecha de emisión", "Fecha emisión", "Fecha",
            "raised", "date raised", "raised on", "billed on", "date billed", "billing date", "invoiced on",
            "date invoiced", "date of invoice", "date of issue", "inv date", "Rechnung vom", "Ausgestellt am",
            "Rg-Datum", "Re-Datum", "Rechn-Datum", "Gefactureerd op", "Datum factuur", "Notadatum", "Faktuurdatum",
            "Émise le", "Émis le", "Facturé le", "Date de pièce", "Date pièce", "Emitida el", "Facturado el",
            "Fecha fra", "Fecha de fra",
        ),
        "cleared_on": (
            "paid date", "date paid", "paid on", "paid at", "fully paid on", "settled date", "date settled",
            "settlement date", "settled on", "cleared date", "cleared on", "clearing date", "clear date",
            "payment date", "last payment date", "Zahlungsdatum", "Bezahlt am", "Zahlungseingang",
            "Ausgleichsdatum", "Ausgeglichen am", "Betaald op", "Betaaldatum", "Date de paiement",
            "Date paiement", "Date de règlement", "Payé le", "Réglé le", "Fecha de pago", "Fecha pago",
            "Fecha de cobro", "Fecha cobro", "Pagado el",
            "date of payment", "payment received on", "money received on", "paid when", "when paid", "Gezahlt am",
            "Beglichen am", "Eingegangen am", "Zahlungseingang am", "Datum Zahlung", "Zahldatum", "Voldaan op",
            "Datum betaling", "Betaling ontvangen op", "Payée le", "Réglée le", "Encaissé le", "Date d'encaissement",
            "Date encaissement", "Pagada el", "Cobrado el", "Cobrada el", "Fecha del pago",
        ),
        "balance": (
            "balance due", "open balance", "balance", "invoice amount due", "amount due", "open amount",
            "amount open", "outstanding amount", "amount outstanding", "outstanding balance", "outstanding",
            "remaining balance", "remaining amount", "remaining", "unpaid amount", "amount unpaid", "unpaid",
            "balance due amount", "amount residual", "residual", "amount due signed", "Offener Betrag",
            "Offener Saldo", "Restbetrag", "Noch offen", "Offen", "aktuell offen", "Saldo", "Openstaand bedrag",
            "Openstaand", "Nog te betalen", "Reste à payer", "Restant dû", "Solde dû", "Montant dû", "Solde",
            "Saldo pendiente", "Importe pendiente", "Pendiente",
            "still owing", "still owed", "still to pay", "still due", "still open", "amount still owing",
            "amount still due", "owing", "amount owing", "balance owing", "balance owed", "total owing",
            "left to pay", "remaining to pay", "balance outstanding", "balance remaining", "unpaid balance",
            "not yet paid", "O/S amount", "O/S balance", "O/S", "Noch zu zahlen", "Noch offener Betrag", "Offene Summe",
            "Offener Rest", "Restsumme", "Restschuld", "Ausstehend", "Ausstehender Betrag", "Nog open",
            "Nog openstaand", "Nog te ontvangen", "Nog verschuldigd", "Open bedrag", "Openstaand saldo",
            "Resterend bedrag", "Restant", "Restant à payer", "Reste dû", "Reste à régler", "Solde restant",
            "Solde restant dû", "Solde à payer", "Montant restant", "Montant impayé", "Por cobrar",
            "Pendiente de pago", "Pendiente de cobro", "Saldo restante", "Importe adeudado", "Saldo deudor", *TO_PAY,
        ),
        "amount": (
            "invoice amount", "invoice total", "total amount", "gross amount", "amount gross", "grand total",
            "bill amount", "bill total", "invoice sum", "total gross", "gross total", "gross value", "amount inc vat",
            "Rechnungssumme", "Gesamtsumme", "Endbetrag", "Betrag inkl MwSt",
            "Factuurtotaal", "Totaal incl btw", "Totaal inclusief btw", "Eindtotaal", "Bruto", "Montant facture",
            "Montant de la facture", "Total facture", "TTC", "Importe factura", "Importe con IVA", "Importe bruto",
            "Monto total", "Monto",
            "total incl tax", "total inc tax", "amount incl tax", "total inc vat", "total incl vat", "total",
            "amount", "total signed", "original amount", "invoice value", "gross", "Rechnungsbetrag",
            "Bruttobetrag", "Gesamtbetrag", "Betrag brutto", "Brutto", "Betrag", "Factuurbedrag",
            "Totaalbedrag", "Bedrag incl btw", "Totaal", "Bedrag", "Montant TTC", "Total TTC", "Montant total",
            "Montant", "Importe total", "Total factura", "Total con IVA", "Importe",
        ),
        "paid": (
            "amount paid", "paid amount", "invoice amount paid", "paid to date", "amount received", "paid",
            "paid so far", "already paid", "paid already", "received so far", "received to date", "total paid",
            "payments received", "payments to date", "Bisher bezahlt", "Schon bezahlt", "Davon bezahlt",
            "Bereits gezahlt", "Gezahlter Betrag", "Erhaltener Betrag", "Al betaald", "Tot nu toe betaald",
            "Reeds ontvangen", "Ontvangen bedrag", "Payé à ce jour", "Déjà réglé", "Montant reçu",
            "Pagado a la fecha", "Pagado hasta la fecha", "Ya pagado", "Cobrado hasta la fecha",
            "received", "part payment", "Bezahlter Betrag", "Bereits bezahlt", "Bezahlt", "Gezahlt",
            "Betaald bedrag", "Reeds betaald", "Betaald", "Montant payé", "Montant réglé", "Déjà payé", "Payé",
            "Réglé", "Importe pagado", "Importe cobrado", "Pagado", "Cobrado",
        ),
        "status": (
            "invoice status", "payment status", "status", "payment state", "invoice state", "document status",
            "Zahlungsstatus", "Rechnungsstatus", "Betaalstatus", "Factuurstatus", "Statut de paiement",
            "Statut facture", "Statut", "État", "Estado de pago", "Estado factura", "Estado",
            "paid status", "Zahlstatus", "Bezahlstatus", "Status betaling", "Statut paiement", "Statut de la facture",
            "Estado del pago", "Estado de la factura", "Estado de cobro",
        ),
        "stage": (),  # of a document, where its status speaks of payment; only profiles and `columns:` name it
        "kind": (
            "type", "document type", "doc type", "transaction type", "invoice type", "record type", "Belegart",
            "Belegtyp", "Dokumenttyp", "Rechnungsart", "Typ", "Soort", "Documenttype", "Type de document",
            "Type de pièce", "Tipo de documento", "Tipo", "Soll/Haben", "Soll/Haben-Kennzeichen", "S/H", "D/C",
            "debit/credit", "Dr/Cr", "Debet/credit", "Débit/crédit",
            "kind", "document kind", "kind of document", "Dokumentart", "Soort document", "Type document",
            "Type pièce", "Tipo documento", "Tipo doc",
        ),
        "currency": _CURRENCY,
        "disputed": (
            "disputed", "is disputed", "in dispute", "dispute", "dispute status", "strittig", "reklamiert",
            "Reklamation", "betwist", "en litige", "litige", "contesté", "en disputa", "disputado", "reclamado",
            "query", "queried", "in query", "beanstandet", "bestritten", "in geschil", "contestée", "impugnada",
        ),
        "hold": _HOLD,
        "reminder_level": (
            "reminder level", "dunning level", "reminders sent", "number of reminders", "reminder count", "Mahnstufe",
            "Mahnlevel", "Anzahl Mahnungen", "herinneringsniveau", "aanmaningsniveau", "aantal herinneringen",
            "niveau de relance", "nombre de relances", "nivel de recordatorio", "recordatorios enviados",
        ),
        "last_reminded": (
            "last reminded", "last reminder", "last reminder date", "last reminder sent", "last dunning date",
            "date of last reminder", "Letzte Mahnung", "Mahndatum", "Datum letzte Mahnung", "laatste herinnering",
            "datum laatste herinnering", "dernière relance", "date de dernière relance", "último recordatorio",
        ),
        "terms": _TERMS,
        "tags": _TAGS,
        **_CONTACT,
    },
    "customers": {
        "customer_name": _CUSTOMER_NAME,
        "customer_id": (*_CUSTOMER_ID, "id", "number", "no", "code", "ref", "Nummer", "Numéro", "Código"),
        **dict.fromkeys((field + flag for field in MORE_EMAILS for flag in ("", "_if")), ()),
        **dict.fromkeys(MORE_PHONES, ()),
        "first_name": ("first name", "contact first name", "given name", "Vorname", "Voornaam", "Prénom"),
        "last_name": ("last name", "contact last name", "surname", "family name", "Nachname", "Achternaam"),
        "hold": _HOLD,
        "terms": _TERMS,
        "tags": (*_TAGS, "groups", "group", "category"),
        **_CONTACT,
    },
    "payments": {
        "customer_name": _CUSTOMER_NAME,
        "customer_id": _CUSTOMER_ID,
        "invoice_id": ("applied to", "applied to invoice", "paid invoice", *_INVOICE_ID[:-1]),
        "paid_on": (
            "payment date", "date paid", "paid date", "paid on", "received on", "date received", "booking date",
            "value date", "date", "Zahlungsdatum", "Buchungsdatum", "Bezahlt am", "Wertstellung", "Datum",
            "Betaaldatum", "Betaald op", "Date de paiement", "Date de règlement", "Fecha de pago",
            "Fecha de cobro", "Fecha",
        ),
        "amount": (
            "amount applied", "applied amount", "payment amount", "amount paid", "paid amount", "amount received",
            "amount", "paid", "Zahlbetrag", "Zahlungsbetrag", "Betrag", "Bedrag", "Montant payé",
            "Montant réglé", "Montant", "Importe pagado", "Importe cobrado", "Importe",
        ),
        "currency": _CURRENCY,
    },
    "notes": {
        "noted_on": ("date", "noted on", "noted", "on", "Datum", "Notiert am", "Fecha"),
        "customer_name": (*_CUSTOMER_NAME, *_CUSTOMER_ID),
        "invoice_id": _INVOICE_ID,
        "note_kind": ("kind", "type", "what", "note type", "Art", "Typ", "Soort", "Nature", "Tipo"),
        "until": (
            "until", "promised for", "promised date", "pay by", "due", "till", "bis", "Zusage zum", "tot", "tot en met",
            "jusqu'au", "hasta",
        ),
        "amount": ("amount", "promised amount", "Betrag", "Bedrag", "Montant", "Importe"),
        "text": ("text", "note", "notes", "reason", "comment", "remark", "Grund", "Bemerkung", "Notiz", "Opmerking",
                 "Commentaire", "Motivo", "Nota"),
        "noted_by": ("by", "noted by", "who", "name", "von", "wer", "door", "par", "por"),
    },
    "calls": {
        "call_key": ("key",),
        "customer_id": ("customer number", *_CUSTOMER_ID),
        "outcome": ("outcome", "result"),
        "until": ("promised date", "promised for"),
        "amount": ("promised amount",),
        "next_call": ("next call", "call again on"),
        "text": ("note", "notes", "text"),
    },
}  # fmt: skip

LINE_ITEM_HEADERS: Final = (
    "item", "item name", "item description", "item desc", "item product", "item notes", "item total", "item price",
    "item cost", "item quantity", "product", "product/service", "description", "quantity", "qty", "unit price",
    "unit amount", "sales price", "rate", "line total", "line amount", "line subtotal", "line description",
    "Artikel", "Menge", "Einzelpreis", "Position", "Aantal", "Omschrijving", "Quantité", "Prix unitaire",
    "Désignation", "Cantidad", "Precio unitario", "Concepto",
)  # fmt: skip

# Words in the headers of sums that are no debt.
OTHER_AMOUNTS: Final = (
    "net", "subtotal", "sub", "tax", "vat", "gst", "hst", "pst", "discount", "shipping", "postage", "freight",
    "delivery", "cost", "costs", "margin", "profit", "commission", "fee", "fees", "interest", "rate", "limit",
    "tip", "rounding", "withholding", "excl", "ex", "exc", "excluding", "base", "home", "local", "days", "age", "hours",
    "Netto",
    "Nettobetrag", "MwSt", "USt", "Mehrwertsteuer", "Umsatzsteuer", "Steuer", "Steuerbetrag", "Rabatt", "Skonto",
    "Versand", "Versandkosten", "Porto", "Provision", "Zinsen", "Mahngebühr", "Kurs", "Wechselkurs", "Tage", "Stunden",
    "btw", "korting", "verzendkosten", "rente", "koers", "dagen", "uren", "HT", "TVA", "remise", "frais", "taux",
    "intérêts", "jours", "heures", "neto", "IVA", "IRPF", "descuento", "envío", "gastos", "recargo", "intereses",
    "cambio", "días", "horas",
)  # fmt: skip

FIELD_NAMES: Final = {
    "invoice_id": "invoice number",
    "customer_id": "customer",
    "customer_name": "customer's name",
    "due_date": "due date",
    "issue_date": "issue date",
    "cleared_on": "date of payment",
    "reminder_level": "reminder level",
    "last_reminded": "date of the last reminder",
    "paid_on": "date of payment",
    "amount": "amount",
    "balance": "balance",
    "paid": "amount paid",
    "kind": "type",
}
