"""Digits that are no phone: what a cell holds beside numbers, cut out before numbers are read.

Requisites and dates are told by their label or their own form (a check digit, the shape of a date).
"""

import re

EMAIL_OR_SITE = re.compile(r"\S+@\S+|https?://\S+|www\.\S+", re.IGNORECASE)
_LABELLED = re.compile(
    r"(?<![^\W\d_])(?:инн|кпп|огрнип|огрн|окпо|окато|октмо|бик|снилс|р/с|р/сч|к/с|расч[её]тный сч[её]т|сч[её]т|паспорт|"
    r"полис|карта|индекс|inn|id|л/с)(?:[\s.:#/]|no)*\d(?:[\s\-/]?\d)*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?<!\d)(?<!\d-)\d{1,4}\s*-?\s*(?:этаж|каб|квартир|подъезд|шт)[^\W\d_]*+(?![\s.:#-]*\d)"
    r"|(?<![^\W\d_])no\s*\d{1,9}(?!\d)"
    r"|(?<![^\W\d_])(?:заказ|договор|накладная|каб|кабинет|кв|квартира|дом|корп|корпус|офис|оф|этаж|стр|строение|подъезд|"
    r"a/я|а/я|ул|улица|пом|комн?|окно)(?![^\W\d_])(?:[\s.,:#-]|no)*\d{1,9}(?!\d)",
    re.IGNORECASE,
)
"""«2 подъезд», «№ 5», «этаж 5», from the left: in «2 подъезд, 5 этаж» each word takes its own digits."""
_HOUSE = re.compile(
    r"(?<![^\W\d_])(?:ул|улица|пр-?к?т|просп|проспект|пер|переулок|ш|шоссе|наб|набережная|б-р|бульвар|пл|площадь)[.\s]+"
    r"[^\W\d_][^\d,;]{1,40}[\s,]+(?:д\.?\s*)?\d{1,3}[а-я]?(?=\s*(?:[,;)]|$|[^\W\d_]))",
    re.IGNORECASE,
)
"""A street with its house, «ул. Советская 12,»; the digits of a number that stands behind it are left."""
_MONEY = re.compile(r"\d[\d ]*(?:[.,]\d\d?)?\s*(?:руб|р\.|rub|₽|\$|€|коп|тыс)", re.IGNORECASE)
_DATE = re.compile(
    r"(?<!\d)(?:(?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|1[0-2])[./](?:19|20)\d\d|(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?!\d)"
)
_TIME = re.compile(r"(?<!\d)(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?!\d)")
_CARD = re.compile(r"(?<!\d)\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?!\d)")
_SNILS = re.compile(r"(?<!\d)(\d{3})-(\d{3})-(\d{3})[ -](\d{2})(?!\d)")
_LONG = re.compile(r"(?<!\d)\d{12,20}(?!\d)")
_WORDS = re.compile(r"[^\W\d_]|[₽$€]")
_WITH_WORDS = (_LABELLED, _HOUSE, _NUMBERED, _MONEY)
_BY_FORM = (_DATE, _TIME, _CARD)
_ENUMERATOR = re.compile(r"(?:^|(?<=[\s,;.]))\d\)(?=\s*[\d+(])")


def cut(text: str) -> tuple[str, bool]:
    """The text without what is no phone (a `;` stands in its place), and whether anything was cut."""
    bare = EMAIL_OR_SITE.sub(";", text)
    patterns = (*_WITH_WORDS, *_BY_FORM) if _WORDS.search(bare) else _BY_FORM
    if any(map(str.isdigit, bare)):
        for pattern in patterns:
            bare = pattern.sub(";", bare)
        bare = _SNILS.sub(lambda found: ";" if _is_snils(found.groups()) else found.group(), bare)
        bare = _LONG.sub(lambda found: ";" if _is_requisite(found.group()) else found.group(), bare)
    return _ENUMERATOR.sub(_enumerator, bare), bare != text


def _enumerator(found: re.Match[str]) -> str:
    """«1) 8495…» counts numbers; the `2)` of «(8-49 2)» closes a bracket."""
    before = found.string[: found.start()]
    return found.group() if before.count("(") > before.count(")") else " ; "


def _is_snils(groups: tuple[str, ...]) -> bool:
    digits = "".join(groups)
    total = sum(int(digit) * weight for digit, weight in zip(digits[:9], range(9, 0, -1), strict=True)) % 101
    return total % 100 == int(digits[9:])


def _is_requisite(digits: str) -> bool:
    """A person's ИНН (12), ОГРН (13), ОГРНИП (15), a card (16, Luhn) or a bank account (20)."""
    match len(digits):
        case 12:
            return is_inn(digits)
        case 13:
            return int(digits[:12]) % 11 % 10 == int(digits[12])
        case 15:
            return int(digits[:14]) % 13 % 10 == int(digits[14])
        case 16:
            return _luhn(digits)
        case _:
            return len(digits) == 20


def is_inn(digits: str) -> bool:
    """Whether 10 or 12 digits are a taxpayer's number, by its check digits."""
    weights = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)

    def check(length: int) -> bool:
        total = sum(int(d) * w for d, w in zip(digits[:length], weights[-length:], strict=True))
        return total % 11 % 10 == int(digits[length])

    return check(9) if len(digits) == 10 else len(digits) == 12 and check(10) and check(11)


def _luhn(digits: str) -> bool:
    doubled = (int(d) * (2 if at % 2 == 0 else 1) for at, d in enumerate(digits))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0
