"""决定事项 (ARL 61-72): what must hold for each, as tables. Where the head of the act is unknown it refuses nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from services.reconsideration.domain.case import Case
from services.reconsideration.domain.proceeding import DecisionItem
from services.reconsideration.terms import AccessoryItem, ActHead, Declaration, Outcome
from shared.kernel.errors import RuleViolation

# Ways of ending that are no decision and have steps of their own.
ENDED_OTHERWISE: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.TERMINATED: "终止请用“终止”或“撤回申请”这一步，并写明事由。",
        Outcome.MEDIATED: "调解结案请用“调解书生效”这一步。",
        Outcome.APPLICATION_REJECTED: "驳回复议申请请用“驳回复议申请”这一步，并写明不符合的受理条件。",
    }
)
# What may be decided of an act that is deemed without evidence (ARL 70).
WITHOUT_EVIDENCE = frozenset(
    {
        Outcome.REVOKED,
        Outcome.PARTLY_REVOKED,
        Outcome.CONFIRMED_UNLAWFUL,
        Outcome.CONFIRMED_VOID,
        Outcome.PERFORMANCE_ORDERED,
    }
)
REDO_BESIDE = frozenset({Outcome.REVOKED, Outcome.PARTLY_REVOKED})  # ARL 64(1)
# The heads of ARL 11 that name silence beside the act, or leave open what is complained of.
MAY_BE_INACTION = frozenset(
    {
        ActHead.LICENCE,  # 在法定期限内不予答复
        ActHead.INACTION,  # 拒绝履行、未依法履行或者不予答复
        ActHead.SOCIAL_BENEFITS,  # 没有依法给付
        ActHead.INFORMATION_DISCLOSURE,  # 政府信息公开工作
        ActHead.OTHER,
    }
)
# Decided of acts of these heads alone.
OF_HEADS: Mapping[Outcome, tuple[frozenset[ActHead], str]] = MappingProxyType(
    {
        Outcome.CLAIM_REJECTED: (
            MAY_BE_INACTION,
            "驳回行政复议请求只针对申请人认为被申请人不履行法定职责的申请；行政行为合法适当的决定维持（第六十九条、第六十八条）。",
        ),
        Outcome.PERFORMANCE_ORDERED: (
            MAY_BE_INACTION,
            "责令履行只针对被申请人不履行法定职责的案件（第六十六条）。",
        ),
        Outcome.AGREEMENT_LIABLE: (
            frozenset({ActHead.ADMINISTRATIVE_AGREEMENT}),
            "承担行政协议责任只针对行政协议案件（第七十一条）。",
        ),
    }
)
# Decided only where one of these is declared, which nothing in the case tells; then code and sentence of the refusal.
DECLARED: Mapping[Outcome, tuple[frozenset[Declaration], str, str]] = MappingProxyType(
    {
        Outcome.VARIED: (
            frozenset({Declaration.NOT_WORSE, Declaration.THIRD_PARTY_REQUEST}),
            "worse_for_applicant",
            "不得作出对申请人更为不利的变更决定，请声明；第三人提出相反请求的除外（第六十三条第二款）。",
        ),
        Outcome.CONFIRMED_VOID: (
            frozenset({Declaration.VOID_REQUESTED}),
            "void_not_requested",
            "确认无效须申请人申请确认行政行为无效，请声明（第六十七条）。",
        ),
    }
)
# Decided only beside one of these. A claim for compensation is rejected beside whatever is decided (ARL 72(1)).
BESIDE: Mapping[AccessoryItem, tuple[frozenset[Outcome], str]] = MappingProxyType(
    {
        AccessoryItem.COMPENSATED: (
            frozenset(
                {
                    Outcome.REVOKED,
                    Outcome.PARTLY_REVOKED,
                    Outcome.VARIED,
                    Outcome.CONFIRMED_UNLAWFUL,
                    Outcome.CONFIRMED_VOID,
                }
            ),
            "责令赔偿只与撤销、部分撤销、变更、确认违法、确认无效同时决定（第七十二条第一款）。",
        ),
    }
)
TERM_OWED = frozenset({Outcome.PERFORMANCE_ORDERED})  # ARL 66: 在一定期限内履行
# Nothing is left to the respondent to perform.
NOTHING_TO_PERFORM = frozenset({Outcome.UPHELD, Outcome.CLAIM_REJECTED, AccessoryItem.COMPENSATION_REJECTED})


@dataclass(frozen=True, slots=True)
class Proposed:
    """The decision as a whole, as far as one item depends on the rest of it."""

    case: Case
    items: tuple[DecisionItem, ...]
    declared: frozenset[Declaration]
    performance_due_on: date | None

    @property
    def main(self) -> tuple[Outcome, ...]:
        """The items without their accessories."""
        return tuple(item.outcome for item in self.items if isinstance(item.outcome, Outcome))


@dataclass(frozen=True, slots=True)
class Refused:
    code: str
    sentence: str
    field: str = "items"


def require_items(proposed: Proposed, *, is_made: bool = False) -> None:
    """What is proposed, or was made and is corrected: decisions of earlier releases told no terms and declarations.

    Raises:
        RuleViolation: what the first of the tables says that an item breaks
    """
    for look in (each for each in _LOOKS if not (is_made and each in _OF_A_PROPOSAL)):
        for item in proposed.items:
            found = look(item, proposed)
            if found is not None:
                raise RuleViolation(f"reconsideration.{found.code}", found.sentence, field=found.field)
        if look is _ended_otherwise and not proposed.main:
            raise RuleViolation(
                "reconsideration.accessory_alone",
                "行政赔偿事项附随其他决定事项作出，不能单独作为决定（第七十二条）。",
                field="items",
            )


def _ended_otherwise(item: DecisionItem, proposed: Proposed) -> Refused | None:
    if isinstance(item.outcome, Outcome) and item.outcome in ENDED_OTHERWISE:
        return Refused("not_a_decision", ENDED_OTHERWISE[item.outcome])
    return None


def _redone(item: DecisionItem, proposed: Proposed) -> Refused | None:
    if item.redo_days is None or item.outcome in REDO_BESIDE:
        return None
    return Refused(
        "redo_without_revocation", "责令重新作出行政行为只与撤销、部分撤销一并决定（第六十四条）。"
    )


def _paid(item: DecisionItem, proposed: Proposed) -> Refused | None:
    if item.outcome is not AccessoryItem.COMPENSATED or (item.amount_fen is not None and item.amount_fen > 0):
        return None
    return Refused("amount_missing", "责令赔偿须写明金额。")


def _companions(item: DecisionItem, proposed: Proposed) -> Refused | None:
    if isinstance(item.outcome, Outcome) or item.outcome not in BESIDE:
        return None
    companions, sentence = BESIDE[item.outcome]
    return Refused("compensation_without_wrong", sentence) if companions.isdisjoint(proposed.main) else None


def _heads(item: DecisionItem, proposed: Proposed) -> Refused | None:
    head = proposed.case.application.act_head
    if head is None or not isinstance(item.outcome, Outcome) or item.outcome not in OF_HEADS:
        return None
    heads, sentence = OF_HEADS[item.outcome]
    return None if head in heads else Refused("not_of_this_head", sentence)


def _terms(item: DecisionItem, proposed: Proposed) -> Refused | None:
    is_dated = proposed.performance_due_on is not None
    if item.performance_days is not None and is_dated:
        return Refused("two_terms", "履行期限写日数或者写日期，二选一。", field="performance_due_on")
    if item.performance_days is not None and item.outcome in NOTHING_TO_PERFORM:
        return Refused("term_without_duty", "维持、驳回的决定没有须由被申请人履行的，不写履行期限。")
    if item.outcome in TERM_OWED and item.performance_days is None and not is_dated:
        return Refused("term_missing", "责令履行须写明履行的期限（第六十六条）。")
    return None


def _evidence(item: DecisionItem, proposed: Proposed) -> Refused | None:
    """ARL 70: without a reply the act has no evidence; a third party's own evidence is the exception."""
    handling = proposed.case.handling
    if not handling.has_no_evidence or handling.third_party_evidence:
        return None
    if not isinstance(item.outcome, Outcome) or item.outcome in WITHOUT_EVIDENCE:
        return None
    return Refused(
        "no_evidence",
        "被申请人未按规定答复、举证的，视为没有证据、依据，只能撤销、部分撤销、确认违法、确认无效"
        "或者责令履行；第三人提供证据的除外（第七十条）。",
    )


def _declarations(item: DecisionItem, proposed: Proposed) -> Refused | None:
    if not isinstance(item.outcome, Outcome) or item.outcome not in DECLARED:
        return None
    one_of, code, sentence = DECLARED[item.outcome]
    if not one_of.isdisjoint(proposed.declared):
        return None
    return Refused(code, sentence, field=min(one_of).value)


_LOOKS: tuple[Callable[[DecisionItem, Proposed], Refused | None], ...] = (
    _ended_otherwise,
    _redone,
    _paid,
    _companions,
    _heads,
    _terms,
    _evidence,
    _declarations,
)
_OF_A_PROPOSAL = frozenset({_terms, _declarations})
