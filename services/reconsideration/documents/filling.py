"""What the books already know for a paper; the clerk adds the rest, and may write any of it otherwise.

Names of parties come in the plain: whoever calls this has to write down that they were used.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.reconsideration import labels
from services.reconsideration.deadlines import rule_of
from services.reconsideration.documents.citations import (
    decision_articles,
    suspension_article,
    termination_article,
)
from services.reconsideration.documents.kinds import PAPERS, PaperKind
from services.reconsideration.documents.values import Fields, FieldValue
from services.reconsideration.domain import Case
from services.reconsideration.domain.acceptance import supplement_deadline
from services.reconsideration.domain.afterwards import effective_on, sue_due
from services.reconsideration.domain.periods import reply_deadline
from services.reconsideration.terms import (
    AcceptMode,
    FollowUp,
    LawVersion,
    LetterKind,
    Outcome,
    Procedure,
    TerminationGround,
)
from shared.kernel.calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class Names:
    """Who stands on the paper."""

    organ: str
    office: str
    applicants: Sequence[str]
    third_parties: Sequence[str]


def fields_for(
    kind: PaperKind, case: Case, names: Names, entered: Fields, *, calendar: WorkCalendar
) -> Mapping[str, FieldValue]:
    """All that this paper takes: what the books know, and over it what was entered."""
    wanted = PAPERS[kind].fields
    known = {name: know(case, names, calendar) for name, know in _KNOWN.items() if name in wanted}
    told = {name: tell(case) for name, tell in TOLD.get(kind, {}).items()}
    books = {name: value for name, value in (known | told).items() if value not in (None, "", ())}
    return books | dict(entered)


def _supplement_due(case: Case, names: Names, calendar: WorkCalendar) -> FieldValue:
    due = supplement_deadline(case, calendar)
    return None if due is None else due.due_on


def _reply_due(case: Case, names: Names, calendar: WorkCalendar) -> FieldValue:
    due = reply_deadline(case, calendar)
    return None if due is None else due.due_on


def _replies_summarily(case: Case, names: Names, calendar: WorkCalendar) -> FieldValue:
    """ARL 54: by the period that the reply really has; conversion does not prolong one that had ended (AR-4.4)."""
    lengths = rule_of("ar.reply", law=case.law_version).lengths
    due = reply_deadline(case, calendar)
    length = lengths[case.procedure or Procedure.ORDINARY] if due is None else due.length
    return length != lengths[Procedure.ORDINARY]


def _sue_explanation(case: Case, names: Names, calendar: WorkCalendar) -> FieldValue:
    due = sue_due(case, calendar)
    return None if due is None else due.explanation


# What every paper tells alike.
_KNOWN: Mapping[str, Callable[[Case, Names, WorkCalendar], FieldValue]] = {
    "organ_name": lambda case, names, calendar: names.organ,
    "office_name": lambda case, names, calendar: names.office,
    "case_number": lambda case, names, calendar: case.case_number,
    "applicant_names": lambda case, names, calendar: "、".join(names.applicants),
    "third_party_names": lambda case, names, calendar: "、".join(names.third_parties),
    "respondent_name": lambda case, names, calendar: case.respondent,
    "recipient": lambda case, names, calendar: "、".join(names.applicants),
    "matter": lambda case, names, calendar: case.matter,
    "received_on": lambda case, names, calendar: case.received_on,
    "accepted_on": lambda case, names, calendar: case.accepted_on,
    "deemed_accepted": lambda case, names, calendar: case.acceptance.mode is AcceptMode.DEEMED,
    "procedure_name": lambda case, names, calendar: (
        None if case.procedure is None else labels.PROCEDURES.labels[case.procedure]
    ),
    "summary_procedure": _replies_summarily,
    "decision_due_on": lambda case, names, calendar: case.decision_due_on,
    "supplement_due_on": _supplement_due,
    "gap_due_on": lambda case, names, calendar: max(
        (gap.promised_on for gap in case.acceptance.gaps), default=None
    ),
    "reply_due_on": _reply_due,
    "extension_days": lambda case, names, calendar: (
        None if case.handling.extension is None else case.handling.extension.days
    ),
    "converted_on": lambda case, names, calendar: case.handling.converted_on,
    "terminated_on": lambda case, names, calendar: case.closed_on,
    "withdrawn": lambda case, names, calendar: case.termination_ground is TerminationGround.T1,
    "sue_due_explanation": _sue_explanation,
}

Tell = Callable[[Case], FieldValue]


def _words(key: str) -> Tell:
    return lambda case: case.texts.get(key)


def _stop(case: Case) -> int:
    """The number of the last suspension, 0 when there was none."""
    return len(case.handling.suspensions)


def _resumed(case: Case) -> int:
    """The number of the last suspension that has ended; a new one may have begun since."""
    numbered = enumerate(case.handling.suspensions, start=1)
    return max((number for number, each in numbered if each.resumed_on is not None), default=0)


def _suspended_on(numbered: Callable[[Case], int]) -> Tell:
    return lambda case: case.handling.suspensions[numbered(case) - 1].on if numbered(case) else None


def _resumed_on(case: Case) -> FieldValue:
    return case.handling.suspensions[_resumed(case) - 1].resumed_on if _resumed(case) else None


def _letter(case: Case, kind: LetterKind) -> int:
    """The number, among all letters, of the last of this kind; 0 when there was none."""
    numbered = enumerate(case.closing.letters, start=1)
    return max((number for number, each in numbered if each.kind is kind), default=0)


def _letter_words(kind: LetterKind) -> Tell:
    return lambda case: case.texts.get(f"letter.{_letter(case, kind)}")


def _feedback_due(case: Case) -> FieldValue:
    number = _letter(case, LetterKind.OPINION)
    return case.closing.letters[number - 1].due_on if number else None


def _ordered_until(case: Case) -> FieldValue:
    """By the last order to perform the decision; one about a letter is no such paper."""
    ordered = [
        each.due_on
        for each in case.closing.follow_ups
        if each.kind is FollowUp.ORDERED and each.letter is None
    ]
    return ordered[-1] if ordered else None


def _competent(case: Case) -> FieldValue:
    """Of this refusal: an earlier one, taken up again since, may have named another organ."""
    return case.texts.get("decline.competent") if case.acceptance.is_told_other_organ else None


_GROUND: Mapping[LawVersion, Mapping[TerminationGround, str]] = {
    LawVersion.ACT2023: labels.GROUND,
    LawVersion.PRE2024: labels.GROUND_BEFORE_2024,
}


def _termination(case: Case) -> FieldValue:
    """The reason as it was written, else the ground as the Act has it."""
    if case.termination_ground is None:
        return None
    # A reason need not be written, and what an earlier termination left is not told of this one.
    is_first = all(each.outcome != Outcome.TERMINATED for each in case.proceeding.cycles)
    reason = case.texts.get("termination.reason") if is_first else None
    return reason or _GROUND[case.law_version][case.termination_ground]


def _agreement(case: Case) -> FieldValue:
    """Of a statement that took effect; one that still waits for signatures is entered, an earlier one is not it."""
    return case.texts.get("mediation.agreement") if case.outcome is Outcome.MEDIATED else None


# What a paper tells of the step that it is for, and of no other step: the last one of its kind.
TOLD: Mapping[PaperKind, Mapping[str, Tell]] = {
    PaperKind.SUPPLEMENT_NOTICE: {"supplement_list": _words("supplement.papers")},
    PaperKind.NON_ACCEPTANCE_DECISION: {
        "reasons": _words("decline.reasons"),
        "competent_organ": _competent,
    },
    PaperKind.GAPS_NOTICE: {"gap_list": _words("gaps")},
    PaperKind.HEARING_NOTICE: {
        "hearing_place": lambda case: case.texts.get(f"hearing.{len(case.handling.hearings)}.place"),
    },
    PaperKind.SUSPENSION_NOTICE: {
        "ground": lambda case: case.texts.get(f"suspension.{_stop(case)}"),
        "ground_article": suspension_article,
        "suspended_on": _suspended_on(_stop),
    },
    PaperKind.RESUMPTION_NOTICE: {
        "reasons": lambda case: case.texts.get(f"resumption.{_resumed(case)}"),
        "suspended_on": _suspended_on(_resumed),
        "resumed_on": _resumed_on,
    },
    PaperKind.EXTENSION_NOTICE: {"reasons": _words("extension.reason")},
    PaperKind.CONVERSION_NOTICE: {"reasons": _words("convert.reason")},
    PaperKind.DISMISSAL_DECISION: {"reasons": _words("rejection.reasons")},
    PaperKind.TERMINATION_DECISION: {"ground": _termination, "ground_article": termination_article},
    PaperKind.MEDIATION_STATEMENT: {"agreement_items": _agreement},
    PaperKind.DECISION: {"decision_items": _words("decision.main"), "legal_basis": decision_articles},
    PaperKind.OPINION: {
        "opinion_items": _letter_words(LetterKind.OPINION),
        "feedback_due_on": _feedback_due,
    },
    PaperKind.PERFORMANCE_ORDER: {"perform_due_on": _ordered_until, "effective_on": effective_on},
    PaperKind.RECOMMENDATION: {"recommendation_items": _letter_words(LetterKind.RECOMMENDATION)},
}
