"""What of a personal value may be shown to whoever may see the case: enough to recognise it, too little to use it.

No mask shows a birth date or the last six digits of an identity number (个人信息保护法 Art. 51: de-identification).
"""

_STAR = "*"


def _between(value: str, *, head: int, tail: int) -> str:
    """The first and last characters; nothing at all when too little would be hidden."""
    hidden = len(value) - head - tail
    if hidden < max(head + tail, 1):
        return _STAR * len(value)
    return value[:head] + _STAR * hidden + value[len(value) - tail :]


def mask_name(name: str) -> str:
    """张三丰 → 张**. A name of one character is hidden altogether; long names do not tell how long they are."""
    if len(name) < 2:
        return _STAR * len(name)
    return name[0] + _STAR * min(len(name) - 1, 4)


def mask_identity_number(number: str) -> str:
    """The first two (the province) and the last two characters; of organisations' codes likewise."""
    return _between(number, head=2, tail=2)


def mask_phone(phone: str) -> str:
    """13812345678 → 138******78; a landline shows its area."""
    return _between(phone, head=3, tail=2)


def mask_address(address: str) -> str:
    """At most the first six characters, and never more than half: usually the province or prefecture."""
    return address[: min(6, len(address) // 2)] + _STAR * 4
