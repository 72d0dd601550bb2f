"""The offices of the matrix: who stands where, and which office a relation means for a role."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.contracts.identity import ADMINISTRATORS, EVERY_OFFICE, NOT_GIVEN, OfficeKind, Role

CASE_SERVICES = ("reconsideration", "mediation", "litigation")
# Where a place lies, and the bureau above its own. `east` is a second set of offices in the county of `own`.
REGIONS = {"own": "150625", "east": "150625", "sibling": "150621", "parent": "150600", "other": "110105"}
NAMED = {
    "own": "150625",
    "east": "150625-east",
    "sibling": "150621",
    "parent": "150600",
    "other": "110105",
}
BUREAUS = (
    ("bureau-150000", "150000", None),
    ("bureau-150600", "150600", "bureau-150000"),
    ("bureau-150625", "150625", "bureau-150600"),
    ("bureau-150625-east", "150625", "bureau-150625"),
    ("bureau-150621", "150621", "bureau-150600"),
    ("bureau-110000", "110000", None),
    ("bureau-110105", "110105", "bureau-110000"),
)
MAIN_KIND: Mapping[str, OfficeKind] = {
    "reconsideration": OfficeKind.RECONSIDERATION,
    "mediation": OfficeKind.JUDICIAL_OFFICE,
    "litigation": OfficeKind.LITIGATION,
}
HOME: Mapping[Role, str] = {
    Role.RECONSIDERATION_CLERK: "reconsideration-150625",
    Role.RECONSIDERATION_OFFICE_HEAD: "reconsideration-150625",
    Role.RECONSIDERATION_ORGAN_HEAD: "reconsideration-150625",
    Role.MEDIATOR: "mediation-150625",
    Role.COMMITTEE_CLERK: "judicial_office-150625",
    Role.LITIGATION_CLERK: "litigation-150625",
    Role.BUREAU_VIEWER: "bureau-150625",
    Role.BUREAU_STATISTICIAN: "bureau-150625",
    **dict.fromkeys(sorted(ADMINISTRATORS | NOT_GIVEN), EVERY_OFFICE),
}
RELATIONS = ("own", "sub_office", "neighbour", "sibling", "parent", "other_region", "missing")
_PLACE = {"own": "own", "sibling": "sibling", "parent": "parent", "other_region": "other"}
_LOOK_DOWN = frozenset({Role.BUREAU_VIEWER, Role.BUREAU_STATISTICIAN})


@dataclass(frozen=True, slots=True)
class Seat:
    """One office of a case service in the world."""

    service: str
    code: str
    kind: OfficeKind
    region: str
    parent: str


def _seats() -> tuple[Seat, ...]:
    found = []
    for place, name in NAMED.items():
        region, bureau = REGIONS[place], f"bureau-{name}"
        for service, kind in MAIN_KIND.items():
            found.append(Seat(service, f"{kind.value}-{name}", kind, region, bureau))
        # 人民调解法 Art. 5: the judicial office guides the committee, and so stands above it.
        found.append(
            Seat("mediation", f"mediation-{name}", OfficeKind.MEDIATION, region, f"judicial_office-{name}")
        )
    return tuple(found)


SEATS: Mapping[str, Seat] = {seat.code: seat for seat in _seats()}


def office_of(service: str, role: Role, relation: str) -> str | None:
    """The office of a case service that stands in `relation` to the office of the role; None when there is none."""
    if relation == "missing":
        return f"{MAIN_KIND[service].value}-999999"
    if role is Role.MEDIATOR and service == "mediation":
        return _of_mediator(relation)
    if relation == "sub_office":
        if role is Role.COMMITTEE_CLERK and service == "mediation":
            return "mediation-150625"
        if HOME[role] == EVERY_OFFICE or role in _LOOK_DOWN:
            return f"{MAIN_KIND[service].value}-{NAMED['east']}"
        return None  # nothing can stand below an office of this kind
    if relation == "neighbour":
        is_below = HOME[role] == EVERY_OFFICE or role in _LOOK_DOWN
        return None if is_below else f"{MAIN_KIND[service].value}-{NAMED['east']}"
    return f"{MAIN_KIND[service].value}-{NAMED[_PLACE[relation]]}"


def _of_mediator(relation: str) -> str | None:
    """A committee's parent is the judicial office of its own county."""
    if relation == "sub_office":
        return None
    if relation == "neighbour":
        return f"mediation-{NAMED['east']}"
    if relation == "parent":
        return "judicial_office-150625"
    return f"mediation-{NAMED[_PLACE[relation]]}"


def reach_of(role: Role) -> frozenset[str]:
    """Every case office that a role at its home reaches, thought out by hand and not by the code under test."""
    home = HOME[role]
    if home == EVERY_OFFICE:
        return frozenset(SEATS)
    if role in _LOOK_DOWN:
        return frozenset(code for code in SEATS if code.endswith(("-150625", "-150625-east")))
    if role is Role.COMMITTEE_CLERK:
        return frozenset({home, "mediation-150625"})
    return frozenset({home})
