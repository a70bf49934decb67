"""The customers of Harbour & Finch Ltd, and what each of them is there to show. All are invented."""

from dataclasses import dataclass, field


@dataclass
class Open:
    """An invoice with something left to pay, `age` days past its due date; a negative age is not due yet."""

    age: int
    amount: str | None = None
    paid: str = "0"
    currency: str | None = None
    disputed: bool = False
    due_cell: str | None = None  # what somebody typed over the due date


@dataclass
class Credit:
    """A credit note, `age` days old."""

    age: int
    amount: str
    left: str


@dataclass
class Customer:
    """One customer: who they are, how they pay, and what they owe."""

    number: str
    name: str
    site: str
    phone: str
    address: str
    habit: str
    paid: int  # how many invoices they have paid
    typical: int  # what their invoices usually come to
    open: tuple[Open, ...] = ()
    credits: tuple[Credit, ...] = ()
    lately: tuple[int, ...] = ()  # days late of their newest paid invoices, where the habit has changed
    once_disputed: int = 0  # how many of the paid invoices were disputed first
    columns: dict[str, str] = field(default_factory=dict)  # what else the customer export says

    @property
    def country(self) -> str:
        """The country, by the series of the customer number."""
        return {"001": "GB", "002": "DE", "003": "IE"}[self.number[:3]]

    @property
    def currency(self) -> str:
        """The currency they are billed in."""
        return "GBP" if self.country == "GB" else "EUR"


