"""What the books already know for a paper; the clerk adds the rest, and may write any of it otherwise.

Names of parties come in the plain: whoever calls this has to write down that they were used.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.reconsideration import labels
from services.reconsideration.deadlines import deadline
from services.reconsideration.documents.kinds import PAPERS, PaperKind
from services.reconsideration.documents.values import Fields, FieldValue
from services.reconsideration.domain import Case
from services.reconsideration.domain.acceptance import supplement_deadline
from services.reconsideration.domain.handling import reply_deadline
from services.reconsideration.terms import AcceptMode, Procedure, TerminationGround
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
    return {name: value for name, value in known.items() if value not in (None, "", ())} | dict(entered)


def _text(key: str) -> "Callable[[Case, Names, WorkCalendar], FieldValue]":
    return lambda case, names, calendar: case.texts.get(key)


def _lines(key: str) -> "Callable[[Case, Names, WorkCalendar], FieldValue]":
    return lambda case, names, calendar: tuple(case.texts[key].splitlines()) if key in case.texts else None


def _supplement_due(case: Case, names: Names, calendar: WorkCalendar) -> FieldValue:
    supplement = case.acceptance.supplement
    due = None if supplement is None else supplement_deadline(supplement, calendar)
    return None if due is None else due.due_on


def _reply_due(case: Case, names: Names, calendar: WorkCalendar) -> FieldValue:
    due = reply_deadline(case, calendar)
    return None if due is None else due.due_on


def _replies_summarily(case: Case, names: Names, calendar: WorkCalendar) -> FieldValue:
    """ARL 54: by the period that the reply really has; conversion does not prolong one that had ended (AR-4.4)."""
    due = reply_deadline(case, calendar)
    if due is None:
        return case.procedure is Procedure.SUMMARY
    return due.length == deadline("ar.reply", due.start, calendar, procedure=Procedure.SUMMARY).length


def _feedback_due(case: Case, names: Names, calendar: WorkCalendar) -> FieldValue:
    letters = [each.due_on for each in case.closing.letters if each.due_on is not None]
    return letters[-1] if letters else None


def _sue_explanation(case: Case, names: Names, calendar: WorkCalendar) -> FieldValue:
    last = max((each.on for each in case.closing.reached if each.party is not None), default=None)
    return None if last is None else deadline("ar.sue", last, calendar).explanation


def _ground(case: Case, names: Names, calendar: WorkCalendar) -> FieldValue:
    if case.termination_ground is not None:
        return case.texts.get("termination.reason") or labels.GROUND[case.termination_ground]
    number = len(case.handling.suspensions)
    return case.texts.get(f"suspension.{number}") if number else None


# Whichever of them was written last in the life of a case.
_REASONS = ("rejection.reasons", "decline.reasons", "extension.reason", "convert.reason")
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
    "supplement_list": _lines("supplement.papers"),
    "supplement_due_on": _supplement_due,
    "reasons": lambda case, names, calendar: next(
        (case.texts[key] for key in _REASONS if key in case.texts), None
    ),
    "competent_organ": _text("decline.competent"),
    "gap_list": _lines("gaps"),
    "gap_due_on": lambda case, names, calendar: max(
        (gap.promised_on for gap in case.acceptance.gaps), default=None
    ),
    "reply_due_on": _reply_due,
    "hearing_place": lambda case, names, calendar: case.texts.get(
        f"hearing.{len(case.handling.hearings)}.place"
    ),
    "ground": _ground,
    "suspended_on": lambda case, names, calendar: (
        case.handling.suspensions[-1].on if case.handling.suspensions else None
    ),
    "resumed_on": lambda case, names, calendar: (
        case.handling.suspensions[-1].resumed_on if case.handling.suspensions else None
    ),
    "extension_days": lambda case, names, calendar: (
        None if case.handling.extension is None else case.handling.extension.days
    ),
    "converted_on": lambda case, names, calendar: case.handling.converted_on,
    "terminated_on": lambda case, names, calendar: case.closed_on,
    "withdrawn": lambda case, names, calendar: case.termination_ground is TerminationGround.T1,
    "decision_items": _lines("decision.main"),
    "agreement_items": _lines("mediation.agreement"),
    "sue_due_explanation": _sue_explanation,
    "feedback_due_on": _feedback_due,
    "perform_due_on": lambda case, names, calendar: case.closing.performance_due_on,
}
