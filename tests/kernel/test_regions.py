from datetime import date

import pytest

from shared.kernel.errors import NotFound, RuleViolation
from shared.kernel.regions import CUT_OFF, NATION, SOURCE, Level, Region, RegionTree

TREE = RegionTree.builtin()
WIDTHS = {Level.TOWNSHIP: 9}
LONG = pytest.param("市" * 1_000_000, id="a million characters")


def a_region(code: str, name: str, parent: str | None, successor: str | None = None) -> Region:
    return Region(code, name, parent, Level.COUNTY, None, None, False, successor)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("000000", "全国"),
        ("150000", "内蒙古自治区"),
        ("150200", "包头市"),
        ("150271", "包头稀土高新技术产业开发区"),
        ("150400", "赤峰市"),
        ("150403", "元宝山区"),
        ("150421", "阿鲁科尔沁旗"),
        ("150426", "翁牛特旗"),
        ("150429", "宁城县"),
        ("150600", "鄂尔多斯市"),
        ("150625", "杭锦旗"),
        ("150625100", "锡尼镇"),
        ("150625400", "杭锦经济开发区"),
        ("140500", "晋城市"),
        ("140502", "城区"),
        ("140502007", "西上庄街道"),
        ("411322", "方城县"),
        ("660000", "新疆生产建设兵团"),
        ("710000", "台湾省"),
        ("810000", "香港特别行政区"),
        ("820000", "澳门特别行政区"),
    ],
)
def test_a_code_names_its_region(code: str, name: str) -> None:
    assert TREE.exists(code)
    assert TREE.get(code).name == name


def test_the_tree_says_where_it_comes_from_and_how_old_it_is() -> None:
    assert "国家统计局" in SOURCE
    assert date(2023, 6, 30) == CUT_OFF


def test_every_region_stands_in_a_known_region_and_all_end_in_the_nation() -> None:
    for region in TREE:
        path = TREE.ancestors(region.code)
        assert path[0] == region.code
        assert path[-1] == NATION
        assert region.parent == (path[1] if len(path) > 1 else None)


def test_ancestors_begin_with_the_region_itself() -> None:
    assert TREE.ancestors("150625") == ("150625", "150600", "150000", "000000")
    assert TREE.ancestors("150625400") == ("150625400", "150625", "150600", "150000", "000000")
    assert TREE.ancestors("000000") == ("000000",)


def test_a_level_lies_below_the_level_of_its_parent() -> None:
    order = list(Level)
    for region in TREE:
        if region.parent is not None:
            assert order.index(TREE.get(region.parent).level) == order.index(region.level) - 1


def test_codes_are_text_of_the_width_of_their_level_and_the_parent_is_the_prefix() -> None:
    significant = {Level.PROVINCE: 0, Level.PREFECTURE: 2, Level.COUNTY: 4, Level.TOWNSHIP: 6}
    for region in TREE:
        assert len(region.code) == WIDTHS.get(region.level, 6)
        assert region.code.isascii()
        assert region.code.isdigit()
        if region.parent is not None:
            assert region.parent == region.code[: significant[region.level]].ljust(6, "0")


def test_no_region_stands_before_or_after_the_region_that_contains_it() -> None:
    for region in TREE:
        if region.parent is not None:
            parent = TREE.get(region.parent)
            assert (parent.valid_from or date.min) <= (region.valid_from or date.min)
            assert (region.valid_to or date.max) <= (parent.valid_to or date.max)


def test_every_period_of_validity_is_of_whole_years_within_the_data() -> None:
    for region in TREE:
        if region.valid_from is not None:
            assert (region.valid_from.month, region.valid_from.day) == (1, 1)
            assert date(2016, 1, 1) <= region.valid_from <= CUT_OFF
        if region.valid_to is not None:
            assert (region.valid_to.month, region.valid_to.day) == (12, 31)
            assert date(2015, 12, 31) <= region.valid_to <= date(2022, 12, 31)
            assert region.valid_from is None or region.valid_from < region.valid_to


def test_a_successor_begins_when_its_predecessor_ends() -> None:
    succeeded = [region for region in TREE if region.successor is not None]

    assert len(succeeded) > 100
    for region in succeeded:
        assert region.valid_to is not None
        assert not TREE.valid_on(str(region.successor), region.valid_to)
        assert TREE.valid_on(str(region.successor), date(region.valid_to.year + 1, 1, 1))


def test_a_report_for_2015_uses_the_regions_of_2015() -> None:
    assert TREE.valid_on("110228", date(2015, 6, 1))
    assert not TREE.valid_on("110228", date(2016, 6, 1))
    assert not TREE.valid_on("110118", date(2015, 6, 1))
    assert TREE.get("110228").successor == "110118"
    assert TREE.valid_on("150625", date(1990, 1, 1))


def test_two_regions_standing_at_one_time_side_by_side_never_share_a_name() -> None:
    for parent in TREE:
        for year in range(2015, 2024):
            names = [child.name for child in TREE.children(parent.code, on=date(year, 7, 1))]
            assert len(names) == len(set(names)), (parent.code, year)


@pytest.mark.parametrize("code", ["150271", "150625400", "660000", "232761"])
def test_areas_of_statistics_only_are_marked(code: str) -> None:
    assert TREE.get(code).is_statistical


