"""Where the five reports play: region codes, names and the prefixes of case numbers of the deciding governments."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Office:
    """行政复议机关: a government that decides, with the prefix of its case numbers (机关代字)."""

    region: str
    level: str
    place: str
    prefix: str


def _county(region: str, place: str, prefix: str) -> Office:
    return Office(region, "county", place, prefix)


def _prefecture(region: str, place: str, prefix: str) -> Office:
    return Office(region, "prefecture", place, prefix)


INNER_MONGOLIA = Office("150000", "province", "内蒙古自治区", "内政复")
HANGJIN = _county("150625", "杭锦旗", "杭政复")
JINCHENG_CHENGQU = _county("140502", "晋城市城区", "城政复")

CHIFENG = _prefecture("150400", "赤峰市", "赤政复")
CHIFENG_COUNTIES = (
    _county("150402", "红山区", "红政复"),
    _county("150403", "元宝山区", "元政复"),
    _county("150404", "松山区", "松政复"),
    _county("150421", "阿鲁科尔沁旗", "阿政复"),
    _county("150422", "巴林左旗", "巴左政复"),
    _county("150423", "巴林右旗", "巴右政复"),
    _county("150424", "林西县", "林政复"),
    _county("150425", "克什克腾旗", "克政复"),
    _county("150426", "翁牛特旗", "翁政复"),
    _county("150428", "喀喇沁旗", "喀政复"),
    _county("150429", "宁城县", "宁政复"),
    _county("150430", "敖汉旗", "敖政复"),
)

# Each with its weight in the city's figures.
BAOTOU = _prefecture("150200", "包头市", "包政复")
BAOTOU_COUNTIES = (
    (_county("150202", "东河区", "东河政复"), 12),
    (_county("150203", "昆都仑区", "昆政复"), 14),
    (_county("150204", "青山区", "青政复"), 12),
    (_county("150205", "石拐区", "石政复"), 3),
    (_county("150206", "白云鄂博矿区", "白政复"), 2),
    (_county("150207", "九原区", "九政复"), 9),
    (_county("150221", "土默特右旗", "土右政复"), 8),
    (_county("150222", "固阳县", "固政复"), 5),
    (_county("150223", "达尔罕茂明安联合旗", "达政复"), 5),
)
# 稀土高新区 is a statistical area without a people's government: it decides no reconsideration, but mediates.
BAOTOU_AREAS = (*((office.region, office.place, weight) for office, weight in BAOTOU_COUNTIES),
                ("150271", "稀土高新区", 6))  # fmt: skip

# Prefectures other than Chifeng and some of their counties, each with its weight in 2017. 杭锦旗 is left out:
# its own report must not be changed by another's.
ELSEWHERE_IN_2017 = (
    (_prefecture("150100", "呼和浩特市", "呼政复"), 60),
    (_county("150102", "新城区", "新政复"), 18),
    (_county("150105", "赛罕区", "赛政复"), 18),
    (_prefecture("150200", "包头市", "包政复"), 52),
    (_county("150202", "东河区", "东河政复"), 16),
    (_county("150203", "昆都仑区", "昆政复"), 20),
    (_prefecture("150300", "乌海市", "乌海政复"), 24),
    (_county("150302", "海勃湾区", "海勃政复"), 8),
    (_prefecture("150500", "通辽市", "通政复"), 46),
    (_county("150502", "科尔沁区", "科政复"), 20),
    (_prefecture("150600", "鄂尔多斯市", "鄂政复"), 50),
    (_county("150602", "东胜区", "东政复"), 20),
    (_prefecture("150700", "呼伦贝尔市", "呼伦政复"), 44),
    (_county("150702", "海拉尔区", "海政复"), 12),
    (_prefecture("150800", "巴彦淖尔市", "巴政复"), 34),
    (_county("150802", "临河区", "临政复"), 14),
    (_prefecture("150900", "乌兰察布市", "乌政复"), 34),
    (_county("150902", "集宁区", "集政复"), 12),
    (_prefecture("152200", "兴安盟", "兴署复"), 26),
    (_county("152201", "乌兰浩特市", "乌浩政复"), 10),
    (_prefecture("152500", "锡林郭勒盟", "锡署复"), 28),
    (_county("152502", "锡林浩特市", "锡浩政复"), 10),
    (_prefecture("152900", "阿拉善盟", "阿署复"), 15),
    (_county("152921", "阿拉善左旗", "阿左政复"), 8),
)
