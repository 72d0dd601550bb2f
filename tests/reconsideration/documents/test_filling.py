"""A paper tells of the step that it is for: its own reasons and days, whatever else was written in the case."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.reconsideration import labels
from services.reconsideration.documents.filling import TOLD, Names, fields_for
from services.reconsideration.documents.kinds import PAPERS, PaperKind
from services.reconsideration.domain import Case
from services.reconsideration.domain.local_rules import STATUTE_ALONE
from services.reconsideration.domain.proceeding import (
    Acceptance,
    Closing,
    Delivery,
    Gap,
    Handling,
    Hearing,
    Letter,
    Pressed,
    Proceeding,
    Suspension,
)
from services.reconsideration.terms import (
    Condition,
    DeliveryManner,
    FollowUp,
    HearingBasis,
    LetterKind,
    OpenReply,
    Outcome,
    Status,
    Step,
    SuspensionGround,
    TerminationGround,
)
from tests.reconsideration.builders import (
    CALENDAR,
    IN_STATUS,
    SUMMARY,
    a_case,
    failing,
    lived,
    plainly,
)

NAMES = Names("某某人民政府", "某某司法局", ["张三"], [])

# Every key under which a step keeps words, each with words of its own; what happened twice, twice.
KEYS = (
    *("supplement.papers", "supplement.late_reason", "supplement.extension_reason"),
    *("decline.reasons", "decline.competent", "gaps", "convert.reason", "extension.reason"),
    *("hearing.1.place", "hearing.2.place", "hearing.2.head_absence"),
    *("suspension.1", "suspension.2", "suspension.3", "resumption.1", "resumption.2", "document.1"),
    *("termination.reason", "rejection.reasons", "mediation.agreement"),
    *("decision.main", "decision.endorsement", "decision.returned"),
    *("letter.1", "letter.2", "letter.3", "letter.1.feedback", "follow_up.1", "reopening.1"),
    *("opinion.1", "committee.1", "stay.1"),
)
TEXTS: Mapping[str, str] = {key: f"“{key}”所写的文字" for key in KEYS}


def a_case_with_every_reason(**what_matters: Any) -> Case:
    """Suspended three times and resumed twice, heard twice, with two opinions and a recommendation between."""
    days = [(date(2024, 3, 11), date(2024, 3, 14)), (date(2024, 3, 18), date(2024, 3, 25))]
    stops = [*days, (date(2024, 4, 8), None)]
    kinds = (LetterKind.OPINION, LetterKind.OPINION, LetterKind.RECOMMENDATION)
    handling = Handling(
        suspensions=tuple(
            Suspension(SuspensionGround.S10, on, on, resumed_on=resumed_on) for on, resumed_on in stops
        ),
        hearings=tuple(
            Hearing(HearingBasis.OFFICE, date(2024, 3, day), date(2024, 4, day)) for day in (26, 28)
        ),
    )
    closing = Closing(
        letters=tuple(
            Letter(kind, date(2024, 4, number), due_on=date(2024, 6, number) if number == 1 else None)
            for number, kind in enumerate(kinds, start=1)
        )
    )
    acceptance = Acceptance(gaps=(Gap(date(2024, 3, 20)),), is_told_other_organ=True)
    return a_case(
        texts=TEXTS,
        proceeding=Proceeding(acceptance=acceptance, handling=handling, closing=closing),
        accepted_on=date(2024, 3, 5),
        **what_matters,
    )


OWN_WORDS: Mapping[PaperKind, Mapping[str, str]] = {
    PaperKind.SUPPLEMENT_NOTICE: {"supplement_list": "supplement.papers"},
    PaperKind.NON_ACCEPTANCE_DECISION: {
        "reasons": "decline.reasons",
        "competent_organ": "decline.competent",
    },
    PaperKind.GAPS_NOTICE: {"gap_list": "gaps"},
    PaperKind.HEARING_NOTICE: {"hearing_place": "hearing.2.place"},
    PaperKind.SUSPENSION_NOTICE: {"ground": "suspension.3"},
    PaperKind.RESUMPTION_NOTICE: {"reasons": "resumption.2"},
    PaperKind.EXTENSION_NOTICE: {"reasons": "extension.reason"},
    PaperKind.CONVERSION_NOTICE: {"reasons": "convert.reason"},
    PaperKind.DISMISSAL_DECISION: {"reasons": "rejection.reasons"},
    PaperKind.TERMINATION_DECISION: {"ground": "termination.reason"},
    PaperKind.MEDIATION_STATEMENT: {"agreement_items": "mediation.agreement"},
    PaperKind.DECISION: {"decision_items": "decision.main"},
    PaperKind.OPINION: {"opinion_items": "letter.2"},
    PaperKind.RECOMMENDATION: {"recommendation_items": "letter.3"},
}
ENDED: Mapping[PaperKind, Mapping[str, Any]] = {
    PaperKind.TERMINATION_DECISION: {
        "outcome": Outcome.TERMINATED,
        "termination_ground": TerminationGround.T2,
    },
    PaperKind.MEDIATION_STATEMENT: {"outcome": Outcome.MEDIATED},
}


def known(kind: PaperKind, case: Case, **entered: Any) -> Mapping[str, Any]:
    return fields_for(kind, case, NAMES, entered, calendar=CALENDAR)


@pytest.mark.parametrize("kind", PaperKind)
def test_a_paper_tells_the_words_of_its_own_step_and_of_no_other(kind: PaperKind) -> None:
    case = a_case_with_every_reason(**ENDED.get(kind, {}))

    fields = known(kind, case)

    written = {name: value for name, value in fields.items() if value in TEXTS.values()}
    assert written == {name: TEXTS[key] for name, key in OWN_WORDS.get(kind, {}).items()}
    assert set(fields) <= PAPERS[kind].fields


def test_what_was_entered_stands_over_what_the_books_know() -> None:
    fields = known(PaperKind.EXTENSION_NOTICE, a_case_with_every_reason(), reasons="另有理由")

    assert fields["reasons"] == "另有理由"


def test_every_field_that_a_paper_is_told_is_one_of_its_own() -> None:
    for kind, told in TOLD.items():
        assert told.keys() <= PAPERS[kind].fields, kind


def test_a_resumption_tells_the_days_of_the_suspension_that_it_ended() -> None:
    case = a_case_with_every_reason()

    resumed, suspended = known(PaperKind.RESUMPTION_NOTICE, case), known(PaperKind.SUSPENSION_NOTICE, case)

    assert (resumed["suspended_on"], resumed["resumed_on"]) == (date(2024, 3, 18), date(2024, 3, 25))
    assert suspended["suspended_on"] == date(2024, 4, 8)


def test_a_letter_tells_no_other_letters_day() -> None:
    """The first opinion has a day for its answer; the second has not been received, a recommendation has none."""
    case = a_case_with_every_reason()

    assert "feedback_due_on" not in known(PaperKind.OPINION, case)
    assert "feedback_due_on" not in known(PaperKind.RECOMMENDATION, case)


def test_an_order_to_perform_sets_a_day_of_its_own() -> None:
    """ARL 77(2): 限期履行 is ordered when the day of the decision has passed."""
    case = a_case_with_every_reason().changed("closing", performance_due_on=date(2024, 4, 20))

    assert "perform_due_on" not in known(PaperKind.PERFORMANCE_ORDER, case)


def test_after_reopening_a_refusal_names_no_organ_of_the_former_one() -> None:
    elsewhere = plainly(
        Step.DECLINE, conditions=failing(Condition.JURISDICTION), reasons="不归本机关管。", competent="省政府"
    )
    again = plainly(Step.DECLINE, date(2024, 3, 13))
    case = lived(elsewhere, plainly(Step.REOPEN, date(2024, 3, 11)), again)

    fields = known(PaperKind.NON_ACCEPTANCE_DECISION, case)

    assert fields["reasons"] == "不属于行政复议范围。"
    assert "competent_organ" not in fields


def test_a_termination_without_a_reason_tells_its_ground_and_no_earlier_reason() -> None:
    ended = plainly(Step.TERMINATE, date(2024, 4, 22), reason="申请人死亡")
    withdrawn = plainly(Step.WITHDRAW, date(2024, 5, 6))
    case = lived(plainly(Step.ACCEPT), ended, plainly(Step.REOPEN, date(2024, 4, 24)), withdrawn)

    assert known(PaperKind.TERMINATION_DECISION, case)["ground"] == labels.GROUND[TerminationGround.T1]


def test_a_new_mediation_is_not_filled_with_the_former_agreement() -> None:
    signed = plainly(Step.SIGN_MEDIATION, date(2024, 4, 22), agreement="从前的协议")
    case = lived(plainly(Step.ACCEPT), signed, plainly(Step.REOPEN, date(2024, 4, 24)))

    assert "agreement_items" not in known(PaperKind.MEDIATION_STATEMENT, case)


@pytest.mark.parametrize(("open_reply", "is_summary"), [(OpenReply.KEPT, True), (OpenReply.ORDINARY, False)])
def test_after_conversion_the_period_to_reply_and_its_day_agree(
    open_reply: OpenReply, is_summary: bool
) -> None:
    """AR-4.4: ten days from the same receipt, or the five of before where a local rule keeps them."""
    local = replace(STATUTE_ALONE, open_reply=open_reply)
    converted = lived(
        SUMMARY,
        plainly(Step.SEND_COPY),
        plainly(Step.CONVERT, date(2024, 3, 8)),
        of=a_case(proceeding=Proceeding(local=local)),
    )

    fields = known(PaperKind.REPLY_NOTICE, converted)

    due_on = date(2024, 3, 14) if is_summary else date(2024, 3, 21)
    assert (fields["summary_procedure"], fields["reply_due_on"]) == (is_summary, due_on)


def test_only_what_can_be_brought_to_court_tells_until_when() -> None:
    """IND-AR-11: a withdrawal leaves nothing to sue, though it is delivered like a decision."""
    delivered = (Delivery(UUID(int=1), date(2024, 4, 12), DeliveryManner.DIRECT),)
    decided = IN_STATUS[Status.CLOSED]().changed("closing", deliveries=delivered)
    withdrawn = replace(decided, outcome=Outcome.TERMINATED)

    assert "2024-04-28" in str(known(PaperKind.DECISION, decided)["sue_due_explanation"])
    assert "sue_due_explanation" not in known(PaperKind.TERMINATION_DECISION, withdrawn)


def test_an_order_to_perform_tells_the_day_of_its_own_term_and_not_of_one_about_a_letter() -> None:
    orders = (
        Pressed(FollowUp.ORDERED, date(2024, 5, 6), due_on=date(2024, 5, 20)),
        Pressed(FollowUp.INTERVIEWED, date(2024, 5, 22)),
        Pressed(FollowUp.ORDERED, date(2024, 5, 23), letter=0, due_on=date(2024, 6, 20)),
    )
    case = a_case(
        outcome=Outcome.REVOKED,
        proceeding=Proceeding(
            closing=Closing(
                follow_ups=orders, deliveries=(Delivery(None, date(2024, 4, 12), DeliveryManner.DIRECT),)
            )
        ),
    )

    fields = known(PaperKind.PERFORMANCE_ORDER, case)

    assert (fields["perform_due_on"], fields["effective_on"]) == (date(2024, 5, 20), date(2024, 4, 12))
