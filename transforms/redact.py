"""Redaction: what may not be published about people is replaced by a short placeholder.

Handles, phone numbers, e-mail addresses and order, booking or account numbers. Links stay, but without a handle in
their path. It is a filter for what people commonly write about themselves, not a proof of anonymity.
"""

from __future__ import annotations

import re

from transforms.text import unescape

__all__ = ["redact"]

# Every pattern has a bounded repetition or can start only at the beginning of a run, so that each is linear in length.
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_HANDLE = re.compile(r"@(?<![\w@/.]@)\w[\w.-]*(?:@[\w-]+(?:\.[\w-]+)*)?(?<![.-])")
_REDDIT = re.compile(r"(?<![\w/])/?u/[\w-]{2,32}")
_PROFILE = re.compile(
    r"(?<=//)((?:[\w-]{1,63}\.){0,3}(?:twitter|x|instagram|facebook|tiktok|reddit|linkedin|threads|bsky|youtube|mastodon)"
    r"\.\w{2,10}/(?:u/|user/|users/|in/|profile/|c/|channel/)?)@?[\w.-]{2,64}",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"\b((?:order|booking|reservation|confirmation|conf|reference|ref|ticket|case|claim|account|acct|policy|invoice"
    r"|tracking|record locator|locator|pnr|customer|member(?:ship)?|frequent flyer|loyalty|card|serial|imei|iban)"
    r"\s{0,3}(?:number|numbers|no|nr|num|id|code|is|was)?\s{0,3}[.:#]{0,3}\s{0,3}#?\s{0,3})"
    r"((?=[A-Za-z-]{0,12}\d)[A-Za-z\d-]{4,40})",
    re.IGNORECASE,
)
# codes of letters only; the word before it in capitals would be a text that shouts
_LOCATOR = re.compile(
    r"\b((?:[Ll]ocator|PNR|pnr|[Cc]onfirmation|[Rr]eference|[Bb]ooking|[Rr]eservation)"
    r"(?: (?:number|code|no|ref|is))?\s{0,3}[.:#]{0,2}\s{0,3})[A-Z]{6}\b"
)
_DIGITS = re.compile(r"(?<![\w.,/])\+?\(?\d[\d ()./-]{5,24}\d(?![\w/]|[.,]\d)")
_LONG = re.compile(r"(?<![\w.,])\d{7,}(?!\w)")
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|(?:19|20)\d\d ?[-/] ?(?:19|20)?\d\d")
# one of them stands in every text that _LOCATOR finds something in, and shortly before every number of _NUMBERED
_NUMBERED_WORDS = (
    "order", "booking", "reservation", "conf", "ref", "ticket", "case", "claim", "acc", "policy", "invoice", "track",
    "locator", "pnr", "customer", "member", "flyer", "loyal", "card", "serial", "imei", "iban",
)  # fmt: skip
_SHORTLY = 72  # bytes; from the word's start to the number's first digit the pattern allows for fewer
_FEWEST_DIGITS = 7  # of a phone number or a long number
_DIGIT = re.compile(r"\d")
# small letters; digits become "0" and what may stand between those of a phone number a blank
_PLAIN = bytes(range(256)).lower().translate(bytes.maketrans(b"123456789()./-", b"000000000     "))
_LIKE_A_PHONE = re.compile(rb"0[0 ]{5,24}0")  # wherever _DIGITS or _LONG finds something
_CAPITAL = bytes(65 if 65 <= code < 91 else 32 for code in range(256))
_SIX_CAPITALS = b"A" * 6
_SHORT_PHONE = re.compile(r"\d{3}[-. ]\d{4}")


def redact(text: str) -> str:
    """Return the text with HTML entities resolved and personal references replaced.

    >>> redact("@ann call me on +1 (212) 555-0199 or ann@example.org about order #A-48213, 2 weeks late")
    '[handle] call me on [phone] or [e-mail] about order #[number], 2 weeks late'
    """
    text = unescape(text)
    if "@" in text:
        if text.rfind("@") and any(part[-1:].isalnum() for part in text.split("@")[:-1]):
            text = _EMAIL.sub("[e-mail]", text)
        text = _HANDLE.sub("[handle]", text)
    if "//" in text:
        text = _PROFILE.sub(r"\1[handle]", text)
    if "u/" in text:
        text = _REDDIT.sub("[handle]", text)
    return _redact_numbers(text)


def _redact_numbers(text: str) -> str:
    """Replace numbers that point to a person; the patterns are dear, so first comes what few texts pass."""
    raw = text.encode(errors="replace")
    plain = (raw if text.isascii() else text.casefold().encode(errors="replace")).translate(_PLAIN)
    digits = plain.count(b"0")
    count = digits if text.isascii() else len(_DIGIT.findall(text))
    is_foreign = count > digits  # other scripts have digits of their own
    if _SIX_CAPITALS in raw.translate(_CAPITAL) and _has_word(plain):
        text = _LOCATOR.sub(r"\1[number]", text)
    if is_foreign or (digits and _may_name_a_number(text, plain)):
        text = _NUMBERED.sub(r"\1[number]", text)
    if count >= _FEWEST_DIGITS and (is_foreign or _LIKE_A_PHONE.search(plain)):
        text = _LONG.sub("[number]", _DIGITS.sub(_phone, text))
    return text


def _may_name_a_number(text: str, plain: bytes) -> bool:
    gaps = plain.split(b"0")[:-1]
    if not _has_word(b"|".join(gap[-_SHORTLY:] for gap in gaps)):
        return False
    if len(plain) != len(text):
        return True
    at = 0
    for gap in gaps:
        at += len(gap)
        if _has_word(gap[-_SHORTLY:]) and _NUMBERED.search(text[max(0, at - _SHORTLY) : at + _SHORTLY]):
            return True
        at += 1
    return False


def _has_word(plain: bytes) -> bool:
    text = plain.decode("latin-1")
    for word in _NUMBERED_WORDS:  # noqa: SIM110  any() would take four times as long
        if word in text:
            return True
    return False


def _phone(match: re.Match[str]) -> str:
    found = match.group()
    count = sum(char.isdigit() for char in found)
    if _DATE.fullmatch(found) or not (9 <= count <= 15 or _SHORT_PHONE.fullmatch(found)):
        return found
    return "[phone]"
