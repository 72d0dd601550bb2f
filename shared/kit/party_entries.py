"""What may be entered about a party, checked before it is sealed. A refusal names the field, never the value."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import TypeAdapter, ValidationError
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError as NumberRefused

from shared.kernel.errors import RuleViolation
from shared.kernel.representation import ActsFor, require_days
from shared.kit.text import Line

LONGEST_NAME = 100
LONGEST_ADDRESS = 300
_NAME = TypeAdapter[str](Annotated[str, Line(LONGEST_NAME)])
_ADDRESS = TypeAdapter[str](Annotated[str, Line(LONGEST_ADDRESS)])
# A number in the field of a name would be shown by a mask that is made for names.
_LONG_NUMBER = re.compile(r"\d{7}")
_IDENTITY_CARD = re.compile(r"[1-9][0-9]{16}[0-9X]")
_OLDEST_YEAR = 1900
# GB 32100-2015: registering office, kind, six digits of the region, nine of the organisation, check character. The
# first two may be letters (N: rural collectives, Y: others), which stdnum's own check of the shape would refuse.
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
_LANDLINE = re.compile(r"(?:(?:\+86|0086)-?0?|0)([1-9][0-9]{1,2}-?[1-9][0-9]{6,7}(?:(?:-|转)[0-9]{1,6})?)")


class PartyKind(StrEnum):
    NATURAL = "natural"  # 自然人
    ORGANISATION = "organisation"  # 法人或者其他组织


@dataclass(frozen=True, slots=True)
class PartyEntry:
    """One party as it is kept; made by `checked`. Its personal values stay out of every repr."""

    role: str
    kind: PartyKind
    name: str = field(repr=False)
    id_number: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    acts_for: tuple[ActsFor, ...] | None = None  # None: not said


def checked(
    *,
    role: str,
    kind: PartyKind,
    name: str,
    id_number: str | None,
    phone: str | None,
    address: str | None,
    acts_for: Sequence[ActsFor] | None = None,
    on: date,
) -> PartyEntry:
    """The entry in the form in which it is kept; `on` is today's legal date, after which nobody is born.

    Raises:
        RuleViolation: `party.name_wrong`, `party.identity_number_wrong`, `party.organisation_code_wrong`,
            `party.phone_wrong`, `party.address_wrong`, `party.mandate_in_future`, `party.mandate_ended_before`
    """
    require_days(acts_for or (), on=on)
    return PartyEntry(
        role=role,
        kind=kind,
        name=_name(name),
        id_number=None if id_number is None else _number_of(kind, id_number, on),
        phone=None if phone is None else _phone(phone),
        address=None if address is None else _address(address),
        acts_for=None if acts_for is None else tuple(sorted(acts_for, key=lambda each: each.party_id)),
    )


def normalised_number(number: str) -> str:
    """Full-width digits, lower-case x, spaces and hyphens are ways of writing, not another number."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", number)).upper()


def _number_of(kind: PartyKind, number: str, on: date) -> str:
    return _identity_number(number, on) if kind is PartyKind.NATURAL else _organisation_code(number)


def _identity_number(number: str, on: date) -> str:
    """公民身份号码 (GB 11643): shape, check character and a birth date that a living person can have.

    The region is not looked up: codes that were given up decades ago, those of residents from Hong Kong, Macao and
    Taiwan and of foreigners' cards are missing in every list, and a real card would be refused.
    """
    compact = normalised_number(number)
    if _IDENTITY_CARD.fullmatch(compact) and ric.calc_check_digit(compact) == compact[-1]:
        try:
            born_on: date = ric.get_birth_date(compact)
        except NumberRefused:
            born_on = date.min
        if born_on.year >= _OLDEST_YEAR and born_on <= on:
            return compact
    raise RuleViolation(
        "party.identity_number_wrong",
        "身份证号码不对：应为 18 位，且出生日期和校验码相符；请对照证件核对。",
        field="id_number",
    )


def _organisation_code(number: str) -> str:
    """统一社会信用代码 (GB 32100): shape and check character."""
    compact = normalised_number(number)
    if _USCC.fullmatch(compact) and uscc.calc_check_digit(compact) == compact[-1]:
        return compact
    raise RuleViolation(
        "party.organisation_code_wrong",
        "统一社会信用代码不对：应为 18 位，且校验码相符；请对照证照核对。",
        field="id_number",
    )


def _phone(phone: str) -> str:
    """A mainland mobile or landline number without spaces; hyphens of a landline are kept as written."""
    compact = re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", phone))
    mobile = _MOBILE.fullmatch(compact.replace("-", ""))
    if mobile:
        return mobile.group(1)
    landline = _LANDLINE.fullmatch(compact)
    if landline:
        return "0" + landline.group(1).replace("转", "-")
    raise RuleViolation(
        "party.phone_wrong",
        "电话号码不对：应为 11 位手机号码，或带区号的固定电话，例如 0477-8123456。",
        field="phone",
    )


def _name(name: str) -> str:
    try:
        found = _NAME.validate_python(name)
    except ValidationError:
        found = ""
    # From here on there is no exception in the air whose text would repeat the value.
    if found and not _LONG_NUMBER.search(unicodedata.normalize("NFKC", found)):
        return found
    raise RuleViolation(
        "party.name_wrong",
        f"姓名或名称应为 1 到 {LONGEST_NAME} 个字，不能是号码。",
        field="name",
    )


def _address(address: str) -> str:
    try:
        return _ADDRESS.validate_python(address)
    except ValidationError:
        pass
    raise RuleViolation(
        "party.address_wrong", f"地址应为 1 到 {LONGEST_ADDRESS} 个字，写在一行里。", field="address"
    )
