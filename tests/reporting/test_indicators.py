"""Every indicator against its formula, written a second time over the published facts as plain dicts."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.reporting.counts import COUNTS
from services.reporting.indicators import INDICATORS, Definition, Term, find
from services.reporting.indicators.definitions import Basis
from services.reporting.measures import MEASURES, measures
from shared.kernel.errors import NotFound
from tests.reporting import strategies

START, END = "2022-01-01", "2022-12-31"
ASKED_ON = "2022-11-20"  # what falls due in the rest of the year is not due yet
CORRECTED = {
    *("varied", "revoked", "partly_revoked", "confirmed_unlawful", "confirmed_void"),
    *("performance_ordered", "agreement_liable"),
}
Case = dict[str, Any]
Cases = list[Case]


def within(day: str | None) -> bool:
    return day is not None and START <= day <= END


def before(day: str | None) -> bool:
    return day is not None and day < START


def due(day: str | None) -> bool:
    return day is not None and START <= day <= ASKED_ON


def new(case: Case) -> bool:
    return within(case["received_on"])


def accepted(case: Case) -> bool:
    return within(case["accepted_on"])


def concluded(case: Case) -> bool:
    return case["accepted_on"] is not None and within(case["closed_on"])


def disposed(case: Case) -> bool:
    return within(case["refused_on"] or case["closed_on"])


def decided_to(*outcomes: str) -> Callable[[Case], bool]:
    return lambda case: concluded(case) and case["outcome"] in outcomes


def corrected(case: Case) -> bool:
    return decided_to(*CORRECTED)(case)


def withdrawn(case: Case) -> bool:
    return decided_to("terminated")(case) and case["termination_ground"] == "T1"


def withdrawn_because(*reasons: str) -> Callable[[Case], bool]:
    return lambda case: withdrawn(case) and case["withdraw_reason"] in reasons


def decision(case: Case) -> bool:
    return concluded(case) and case["outcome"] not in ("mediated", "terminated")


def carried(case: Case) -> int:
    return before(case["accepted_on"]) - (case["accepted_on"] is not None and before(case["closed_on"]))


def any_of(*conditions: Callable[[Case], Any]) -> Callable[[Case], bool]:
    return lambda case: any(condition(case) for condition in conditions)


mediated = decided_to("mediated")


def ended(case: Case) -> bool:
    return case["declined_on"] is None and within(case["closed_on"])


def agreed(case: Case) -> bool:
    return ended(case) and case["outcome"] in ("agreed_written", "agreed_oral")


def written(case: Case) -> bool:
    return ended(case) and case["outcome"] == "agreed_written"


def confirmed(case: Case) -> bool:
    return within(case["confirmed_on"])


def pre(case: Case) -> bool:
    return ended(case) and case["referral"] == "before_filing"


def pre_resolved(case: Case) -> bool:
    dropped = case["outcome"] == "terminated" and case["termination_reason"] == "settled_suit_dropped"
    return pre(case) and (agreed(case) or dropped)


def active(entry: Case) -> int:
    if entry["org_type"] not in (
        *("village", "resident", "town", "street", "enterprise", "social", "unspecified"),
    ):
        return 0
    begun = (entry["established_on"] or "1900-01-01") <= END
    gone = entry["dissolved_on"] is not None and entry["dissolved_on"] <= END
    return int(begun) - int(gone)


def heard(case: Case) -> bool:
    return within(case["first_heard_on"])


def duty(case: Case) -> bool:
    return heard(case) and case["duty"]


def met(case: Case) -> bool:
    return duty(case) and case["met"]


def required(case: Case) -> bool:
    return duty(case) and case["court_notified"]


def principal(case: Case) -> bool:
    return met(case) and case["met_by_principal"]


def not_excused(case: Case) -> bool:
    return duty(case) and not (case["excused"] and not case["met"])


def hearings(*, attended: bool) -> Callable[[Case], int]:
    return lambda case: sum(
        case["duty"] and within(hearing["on"]) and not (attended and hearing["officer"] is None)
        for hearing in case["hearings"]
    )


def first_closed(case: Case) -> bool:
    return case["instance"] == "first" and within(case["closed_on"])


def reconsidered(case: Case) -> bool:
    return first_closed(case) and case["reconsideration_case"] is not None


def closed(case: Case) -> bool:
    return within(case["closed_on"])


def sued(case: Case) -> bool:
    return case["sued_on"] is not None or case["suit_reference"] is not None


def at_peace(case: Case) -> bool:
    return not sued(case) and case["petitioned_on"] is None


def suable(case: Case) -> bool:
    if case["refused_on"] is not None and case["refusal"] == "not_accepted":
        return within(case["refused_on"])
    return decision(case)


def suing_over(case: Case) -> bool:
    return due(case["sue_due_on"])


def both(*conditions: Callable[[Case], Any]) -> Callable[[Case], bool]:
    return lambda case: all(condition(case) for condition in conditions)


def performed(case: Case) -> bool:
    return case["performed_on"] is not None


def sittings(*, with_head: bool) -> Callable[[Case], int]:
    return lambda case: sum(
        within(hearing["held_on"]) and hearing["attended_by_head"] >= with_head
        for hearing in case["hearings"]
    )


def letters_over(*, adopted: bool) -> Callable[[Case], int]:
    return lambda case: sum(
        due(letter["due_on"])
        and (not adopted or (letter["adopted"] is True and letter["feedback_on"] is not None))
        for letter in case["letters"]
    )


def issued(*kinds: str) -> Callable[[Case], int]:
    return lambda case: sum(within(day) for kind in kinds for day in case[f"{kind}_letters_on"])


def performance_over(case: Case) -> bool:
    return due(case["performance_due_on"])


Count = tuple[str, Callable[[Case], Any]]
R, M, G, L = "reconsideration_case", "mediation_case", "mediation_organisation", "litigation_case"
settled = withdrawn_because("settled")
changed = withdrawn_because("respondent_changed_act")


def refused_or_accepted(case: Case) -> int:
    return accepted(case) + (within(case["refused_on"]) and case["refusal"] in ("not_accepted", "abandoned"))


def in_time(case: Case) -> bool:
    return (
        concluded(case)
        and case["decision_due_on"] is not None
        and case["closed_on"] <= case["decision_due_on"]
    )


FORMULAS: dict[tuple[str, str], tuple[Count, Count | None]] = {
    ("IND-AR-1", "D1"): ((R, accepted), (R, refused_or_accepted)),
    ("IND-AR-1", "D2"): ((R, accepted), (R, new)),
    ("IND-AR-2", "D1"): ((R, concluded), (R, lambda case: carried(case) + accepted(case))),
    ("IND-AR-2", "D2"): ((R, concluded), (R, accepted)),
    ("IND-AR-3", "D1"): ((R, in_time), (R, concluded)),
    ("IND-AR-4", "D1"): ((R, decided_to("upheld")), (R, concluded)),
    ("IND-AR-4", "D2"): ((R, decided_to("upheld")), (R, decision)),
    ("IND-AR-5", "D1"): ((R, corrected), (R, concluded)),
    ("IND-AR-5", "D2"): ((R, corrected), (R, decision)),
    ("IND-AR-5", "D3"): ((R, corrected), (R, accepted)),
    ("IND-AR-6", "Z1"): ((R, any_of(corrected, mediated, settled, changed)), (R, concluded)),
    ("IND-AR-6", "Z2"): ((R, any_of(corrected, mediated, withdrawn)), (R, concluded)),
    ("IND-AR-6", "Z3"): ((R, any_of(corrected, changed)), (R, concluded)),
    ("IND-AR-7", "D1"): ((R, mediated), (R, concluded)),
    ("IND-AR-7", "D2"): ((R, any_of(mediated, settled)), (R, concluded)),
    ("IND-AR-8", "D1"): ((R, any_of(mediated, withdrawn)), (R, disposed)),
    ("IND-AR-8", "D2"): ((R, any_of(mediated, withdrawn)), (R, concluded)),
    ("IND-AR-10", "D1"): ((R, any_of(mediated, withdrawn, corrected)), (R, concluded)),
    ("IND-AR-9", "D1"): ((R, both(disposed, at_peace)), (R, disposed)),
    ("IND-AR-9", "D2"): ((R, both(suing_over, at_peace)), (R, suing_over)),
    ("IND-AR-10", "D2"): (
        (
            R,
            any_of(
                mediated,
                withdrawn,
                both(corrected, performed),
                both(decided_to("upheld"), lambda case: not sued(case)),
            ),
        ),
        (R, concluded),
    ),
    ("IND-AR-11", "D1"): ((R, both(suable, sued)), (R, suable)),
    ("IND-AR-11", "D2"): ((R, both(concluded, sued)), (R, concluded)),
    ("IND-AR-11", "D3"): ((R, both(suing_over, sued)), (R, suing_over)),
    ("IND-AR-12", "D1"): ((L, lambda case: reconsidered(case) and case["lost"]), (L, reconsidered)),
    ("IND-AR-15", "D1"): ((R, both(concluded, lambda case: case["hearings"])), (R, concluded)),
    ("IND-AR-15-2", "D1"): ((R, sittings(with_head=True)), (R, sittings(with_head=False))),
    ("IND-AR-16", "D1"): ((R, issued("opinion", "recommendation")), None),
    ("IND-AR-16", "D2"): ((R, issued("opinion")), None),
    ("IND-AR-16", "D3"): ((R, issued("recommendation")), None),
    ("IND-AR-16-2", "D1"): ((R, letters_over(adopted=True)), (R, letters_over(adopted=False))),
    ("IND-AR-18", "D1"): ((R, both(performance_over, performed)), (R, performance_over)),
    ("IND-AR-13", "D2"): (
        (R, new),
        (L, lambda case: case["instance"] == "first" and within(case["notified_on"])),
    ),
    ("IND-AR-14", "D1"): (
        (R, lambda case: concluded(case) and case["procedure"] == "summary"),
        (R, concluded),
    ),
    ("IND-AR-17", "D1"): ((R, lambda case: new(case) and case["channel"] == "internet"), (R, new)),
    ("IND-AR-19", "D1"): ((R, lambda case: new(case) and case["channel"] == "agent_point"), (R, new)),
    ("IND-PM-1", "D1"): ((M, accepted), None),
    ("IND-PM-1", "D2"): ((M, ended), None),
    ("IND-PM-2", "D1"): ((M, agreed), (M, ended)),
    ("IND-PM-3", "D1"): ((M, written), (M, agreed)),
    ("IND-PM-4", "D1"): ((M, confirmed), (M, agreed)),
    ("IND-PM-4", "D2"): ((M, confirmed), (M, written)),
    ("IND-PM-5", "D1"): ((M, pre_resolved), (M, pre)),
    ("IND-PM-7", "D1"): ((M, lambda case: case["amount_fen"] if agreed(case) else 0), None),
    ("IND-PM-8", "D1"): ((G, active), None),
    ("IND-AL-1", "A1"): ((L, met), (L, duty)),
    ("IND-AL-1", "A2"): ((L, lambda case: required(case) and case["met"]), (L, required)),
    ("IND-AL-1", "A3"): ((L, met), (L, not_excused)),
    ("IND-AL-1", "A4"): ((L, hearings(attended=True)), (L, hearings(attended=False))),
    ("IND-AL-2", "D1"): ((L, principal), (L, duty)),
    ("IND-AL-2", "D2"): ((L, principal), (L, met)),
    ("IND-AL-4", "F1"): ((L, lambda case: first_closed(case) and case["lost"]), (L, first_closed)),
    ("IND-AL-4", "F2"): (
        (L, lambda case: first_closed(case) and case["by_judgment"] and case["lost"]),
        (L, lambda case: first_closed(case) and case["by_judgment"]),
    ),
    ("IND-AL-6", "D1"): (
        (L, lambda case: closed(case) and case["result"] in ("suit_withdrawn", "mediated")),
        (L, closed),
    ),
}
DEFINITIONS = {
    (indicator.id, definition.id): definition
    for indicator in INDICATORS.values()
    for definition in indicator.definitions
}
STRATEGIES = {
    R: strategies.reconsideration_facts,
    M: strategies.mediation_facts,
    G: strategies.organisation_facts,
    L: strategies.litigation_facts,
}
COUNTED_ON: dict[Basis, Callable[[str], bool]] = {
    Basis.FLOW: within,
    Basis.STOCK_START: before,
    Basis.STOCK_END: lambda day: day <= END,
    Basis.DUE: due,
}


def naively(count: Count, books: dict[str, Cases]) -> int:
    kind, amount = count
    return sum(int(amount(case)) for case in books[kind] if not case["void"])


def summed(books: dict[str, list[Any]]) -> Callable[[Term], int]:
    """What the cells of these cases would answer."""
    sums: Counter[tuple[str, str, Basis]] = Counter()
    for kind, cases in books.items():
        for facts in cases:
            for measure, day, number in measures(kind, facts):
                for basis, counts in COUNTED_ON.items():
                    sums[kind, measure, basis] += number if counts(day.isoformat()) else 0
    return lambda term: sums[term.kind, term.measure, term.basis]


def test_every_definition_has_a_formula_here_and_every_formula_a_definition() -> None:
    assert DEFINITIONS.keys() == FORMULAS.keys()


@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[*HealthCheck],
    phases=[Phase.reuse, Phase.generate],  # a smaller example says no more than the definition's name
)
@given(
    st.fixed_dictionaries(
        {kind: st.lists(facts, min_size=10, max_size=30) for kind, facts in STRATEGIES.items()}
    )
)
def test_every_definition_computes_its_formula(books: dict[str, list[Any]]) -> None:
    amount = summed(books)
    plain = {kind: [facts.model_dump(mode="json") for facts in cases] for kind, cases in books.items()}
    for key, (numerator, denominator) in FORMULAS.items():
        rate = DEFINITIONS[key].rate(amount)
        assert rate.numerator == naively(numerator, plain), key
        assert rate.denominator == (None if denominator is None else naively(denominator, plain)), key


def expressions() -> list[tuple[str, Any]]:
    named: list[tuple[str, Any]] = [(key, count.expression) for key, count in COUNTS.items()]
    for key, definition in DEFINITIONS.items():
        named.append((f"{key} numerator", definition.numerator))
        if definition.denominator is not None:
            named.append((f"{key} denominator", definition.denominator))
    return named


@pytest.mark.parametrize(("name", "expression"), expressions())
def test_every_measure_that_is_named_exists(name: str, expression: Any) -> None:
    for term in expression.terms:
        assert term.measure in MEASURES[term.kind], name


@pytest.mark.parametrize(("name", "expression"), expressions())
def test_the_cases_of_a_number_are_of_one_kind(name: str, expression: Any) -> None:
    assert len(expression.kinds) == 1, name


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=map("-".join, DEFINITIONS))
def test_every_definition_says_what_it_is(definition: Definition) -> None:
    assert definition.sentence.endswith("。")
    assert definition.name
    assert definition.date_rule
    assert definition.source
    assert (definition.denominator is None) == (definition.unit in ("count", "fen"))


def test_the_parts_of_the_worked_county() -> None:
    """SD-1-6…1-8 and IND-AR-5: 13 accepted, 11 concluded, 6 upheld, 3 revoked, 1 rejected, 1 terminated."""
    amounts = {
        "accepted": 13,
        "concluded": 11,
        "upheld": 6,
        "revoked": 3,
        "claim_rejected": 1,
        "terminated": 1,
    }

    def amount(term: Term) -> int:
        return amounts.get(term.measure, 0) if term.basis is Basis.FLOW else 0

    def text(indicator: str, definition: str | None = None) -> str | None:
        return find(indicator).definition(definition).rate(amount).text()

    assert text("IND-AR-5") == "27.27"
    assert text("IND-AR-4") == "54.55"
    assert text("IND-AR-2") == text("IND-AR-2", "D2") == "84.62"
    assert text("IND-AL-1") is None


def test_an_indicator_is_found_by_its_id_and_refused_by_any_other() -> None:
    assert find("ar-5") is find("IND-AR-5")
    assert find("IND-AL-1").definition(None).id == "A1"
    with pytest.raises(NotFound):
        find("IND-AR-99")
    with pytest.raises(NotFound):
        find("IND-AL-1").definition("A9")


def test_the_period_of_these_tests_is_inside_the_random_days() -> None:
    assert date.fromisoformat(START) > strategies.FIRST_DAY
