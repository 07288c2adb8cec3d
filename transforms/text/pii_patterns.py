r"""What each kind of PII looks like, in RE2's syntax; ``pii_checks`` decides what is one.

Classes are ASCII, so a number or address may stand directly between Chinese characters. ``\b`` stands where a span
may not continue a word. No pattern looks further ahead than the candidate is long, so a scan is linear.
"""

# Between two digits of a phone number: space, dot, hyphen, no-break space, hyphens of typesetters, en dash.
_SEP = r"[ .\-\x{A0}\x{2010}\x{2011}\x{2013}]"

# Country codes (ITU-T E.164).
_COUNTRY = (
    r"(?:1|7|2[07]|2[1-69]\d|3[0-469]|3[578]\d|4[013-9]|42\d|5[1-8]|5[09]\d|6[0-6]|6[789]\d|8[1246]|8[0578]\d|"
    r"9[0-58]|9[679]\d)"
)

# Digits in the groupings in use, told by their shape alone.
_PHONES = (
    # North America: area and exchange begin with 2 to 9, and no area has 9 in the middle.
    rf"(?:\+1{_SEP}?|\b(?:1|001){_SEP})?(?:\([2-9][0-8]\d\) ?|\b[2-9][0-8]\d{_SEP})[2-9]\d\d{_SEP}\d{{4}}",
    # International, in any grouping; behind 00 the country code stands by itself.
    rf"(?:\+{_COUNTRY}{_SEP}?|\b00{_SEP}?{_COUNTRY}{_SEP})(?:\(\d{{1,4}}\){_SEP}?)?\d(?:{_SEP}?\d){{6,11}}",
    # National, behind a trunk 0.
    rf"\b0[1-9](?:{_SEP}\d\d){{4}}",
    rf"\b0[1-9]\d{{1,2}}{_SEP}\d{{2,3}}{_SEP}\d\d{_SEP}\d\d",
    rf"\b0[1-9]\d{{0,3}}{_SEP}\d{{3,4}}{_SEP}\d{{3,4}}",
    r"\b0[1-9]\d{1,3}[ /\-]\d{6,8}",
    rf"\(0\d{{1,4}}\) ?\d{{3,4}}{_SEP}?\d{{3,4}}",
    # Behind an area code in brackets.
    r"\(\d\d\d?\) ?\d{3,4}-\d{3,4}",
)
_EXTENSION = r"(?: ?(?:x|ext\.? ?)\d{1,5})?"

# Any other grouping of 7 to 13 digits is a phone number only behind a word that announces one.
_CUE = (
    r"(?i:\b(?:(?:tele)?(?:phone|fon|fono|fax)|t[e\x{E9}]l|mobile|mob|cell|whatsapp|sms|"
    r"call(?: (?:me|us|him|her|them))? (?:on|at))s?\b(?:[ .:#\t\r\n]|number|no|nr|is|me|us|on|at|to|or){1,8})"
)
_ANNOUNCED = rf"\(?\b\d(?:(?:{_SEP}|[()/]){{0,2}}\d){{6,12}}"

# What may follow a phone number. It is part of the pattern, and not looked at afterwards, so that RE2 takes a shorter
# number where the longest is followed by what none may be followed by.
_RIGHT = r"(?:\z|[^\w.\-]|[.\-](?:\z|\D))"

PATTERNS = {
    "email": r"\b\w[\w.%+'\-]*@(?:[A-Za-z0-9\-]+\.)+[A-Za-z]{2,}\b",
    "iban": r"\b[A-Za-z]{2}\d\d ?[A-Za-z0-9]{4}",
    "credit_card": (
        r"\b(?:\d{12,19}|\d{4}(?: \d{4}){3}|\d{4}(?:-\d{4}){3}|3\d{3} \d{6} \d{4,5}|3\d{3}-\d{6}-\d{4,5})\b"
    ),
    "ssn": r"\b\d{3}-\d\d-\d{4}\b",
    "ip": r"\b(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{1,4}(?:::?[0-9A-Fa-f]{1,4}){1,7})\b",
    "phone": rf"(?:(?:{_CUE})?((?:{'|'.join(_PHONES)}){_EXTENSION})|{_CUE}({_ANNOUNCED})){_RIGHT}",
}
"""By kind. Where two kinds overlap the earlier has it: an address may hold a number, then come check digits, then
fixed shapes, and phone last, whose shapes are the loosest. A group, where one took part, is the candidate."""

ANY = (
    rf"@[A-Za-z0-9\-]+\.[A-Za-z]|\d(?:(?:{_SEP}|[()/]){{0,3}}\d){{6}}|\d\.\d{{1,3}}\.\d{{1,3}}\.\d|"
    r"\b[A-Za-z]{2}\d\d ?[A-Za-z0-9]{4}|:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]"
)
"""Something of every text in which a pattern could match: most texts hold none, and are scanned once."""