CAST = (
    # ---- Great Britain ----
    # Due in two days: a heads-up.
    Customer("00101", "Ashdown Joinery Ltd", "ashdownjoinery", "+44 113 496 0121",
             "14 Ropewalk, Leeds LS9 8AB", "reliable", 8, 480, (Open(-2), Open(-21))),
    # The everyday case, one day further.
    Customer("00102", "Kestrel Coffee Roasters Ltd", "kestrelcoffee", "+44 117 496 0133",
             "3 Quay Lane, Bristol BS1 4XX", "reliable", 9, 620, (Open(6),)),
    # Five days late: the friendly reminder is due today.
    Customer("00103", "O'Hanrahan Tiling", "ohanrahantiling", "+44 161 496 0174",
             "88 Canal Street, Manchester M1 3WB", "reliable", 6, 310, (Open(5),)),
    # Nothing to do yet.
    Customer("00104", "Merriweather, Lowe & Co", "merriweatherlowe", "+44 20 7946 0231",
             "2 Temple Yard, London EC4Y 1AA", "reliable", 7, 1450, (Open(-20),)),
    # Likes to be rung.
    Customer("00105", "Pellow & Daughters", "pellowdaughters", "+44 117 496 0158",
             "Harbour Road, Bristol BS11 9ZZ", "reliable", 7, 540, (Open(8),), columns={"Preferred Contact": "Phone"}),
    # No e-mail, no phone: a letter.
    Customer("00106", "Thistlebank Nursery", "", "",
             "Thistlebank, Melrose TD6 9XX", "reliable", 6, 260, (Open(9),)),
    # Their credit note covers the open invoice wholly.
    Customer("00107", "Saltmarsh Cycles", "saltmarshcycles", "+44 113 496 0187",
             "61 Mill Road, York YO1 9ZY", "reliable", 6, 390, (Open(11, "412.50"),), (Credit(4, "412.50", "412.50"),)),
    # A large account: the trait high_value. Two invoices in one message, the next one named beside them.
    Customer("00108", "Brindle & Hale Architects LLP", "brindlehale", "+44 20 7946 0265",
             "9 Fetter Mews, London EC4A 3ZZ", "reliable", 10, 4900, (Open(12), Open(7), Open(-3))),
    # A few pounds short: too little to write about.
    Customer("00109", "Copperfield Dental Practice", "copperfielddental", "+44 161 496 0119",
             "7 Park Row, Salford M5 4XX", "reliable", 8, 350, (Open(19, "354.80", paid="350.00"),)),
    # Disputes an invoice, and not for the first time: the flag disputes_often.
    Customer("00110", "The Lantern Theatre Trust", "lanterntheatre", "+44 131 496 0142",
             "Leith Walk, Edinburgh EH6 8ZZ", "reliable", 7, 890, (Open(15, disputed=True), Open(-14)),
             (Credit(120, "95.00", "0.00"),), once_disputed=2),
    # A reminder, and the next invoice named in it.
    Customer("00111", "Northgate Removals", "northgateremovals", "+44 113 496 0166",
             "Unit 4, Northgate, Wakefield WF1 9ZZ", "slow", 6, 430, (Open(4), Open(-4))),
    # Has paid a part, and what is left is large.
    Customer("00112", "Fenwick Marine Supplies Ltd", "fenwickmarine", "+44 191 498 0137",
             "Fish Quay, North Shields NE30 9ZZ", "slow", 8, 2800, (Open(13, "6240.00", paid="1000.00"), Open(-12))),
    # Prompt but for one old debt that nobody ever chased: slow by the rules, and still the first, friendly step.
    Customer("00113", "Larkspur Catering", "larkspurcatering", "+44 117 496 0195",
             "12 Orchard Way, Bath BA1 9ZZ", "reliable", 9, 380, (Open(132, "745.20"),)),
    # On hold, with a reason.
    Customer("00114", "Heron & Pike Brewing Co", "heronandpike", "+44 161 496 0128",
             "The Maltings, Stockport SK1 9ZZ", "slow", 6, 960, (Open(21), Open(-9)),
             columns={"On Hold": "Flood at the brewery, pause until mid December"}),
    # Late as always.
    Customer("00115", "Tidewell Plumbing", "tidewellplumbing", "+44 131 496 0111",
             "5 Shore Place, Edinburgh EH6 6ZZ", "slow", 6, 275, (Open(9), Open(-3))),
    # A large account and very late.
    Customer("00116", "Blackthorn Scaffolding Ltd", "blackthornscaffolding", "+44 20 7946 0290",
             "Yard 6, Silvertown, London E16 9ZZ", "problem", 6, 3900, (Open(52), Open(21), Open(-6))),
    # Owes in two currencies.
    Customer("00117", "Quillfeather Events", "quillfeather", "+44 20 7946 0214",
             "31 Marigold Street, London SE16 9ZZ", "problem", 6, 700, (Open(14), Open(3, "388.00", currency="EUR"))),
    # A problem account with nothing overdue: a heads-up with an open door.
    Customer("00118", "Oakenshaw Motors", "oakenshawmotors", "+44 113 496 0149",
             "Ring Road, Bradford BD12 9ZZ", "problem", 6, 510, (Open(-5),)),
    # The very first invoice: how to pay.
    Customer("00119", "Wren & Marlow Studio", "wrenmarlow", "+44 117 496 0171",
             "Studio 2, Spike Island, Bristol BS1 9ZZ", "new", 0, 640, (Open(-6),)),
    # One invoice paid, the second is late.
    Customer("00120", "Puddlefoot Day Nurseries Ltd", "puddlefoot", "+44 161 496 0183",
             "19 Chapel Street, Salford M3 9ZZ", "new", 1, 420, (Open(4),)),
    # ---- Germany ----
    # A name with an umlaut.
    Customer("00201", "Bäckerei Vogelsang GmbH", "baeckerei-vogelsang", "+49 30 23125 112",
             "Lindenweg 8, 10437 Berlin", "reliable", 8, 450, (Open(7),)),
    # Due tomorrow, on a Saturday: today is the last sending day for a heads-up.
    Customer("00202", "Möbelwerk Hartlieb KG", "hartlieb-moebel", "+49 221 4710 123",
             "Am Rheinufer 21, 50668 Köln", "reliable", 7, 1900, (Open(-1), Open(-25))),
    # Wishes for letters.
    Customer("00203", "Druckhaus Lindenau", "druckhaus-lindenau", "+49 30 23125 134",
             "Kiefernstraße 3, 12555 Berlin", "reliable", 6, 760, (Open(10),), columns={"Preferred Contact": "Post"}),
    # Late as always, in euros.
    Customer("00204", "Fahrradhof Seidel", "fahrradhof-seidel", "+49 40 66969 145",
             "Deichtor 5, 20095 Hamburg", "slow", 7, 520, (Open(6),)),
    # An invoice with a due date that does not exist: nothing goes to this customer until it is mended.
    Customer("00205", "Gasthof Hirschenau", "gasthof-hirschenau", "+49 89 99998 156",
             "Dorfplatz 1, 82211 Herrsching", "slow", 6, 330, (Open(18), Open(-10, due_cell="31/11/2026"))),
    # Nothing to do yet.
    Customer("00206", "Kräuterhof Immenstedt", "kraeuterhof", "+49 40 66969 167",
             "Hofweg 17, 25885 Immenstedt", "slow", 6, 290, (Open(-18),)),
    # A part payment on the older of two invoices.
    Customer("00207", "Elbwind Yachtservice GmbH", "elbwind", "+49 40 66969 178",
             "Elbchaussee 400, 22609 Hamburg", "problem", 6, 2300, (Open(35, "2480.00", paid="500.00"), Open(8))),
    # New, and the very first invoice is late.
    Customer("00208", "Schreinerei Obermoos", "schreinerei-obermoos", "+49 89 99998 189",
             "Moosweg 2, 83329 Waging", "new", 0, 870, (Open(12), Open(-16))),
    # Wishes for text messages.
    Customer("00209", "Atelier Grünewald", "atelier-gruenewald", "+49 69 90009 191",
             "Mainkai 14, 60311 Frankfurt am Main", "reliable", 6, 240, (Open(6),),
             columns={"Preferred Contact": "SMS"}),
    # Owes nothing.
    Customer("00210", "Nordlicht Verlag", "nordlicht-verlag", "+49 40 66969 115",
             "Speicherstadt 11, 20457 Hamburg", "reliable", 6, 410),
    # ---- Ireland ----
    # A heads-up.
    Customer("00301", "Ballinrae Dairy Co-op", "ballinraedairy", "+353 20 912 4101",
             "Main Street, Ballinrae, Co. Cork", "reliable", 8, 1200, (Open(-3), Open(-15))),
    # A good payer who is slipping: the flag turning_late.
    Customer("00302", "Carrickmore Boatyard", "carrickmoreboatyard", "+353 20 912 4112",
             "The Pier, Carrickmore, Co. Clare", "reliable", 11, 830, (Open(-11),), lately=(12, 11, 12)),
    # Paid well until now; one invoice, open for 25 days, is about to change that.
    Customer("00303", "Saoirse Books", "saoirsebooks", "+353 20 912 4123",
             "4 Eyre Lane, Galway", "reliable", 4, 190, (Open(25),)),
    # Two overdue invoices, one message.
    Customer("00304", "Knockarra Stud", "knockarrastud", "+353 20 912 4134",
             "Knockarra, Co. Tipperary", "slow", 7, 1150, (Open(17), Open(5))),
    # A credit note covers a part of what is overdue.
    Customer("00305", "Kilbracken Inns Ltd", "kilbrackeninns", "+353 20 912 4145",
             "Bridge Street, Kilbracken, Co. Mayo", "slow", 8, 680, (Open(11, "702.00"), Open(-4)),
             (Credit(20, "150.00", "150.00"),)),
    # Not to be contacted: their lawyers and ours are talking.
    Customer("00306", "Glenvarra Quarries Ltd", "glenvarraquarries", "+353 20 912 4156",
             "Glenvarra, Co. Leitrim", "problem", 6, 1750, (Open(61), Open(28)), columns={"Do Not Contact": "Yes"}),
    # Neither e-mail nor address, only a phone number.
    Customer("00307", "Dunmorra Hotel", "", "+353 20 912 4167",
             "", "problem", 7, 940, (Open(16), Open(-25))),
    # New, and due in three days.
    Customer("00308", "Rathbrae Design", "rathbraedesign", "+353 20 912 4178",
             "22 Harbour View, Sligo", "new", 1, 560, (Open(-3),)),
    # New, wishes for calls, with one invoice late and one about to fall due.
    Customer("00309", "Lissadare Pharmacy", "lissadarepharmacy", "+353 20 912 4189",
             "The Square, Lissadare, Co. Kerry", "new", 0, 300, (Open(25), Open(-5)),
             columns={"Preferred Contact": "Phone"}),
    # Nothing to do yet; the third payment will end being new.
    Customer("00310", "Drumsheel Fiddle School", "drumsheelfiddles", "+353 20 912 4191",
             "Chapel Lane, Drumsheel, Co. Clare", "new", 2, 150, (Open(-17),), (Credit(30, "25.00", "0.00"),)),
)  # fmt: skip
