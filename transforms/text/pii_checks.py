"""Is this candidate what it looks like? Check digits, lengths and reserved ranges of each kind of PII.

A check gets a text's bytes and a candidate's ``start`` and ``end``, and gives the end of the PII that begins at
``start``, or 0 for none. For each start at most one end is right, whatever comes behind it: pii.py builds on this.
"""

import ipaddress
import re
import string

_FILE_TYPES = {b"png", b"jpg", b"jpeg", b"gif", b"webp", b"svg", b"bmp", b"ico", b"css", b"js"}
"""What ends names such as ``logo@2x.png`` of pictures for dense screens; none is a top-level domain."""

_ISSUERS = (
    (4, 4, (13, 16, 19)),  # Visa
    (51, 55, (16,)),  # Mastercard
    (2221, 2720, (16,)),
    (34, 34, (15,)),  # American Express
    (37, 37, (15,)),
    (300, 305, (14,)),  # Diners Club
    (36, 36, (14,)),
    (38, 39, (14,)),
    (6011, 6011, (16, 19)),  # Discover
    (644, 659, (16, 19)),
    (3528, 3589, (16, 19)),  # JCB
    (1800, 1800, (15,)),
    (2131, 2131, (15,)),
    (62, 62, (16, 17, 18, 19)),  # UnionPay
    (2200, 2204, (16,)),  # Mir
    (50, 50, tuple(range(12, 20))),  # Maestro
    (56, 58, tuple(range(12, 20))),
    (6304, 6304, tuple(range(12, 20))),
    (6759, 6763, tuple(range(12, 20))),
)
"""First and last leading digits of an issuer, and how many digits its cards have (numbering: ISO/IEC 7812)."""

_CARD_DIGITS = {
    head: lengths
    for low, high, lengths in _ISSUERS
    for scale in [10 ** (4 - len(str(low)))]
    for head in range(low * scale, (high + 1) * scale)
}
"""How many digits a card has by its first four."""

_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")
"""Twice a digit, as the sum of its own digits."""

_IBAN_CHARS = {
    country.encode(): int(n_chars)
    for country, n_chars in re.findall(
        r"(\D\D)(\d\d) ?",
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 "
        "EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 "
        "KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 "
        "PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 "
        "UA29 VA22 VG24 XK20 YE30",
    )
}
"""Characters of an IBAN by country (SWIFT's IBAN registry)."""

_IBAN_VALUES = {ord(char): str(int(char, 36)) for char in string.ascii_letters + string.digits}
"""A digit stands for itself, a letter for 10 to 35."""

_MIN_IPV4_DIGITS = 6
_VERSION = (b"version", b"ver.", b"release", b"build", b"firmware")
_DATE = re.compile(rb"\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d(?!\d)|(?:19|20)\d\d[./-]\d\d[./-]\d\d(?!\d)")


def email(data: bytearray, start: int, end: int) -> int:
    """Take any address but the name of a file."""
    ending = bytes(data[start:end]).rpartition(b".")[2].lower()
    return 0 if ending in _FILE_TYPES else end


def iban(data: bytearray, start: int, _end: int) -> int:
    """Take as many characters as the country has, unbroken or in fours, whose remainder by 97 is 1 (ISO 13616)."""
    n_chars = _IBAN_CHARS.get(bytes(data[start : start + 2]).upper(), 0)
    if not n_chars:
        return 0
    is_spaced = data[start + 4] == 0x20
    stop = start + n_chars + (n_chars - 1) // 4 * is_spaced
    chars = bytes(data[start:stop])
    if is_spaced:
        if set(chars[4::5]) != {0x20}:
            return 0
        chars = chars.replace(b" ", b"")
    if len(chars) != n_chars or not chars.isalnum():
        return 0
    number = "".join(map(_IBAN_VALUES.__getitem__, chars[4:] + chars[:4]))
    return stop if int(number) % 97 == 1 else 0


def credit_card(data: bytearray, start: int, end: int) -> int:
    """Take a number of an issuer's length whose last digit is right by Luhn (ISO/IEC 7812-1, annex B)."""
    number = bytes(data[start:end]).translate(None, b" -")
    return end if len(number) in _CARD_DIGITS.get(int(number[:4]), ()) and is_luhn(number) else 0


def is_luhn(number: bytes) -> bool:
    """Say whether the digits sum to a multiple of ten, where every second from the right is doubled.

    Example:
        >>> is_luhn(b"4111111111111111"), is_luhn(b"4111111111111112")
        (True, False)
    """
    return (sum(number[::-2]) + sum(number[-2::-2].translate(_DOUBLED)) - 0x30 * len(number)) % 10 == 0


def ssn(data: bytearray, start: int, end: int) -> int:
    """Take what may have been issued: no area 000, 666 or 9xx (those are tax numbers), no group 00, no serial 0000."""
    area, group, serial = bytes(data[start:end]).split(b"-")
    is_issued = area not in (b"000", b"666") and area[0] != 0x39 and group != b"00" and serial != b"0000"
    return end if is_issued else 0


def ip(data: bytearray, start: int, end: int) -> int:
    """Take a public address (``ipaddress``: ``is_global``) of one machine, not of a multicast group."""
    text = data[start:end].decode("ascii")
    if not (_is_plain_ipv6(data, start, text) if ":" in text else _is_plain_ipv4(data, start, text)):
        return 0
    try:
        address = ipaddress.ip_address(text)
    except ValueError:  # a part over 255, with a leading zero, or too many
        return 0
    return end if address.is_global and not address.is_multicast else 0


def _is_plain_ipv4(data: bytearray, start: int, text: str) -> bool:
    """Tell from numbers of sections (3.2.1.2) and versions: one address in 12,000 has fewer than six digits."""
    before = bytes(data[max(0, start - 10) : start]).rstrip(b" :").lower()
    return len(text) >= _MIN_IPV4_DIGITS + 3 and not before.endswith(_VERSION)


def _is_plain_ipv6(data: bytearray, start: int, text: str) -> bool:
    """Tell from times and names in programs: eight groups, or ``::`` in 2000::/3, which is what is given out."""
    if b":" in (data[start - 1 : start], data[start + len(text) : start + len(text) + 1]):
        return False
    return text.count(":") == 7 or ("::" in text and text[0] in "23" and text[4:5] == ":")


def phone(data: bytearray, start: int, end: int) -> int:
    """Take what is neither a date nor, as in 34(12) 1234-1256, an issue and its pages."""
    if data[start] == 0x28 and data[start - 1 : start].isdigit():
        return 0
    return 0 if _DATE.match(data, start) else end
