"""示例机构与示例账户: the offices of the regions that the sample ledgers speak of, and accounts to try them with.

Pure data. Every name says that it is an example; no real office or person is meant.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from services.sample.places import (
    BAOTOU,
    BAOTOU_AREAS,
    CHIFENG,
    CHIFENG_COUNTIES,
    ELSEWHERE_IN_2017,
    HANGJIN,
    INNER_MONGOLIA,
    JINCHENG_CHENGQU,
)
from shared.contracts.identity import Office, OfficeKind, Role
from shared.kernel.regions import NATION, RegionTree
from shared.kit.offices import code_of

ESTABLISHED_ON = date(2010, 1, 1)  # before the first case of the sample
MARK = "（示例）"
# Below the region's bureau, but for the mediation committee, which the judicial office guides (人民调解法 5).
PARENT_KIND = {
    OfficeKind.RECONSIDERATION: OfficeKind.BUREAU,
    OfficeKind.LITIGATION: OfficeKind.BUREAU,
    OfficeKind.JUDICIAL_OFFICE: OfficeKind.BUREAU,
    OfficeKind.MEDIATION: OfficeKind.JUDICIAL_OFFICE,
}
NAMES = {
    OfficeKind.BUREAU: "司法行政机关",
    OfficeKind.RECONSIDERATION: "行政复议机构",
    OfficeKind.LITIGATION: "行政应诉部门",
    OfficeKind.JUDICIAL_OFFICE: "司法所",
    OfficeKind.MEDIATION: "人民调解委员会",
}
# A statistical area has no people's government of its own, and so nobody who reviews or is sued in its name.
OF_GOVERNMENTS = frozenset({OfficeKind.RECONSIDERATION, OfficeKind.LITIGATION})
GOVERNED_WITHOUT = frozenset({"150271"})

# Each role with the kind of office at which the sample has somebody, and what the person is called.
STAFF = (
    (Role.RECONSIDERATION_CLERK, OfficeKind.RECONSIDERATION, "复议承办人"),
    (Role.RECONSIDERATION_OFFICE_HEAD, OfficeKind.RECONSIDERATION, "复议机构负责人"),
    (Role.RECONSIDERATION_ORGAN_HEAD, OfficeKind.RECONSIDERATION, "复议机关负责人"),
    (Role.MEDIATOR, OfficeKind.MEDIATION, "人民调解员"),
    (Role.COMMITTEE_CLERK, OfficeKind.JUDICIAL_OFFICE, "司法所内勤"),
    (Role.LITIGATION_CLERK, OfficeKind.LITIGATION, "应诉承办人"),
    (Role.BUREAU_VIEWER, OfficeKind.BUREAU, "查询人员"),
    (Role.BUREAU_STATISTICIAN, OfficeKind.BUREAU, "统计人员"),
)
STAFFED_REGION = HANGJIN.region
ABOVE = (Role.BUREAU_VIEWER, Role.BUREAU_STATISTICIAN)  # whom the autonomous region has as well


class SampleAccount(NamedTuple):
    login: str
    name: str
    role: Role
    office: str


def regions() -> tuple[str, ...]:
    """Every region that a row of the sample names."""
    found = {
        INNER_MONGOLIA.region,
        HANGJIN.region,
        JINCHENG_CHENGQU.region,
        CHIFENG.region,
        BAOTOU.region,
        *(county.region for county in CHIFENG_COUNTIES),
        *(region for region, _, _ in BAOTOU_AREAS),
        *(place.region for place, _ in ELSEWHERE_IN_2017),
    }
    return tuple(sorted(found))


def offices() -> tuple[Office, ...]:
    """Each after the one it stands below. Regions between two of the sample have a bureau only."""
    tree = RegionTree.builtin()
    own = regions()
    covered = {above for region in own for above in tree.ancestors(region)} - {NATION}
    by_depth = sorted(covered, key=lambda region: (len(tree.ancestors(region)), region))
    bureaus = [_office(tree, OfficeKind.BUREAU, region) for region in by_depth]
    return (*bureaus, *(office for region in own for office in _below_bureau(tree, region)))


def accounts() -> tuple[SampleAccount, ...]:
    """One for each role in one county, and those who look down on it from the autonomous region."""
    return (
        *(_account(role, kind, title, STAFFED_REGION, HANGJIN.place) for role, kind, title in STAFF),
        *(
            _account(role, kind, title, INNER_MONGOLIA.region, INNER_MONGOLIA.place)
            for role, kind, title in STAFF
            if role in ABOVE
        ),
    )


def _below_bureau(tree: RegionTree, region: str) -> Iterator[Office]:
    for kind in PARENT_KIND:
        if not (kind in OF_GOVERNMENTS and region in GOVERNED_WITHOUT):
            yield _office(tree, kind, region)


def _office(tree: RegionTree, kind: OfficeKind, region: str) -> Office:
    return Office(
        code=code_of(kind, region),
        name=f"{tree.path_name(region)}{NAMES[kind]}{MARK}",
        kind=kind,
        region=region,
        parent=_parent(tree, kind, region),
        valid_from=ESTABLISHED_ON,
    )


def _parent(tree: RegionTree, kind: OfficeKind, region: str) -> str | None:
    if kind is not OfficeKind.BUREAU:
        return code_of(PARENT_KIND[kind], region)
    above = tree.ancestors(region)[1:]
    return None if above == (NATION,) else code_of(OfficeKind.BUREAU, above[0])


def _account(role: Role, kind: OfficeKind, title: str, region: str, place: str) -> SampleAccount:
    login = f"sample-{role.value.replace('_', '-')}-{region}"
    return SampleAccount(login, f"示例{title}（{place}）", role, code_of(kind, region))