@pytest.mark.parametrize("code", ["150625", "140502", "110100", "500243", "632801", "150625100", "659001"])
def test_administrative_regions_are_not_marked_as_statistical(code: str) -> None:
    assert not TREE.get(code).is_statistical


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("150625", "150625"),
        (" 150625 ", "150625"),
        ("全国", "000000"),
        ("杭锦旗", "150625"),
        ("内蒙古自治区/鄂尔多斯市/杭锦旗", "150625"),
        ("内蒙古自治区 鄂尔多斯市 杭锦旗", "150625"),
        ("鄂尔多斯市杭锦旗", "150625"),
        ("内蒙古鄂尔多斯市杭锦旗", "150625"),
        ("内蒙古鄂尔多斯杭锦旗", "150625"),
        ("晋城市城区", "140502"),
        ("山西省晋城市城区", "140502"),
        ("北京市朝阳区", "110105"),
        ("北京市市辖区", "110100"),
        ("嘉峪关市", "620200"),
        ("东莞市", "441900"),
        ("包头稀土高新区", "150271"),
        ("杭锦经济开发区", "150625400"),
        ("兵团", "660000"),
        ("邢台市桥东区", "130502"),
        ("襄都区", "130502"),
        ("公主岭市", "220184"),
        ("密云县", "110228"),
        ("新疆维吾尔自治区哈密市", "650500"),
    ],
)
def test_a_region_is_found_by_code_name_path_or_former_name(text: str, code: str) -> None:
    assert TREE.find(text).code == code


def test_every_region_is_found_by_its_path_name_or_else_its_successor_is() -> None:
    for region in TREE:
        found = TREE.find(TREE.path_name(region.code))
        assert found.code in {region.code, region.successor, region.parent}


def test_a_name_shared_by_several_regions_is_refused_and_the_refusal_names_them() -> None:
    with pytest.raises(RuleViolation) as refusal:
        TREE.find("城区")

    assert refusal.value.code == "region.ambiguous"
    assert "山西省晋城市城区（140502）" in refusal.value.message
    assert "广东省汕尾市城区（441502）" in refusal.value.message


def test_a_former_name_shared_with_a_standing_region_is_refused() -> None:
    with pytest.raises(RuleViolation) as refusal:
        TREE.find("桥东区")

    assert "130502" in refusal.value.message
    assert "130702" in refusal.value.message


def test_a_date_can_settle_which_region_is_meant() -> None:
    assert TREE.find("矿区", on=date(2024, 1, 1)).code == "140303"
    with pytest.raises(RuleViolation) as refusal:
        TREE.find("矿区", on=date(2016, 1, 1))
    assert refusal.value.code == "region.ambiguous"


def test_a_region_of_another_time_is_refused_and_the_refusal_says_when_it_was() -> None:
    with pytest.raises(NotFound) as refusal:
        TREE.find("密云县", on=date(2020, 1, 1))

    assert "110228，至 2015 年" in refusal.value.message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("杭锦", "杭锦旗（150625）"),
        ("内蒙古", "内蒙古自治区（150000）"),
        ("鄂尔多期市", "鄂尔多斯市（150600）"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_names(text: str, hint: str) -> None:
    with pytest.raises(NotFound) as refusal:
        TREE.find(text)

    assert refusal.value.code == "region.unknown"
    assert f"“{text}”" not in refusal.value.message  # whatever was typed is not repeated
    assert hint in refusal.value.message


def test_an_unknown_code_is_refused_and_a_name_in_its_place_is_understood() -> None:
    with pytest.raises(NotFound) as unknown:
        TREE.get("999999")
    with pytest.raises(NotFound) as name:
        TREE.get("杭锦旗")

    assert unknown.value.message == "没有这个代码的行政区划，请核对。"
    assert "（150625）" in name.value.message


@pytest.mark.parametrize("text", ["", "   ", "/", "区", "x", "१५", "1506250000000", LONG, "1" * 500])
def test_whatever_is_typed_gets_an_answer(text: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        TREE.find(text)

    assert refusal.value.code == "region.unknown"
    assert len(refusal.value.message) < 300


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("000000", "全国"),
        ("150000", "内蒙古自治区"),
        ("150625", "内蒙古自治区鄂尔多斯市杭锦旗"),
        ("140502", "山西省晋城市城区"),
        ("110105", "北京市朝阳区"),
        ("469021", "海南省定安县"),
        ("620201", "甘肃省嘉峪关市"),
        ("150625200", "内蒙古自治区鄂尔多斯市杭锦旗伊和乌素苏木"),
    ],
)
def test_a_path_name_tells_namesakes_apart(code: str, name: str) -> None:
    assert TREE.path_name(code) == name


def test_children_are_those_directly_below_in_order_of_code() -> None:
    codes = [child.code for child in TREE.children("150625")]

    assert codes == sorted(codes)
    assert codes == [f"150625{own}" for own in ("100", "101", "102", "103", "104", "200", "400")]
    assert len(TREE.children(NATION)) == 35


def test_a_subtree_holds_the_region_and_all_below() -> None:
    subtree = TREE.subtree("150600")

    assert {"150600", "150625", "150625400"} <= subtree
    assert "150000" not in subtree
    assert TREE.subtree(NATION) == {region.code for region in TREE}
    assert all(code in TREE.subtree("140500") for code in TREE.subtree("140502"))


def test_the_tree_is_read_once() -> None:
    assert RegionTree.builtin() is TREE
    assert "150625" in TREE
    assert len(TREE) == len(list(TREE))


@pytest.mark.parametrize(
    "regions",
    [
        [a_region("000001", "甲", "000009")],
        [a_region("000001", "甲", "000002"), a_region("000002", "乙", "000001")],
        [a_region("000001", "甲", None, successor="000009")],
    ],
)
def test_a_table_that_does_not_hang_together_is_refused(regions: list[Region]) -> None:
    with pytest.raises(ValueError, match="Region"):
        RegionTree(regions)
