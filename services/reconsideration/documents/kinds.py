"""The papers of this procedure 行政复议文书: which there are, what each is called, and what fills it.

A table for a jurist to read. The words of each paper stand in `wording/`, the articles it rests on in `citations`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class PaperKind(StrEnum):
    ACCEPTANCE_NOTICE = "acceptance_notice"  # 受理通知书
    SUPPLEMENT_NOTICE = "supplement_notice"  # 补正通知书
    NON_ACCEPTANCE_DECISION = "non_acceptance_decision"  # 不予受理决定书
    GAPS_NOTICE = "gaps_notice"  # 容缺告知书
    REPLY_NOTICE = "reply_notice"  # 答复通知书
    HEARING_NOTICE = "hearing_notice"  # 听证通知书
    SUSPENSION_NOTICE = "suspension_notice"  # 中止通知书
    RESUMPTION_NOTICE = "resumption_notice"  # 恢复审理通知书
    EXTENSION_NOTICE = "extension_notice"  # 延期通知书
    CONVERSION_NOTICE = "conversion_notice"  # 转普通程序通知书
    DISMISSAL_DECISION = "dismissal_decision"  # 驳回申请决定书
    TERMINATION_DECISION = "termination_decision"  # 终止决定书
    MEDIATION_STATEMENT = "mediation_statement"  # 调解书
    DECISION = "decision"  # 决定书
    OPINION = "opinion"  # 意见书
    RECOMMENDATION = "recommendation"  # 建议书
    PERFORMANCE_ORDER = "performance_order"  # 责令履行通知书
    DELIVERY_RECEIPT = "delivery_receipt"  # 送达回证


class Shape(StrEnum):
    """How a field is written on paper."""

    LINE = "line"  # one line
    WORDS = "words"  # paragraphs, one a line
    ITEMS = "items"  # a list; numbered 一、二、 when there are several
    DATE = "date"  # 2024年3月5日
    MOMENT = "moment"  # 2024年3月5日9时30分
    NUMBER = "number"
    FLAG = "flag"  # chooses between wordings, is never printed


class Signer(StrEnum):
    AUTHORITY = "authority"  # 行政复议机关
    OFFICE = "office"  # 行政复议机构, ARL 4


@dataclass(frozen=True, slots=True)
class Field:
    label: str
    shape: Shape = Shape.LINE


FIELDS: Mapping[str, Field] = {
    "organ_name": Field("行政复议机关名称"),
    "office_name": Field("行政复议机构名称"),
    "paper_number": Field("文书编号"),
    "case_number": Field("案号"),
    "recipient": Field("受送达人"),
    "issued_on": Field("成文日期", Shape.DATE),
    "applicant_names": Field("申请人"),
    "applicant_details": Field("申请人基本情况", Shape.WORDS),
    "respondent_name": Field("被申请人"),
    "third_party_names": Field("第三人"),
    "matter": Field("申请复议的事项"),
    "received_on": Field("收到申请日期", Shape.DATE),
    "accepted_on": Field("受理日期", Shape.DATE),
    "deemed_accepted": Field("视为受理", Shape.FLAG),
    "procedure_name": Field("审理程序"),
    "summary_procedure": Field("适用简易程序", Shape.FLAG),
    "decision_due_on": Field("审理期限届满日", Shape.DATE),
    "supplement_list": Field("需要补正的事项", Shape.ITEMS),
    "supplement_due_on": Field("补正期限届满日", Shape.DATE),
    "reasons": Field("理由", Shape.WORDS),
    "competent_organ": Field("有管辖权的行政复议机关"),
    "gap_list": Field("容缺材料", Shape.ITEMS),
    "gap_due_on": Field("容缺材料补交日期", Shape.DATE),
    "reply_due_on": Field("答复期限届满日", Shape.DATE),
    "hearing_at": Field("听证时间", Shape.MOMENT),
    "hearing_place": Field("听证地点"),
    "hearing_subject": Field("拟听证事项", Shape.WORDS),
    "ground": Field("事由", Shape.WORDS),
    "ground_article": Field("事由所依据的条款"),
    "suspended_on": Field("中止日期", Shape.DATE),
    "resumed_on": Field("恢复审理日期", Shape.DATE),
    "extension_days": Field("延长天数", Shape.NUMBER),
    "converted_on": Field("转为普通程序日期", Shape.DATE),
    "terminated_on": Field("终止日期", Shape.DATE),
    "withdrawn": Field("因撤回申请终止", Shape.FLAG),
    "claims": Field("复议请求和理由", Shape.WORDS),
    "reply": Field("被申请人答复", Shape.WORDS),
    "facts_found": Field("查明的事实", Shape.WORDS),
    "reasoning": Field("本机关认为", Shape.WORDS),
    "legal_basis": Field("决定所依据的条款"),
    "decision_items": Field("决定事项", Shape.ITEMS),
    "agreement_items": Field("调解协议内容", Shape.ITEMS),
    "final_ruling": Field("最终裁决", Shape.FLAG),
    "state_council_ruling": Field("可以申请国务院裁决", Shape.FLAG),
    "sue_court": Field("受诉人民法院"),
    "sue_due_explanation": Field("起诉期限说明", Shape.WORDS),
    "opinion_items": Field("意见", Shape.ITEMS),
    "feedback_due_on": Field("反馈期限届满日", Shape.DATE),
    "recommendation_items": Field("建议", Shape.ITEMS),
    "decision_title": Field("应当履行的文书"),
    "decision_number": Field("应当履行的文书编号"),
    "effective_on": Field("生效日期", Shape.DATE),
    "duty_items": Field("应当履行的义务", Shape.ITEMS),
    "perform_due_on": Field("限期履行日期", Shape.DATE),
    "delivered_papers": Field("送达文书", Shape.ITEMS),
    "delivery_manner": Field("送达方式"),
    "delivery_place": Field("送达地点"),
    "delivery_agents": Field("送达人"),
}

# What a template may print besides its fields: made from them.
DERIVED: Mapping[str, str] = {
    "title": "文书名称",
    "issuer": "署名机关",
    "issued_on_chinese": "成文日期（汉字）",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """One line of the table."""

    title: str
    word: str  # in its number: 杭政复受〔2024〕1号; empty: it bears none
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    signer: Signer = Signer.AUTHORITY

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(self.required) | frozenset(self.optional)


_HEAD = ("organ_name", "paper_number", "case_number", "issued_on")
_PARTIES = ("applicant_names", "respondent_name", "matter")
_SUE = ("sue_court", "sue_due_explanation")

PAPERS: Mapping[PaperKind, Paper] = {
    PaperKind.ACCEPTANCE_NOTICE: Paper(
        "行政复议申请受理通知书",
        "受",
        (*_HEAD, *_PARTIES, "received_on", "accepted_on"),
        ("recipient", "deemed_accepted", "procedure_name", "decision_due_on"),
    ),
    PaperKind.SUPPLEMENT_NOTICE: Paper(
        "行政复议申请补正通知书",
        "补",
        (*_HEAD, *_PARTIES, "received_on", "supplement_list"),
        ("recipient", "supplement_due_on"),
    ),
    PaperKind.NON_ACCEPTANCE_DECISION: Paper(
        "不予受理行政复议申请决定书",
        "不受",
        (*_HEAD, *_PARTIES, "received_on", "reasons"),
        ("recipient", "competent_organ", *_SUE),
    ),
    PaperKind.GAPS_NOTICE: Paper(
        "行政复议容缺受理告知书",
        "容",
        (*_HEAD, *_PARTIES, "accepted_on", "gap_list"),
        ("recipient", "gap_due_on"),
    ),
    PaperKind.REPLY_NOTICE: Paper(
        "行政复议答复通知书",
        "答",
        (*_HEAD, *_PARTIES, "accepted_on"),
        ("office_name", "summary_procedure", "reply_due_on"),
        Signer.OFFICE,
    ),
    PaperKind.HEARING_NOTICE: Paper(
        "行政复议听证通知书",
        "听",
        (*_HEAD, *_PARTIES, "recipient", "hearing_at", "hearing_place", "hearing_subject"),
        ("office_name",),
        Signer.OFFICE,
    ),
    PaperKind.SUSPENSION_NOTICE: Paper(
        "行政复议中止通知书",
        "中",
        (*_HEAD, *_PARTIES, "recipient", "ground", "suspended_on"),
        ("accepted_on", "ground_article"),
    ),
    PaperKind.RESUMPTION_NOTICE: Paper(
        "行政复议恢复审理通知书",
        "恢",
        (*_HEAD, *_PARTIES, "recipient", "suspended_on", "resumed_on"),
        ("reasons", "decision_due_on"),
    ),
    PaperKind.EXTENSION_NOTICE: Paper(
        "行政复议延期审理通知书",
        "延",
        (*_HEAD, *_PARTIES, "recipient", "accepted_on", "extension_days", "decision_due_on"),
        ("reasons",),
    ),
    PaperKind.CONVERSION_NOTICE: Paper(
        "行政复议转为普通程序审理通知书",
        "转",
        (*_HEAD, *_PARTIES, "recipient", "accepted_on", "converted_on", "decision_due_on"),
        ("office_name", "reasons"),
        Signer.OFFICE,
    ),
    PaperKind.DISMISSAL_DECISION: Paper(
        "驳回行政复议申请决定书",
        "驳",
        (*_HEAD, *_PARTIES, "accepted_on", "reasons", "sue_court"),
        ("third_party_names", "applicant_details", "claims", "sue_due_explanation"),
    ),
    PaperKind.TERMINATION_DECISION: Paper(
        "行政复议终止决定书",
        "终",
        (*_HEAD, *_PARTIES, "accepted_on", "ground"),
        ("third_party_names", "ground_article", "terminated_on", "withdrawn", *_SUE),
    ),
    PaperKind.MEDIATION_STATEMENT: Paper(
        "行政复议调解书",
        "调",
        (*_HEAD, *_PARTIES, "claims", "facts_found", "agreement_items"),
        ("accepted_on", "third_party_names", "applicant_details"),
    ),
    PaperKind.DECISION: Paper(
        "行政复议决定书",
        "决",
        (
            *_HEAD,
            *_PARTIES,
            "accepted_on",
            "claims",
            "facts_found",
            "reasoning",
            "legal_basis",
            "decision_items",
        ),
        (
            "third_party_names",
            "applicant_details",
            "reply",
            "final_ruling",
            "state_council_ruling",
            *_SUE,
        ),
    ),
    PaperKind.OPINION: Paper(
        "行政复议意见书",
        "意",
        (*_HEAD, "recipient", *_PARTIES, "facts_found", "opinion_items"),
        ("feedback_due_on",),
    ),
    PaperKind.RECOMMENDATION: Paper(
        "行政复议建议书",
        "建",
        (*_HEAD, "recipient", "facts_found", "recommendation_items"),
        ("office_name", "feedback_due_on"),
        Signer.OFFICE,
    ),
    PaperKind.PERFORMANCE_ORDER: Paper(
        "责令履行行政复议文书通知书",
        "履",
        (
            *_HEAD,
            "respondent_name",
            "applicant_names",
            "decision_title",
            "decision_number",
            "duty_items",
            "perform_due_on",
        ),
        ("effective_on",),
    ),
    PaperKind.DELIVERY_RECEIPT: Paper(
        "行政复议文书送达回证",
        "",
        ("organ_name", "case_number", "recipient", "delivered_papers", "delivery_manner"),
        ("office_name", "delivery_place", "delivery_agents", "issued_on"),
        Signer.OFFICE,
    ),
}


def names_for(kind: PaperKind) -> frozenset[str]:
    """Every name that a template of this paper may print."""
    return PAPERS[kind].fields | frozenset(DERIVED)
