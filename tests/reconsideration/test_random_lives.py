"""Random lives of cases, step by step, with what must hold in every one of them whatever the clerk tries."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from services.reconsideration import domain
from services.reconsideration.domain import ACTS, Case, ClockState, Moment
from services.reconsideration.domain.acceptance import review_deadline
from services.reconsideration.domain.correcting import require_standing
from services.reconsideration.events import facts_of
from services.reconsideration.terms import (
    ActHead,
    LawVersion,
    Status,
    Step,
    SuspensionGround,
    TerminationGround,
)
from shared.kernel.errors import Conflict, RuleViolation
from tests.reconsideration.builders import CALENDAR, TODAY
from tests.reconsideration.random_entries import some_application, some_entries
from tests.reconsideration.state_table import LEADS_TO

STEPS_AT_LEAST = 10_000
LIVES, STEPS_EACH = 210, 60
FIRST_DAY, LAST_DAY = date(2023, 10, 1), TODAY - timedelta(days=200)
NEVER_SHORTENING = frozenset(
    {Step.SUSPEND, Step.RESUME, Step.EXTEND, Step.EXCLUDE_TIME, Step.BEGIN_EXCLUSION, Step.END_EXCLUSION}
)
ONE_AT_A_TIME = frozenset({"review", "supplement", "copy", "reply", "decision"})
# Most lives go on to a decision; what is lawful from nearly everywhere must not crowd the rest out.
OFTEN: Mapping[Step, float] = {
    Step.SEND_COPY: 8,
    Step.RECORD_REPLY: 12,
    Step.LAPSE_REPLY: 6,
    Step.SUBMIT_DECISION: 14,
    Step.ENDORSE_DECISION: 8,
    Step.APPROVE_DECISION: 12,
    Step.DELIVER_SUPPLEMENT: 3,
    Step.EXTEND: 10,
    Step.REVIEW_DOCUMENT: 2,
    Step.DELIVER: 3,
    Step.RECORD_SUIT: 2,
    **dict.fromkeys((Step.WITHDRAW, Step.TERMINATE, Step.SIGN_MEDIATION, Step.REJECT_APPLICATION), 0.3),
    **dict.fromkeys((Step.WITHDRAW_BEFORE_ACCEPTANCE, Step.DECIDE_STAY, Step.LINK, Step.REOPEN), 0.3),
    Step.RECORD_EVIDENCE: 0.3,
    Step.LIFT_STAY: 0.3,
    Step.ISSUE_LETTER: 0.4,
    Step.HEAR_OPINION: 4,
    Step.BEGIN_EXCLUSION: 0.3,
    Step.END_EXCLUSION: 3,
    **dict.fromkeys((Step.COMPLETE_APPLICATION, Step.ASSIGN_HANDLERS, Step.CHANGE_RESPONDENT), 0.3),
}
# A performance may come before its period, and a suit over silence before an expiry that was moved later by what was
# entered afterwards; a hearing is counted back.
MAY_WAIT = {"sue_silence", "enforcement"}  # told before they begin
MAY_BE_MET_BEFORE = frozenset(
    {"sue", "sue_silence", "redo", "hearing_notice", "performance", "ordered_performance"}
)
MOST_BYTES = 64 * 1024  # of an event

walked: Counter[str] = Counter()
seeds = st.integers(0, 2**32 - 1)


class Lives(RuleBasedStateMachine):
    """One case after another; `today` passes with the steps, so that clocks run out."""

    case: Case
    today: date
    due_on: date | None  # the last due date of the decision that was certain

    @initialize(seed=seeds)
    def begin(self, seed: int) -> None:
        random = Random(seed)
        self.today = FIRST_DAY + timedelta(days=random.randint(0, (LAST_DAY - FIRST_DAY).days))
        self.due_on = None
        application = some_application(random, self.today)
        self.case, _ = domain.receive(application, moment=self._moment())

    def _moment(self) -> Moment:
        return Moment(self.today, CALENDAR)

    @rule(seed=seeds)
    def step(self, seed: int) -> None:
        random = Random(seed)
        if self.today > TODAY - timedelta(days=20) or self._is_over(random):
            self.begin(seed)
        self.today += timedelta(days=random.choice((0, 1, 1, 2, 4, 9, 30)))
        step = self._some_step(random)
        on = self._some_day(random, step)
        self._try(step, on, some_entries(random, self.case, step, on))
        if random.random() < 0.05:
            self._keep_the_books(random)

    def _keep_the_books(self, random: Random) -> None:
        """Counting again by the same calendar changes nothing; a correction mends one thing."""
        if self.case.status is Status.CANCELLED:
            return
        counted, _ = domain.recalculate(self.case, calendar=CALENDAR, today=self.today)
        assert counted == self.case
        if random.random() < 0.2:
            matter = {"matter": f"{self.case.matter or '处罚'}，更正"}
            corrected, _ = domain.correct(
                self.case, changes=matter, by_head=False, calendar=CALENDAR, today=self.today
            )
            assert corrected.status is self.case.status
            assert corrected.acceptance == self.case.acceptance
            self.case = corrected
        if random.random() < 0.1:
            self.case, _ = domain.cancel(self.case, today=self.today)
            assert self.case.status is Status.CANCELLED

    def _is_over(self, random: Random) -> bool:
        stale = {Status.CLOSED: 0.12, Status.NOT_ACCEPTED: 0.3, Status.CANCELLED: 0.5}
        return random.random() < stale.get(self.case.status, 0)

    def _some_step(self, random: Random) -> Step:
        legal = [step for step in ACTS if (self.case.status, step) in LEADS_TO]
        if not legal or random.random() < 0.15:
            return random.choice(tuple(Step))
        weights = [OFTEN.get(step, 2 if ACTS[step].moves else 1) for step in legal]
        return random.choices(legal, weights)[0]

    def _some_day(self, random: Random, step: Step) -> date:
        due_on = review_deadline(self.case, CALENDAR).due_on
        if step is Step.DEEM_ACCEPTED and due_on is not None and random.random() < 0.9:
            return due_on
        hearings = [each.set_for for each in self.case.handling.hearings if each.held_on is None]
        if step is Step.HOLD_HEARING and hearings and random.random() < 0.9:
            self.today = max(self.today, hearings[-1])
            return hearings[-1]
        return self.today - timedelta(days=random.choice((0, 0, 0, 0, 0, 1, 3, -2)))

    def _try(self, step: Step, on: date, entered: dict[str, object]) -> None:
        before, words = self.case, dict(self.case.texts)
        walked["tried"] += 1
        try:
            after, happened = domain.take(before, step, on=on, entered=entered, moment=self._moment())
        except RuleViolation as refusal:
            self._require_reason(step, refusal)
            assert before.texts == words
            return
        assert after.status in LEADS_TO[before.status, step]
        assert (happened.step, happened.on) == (step, on)
        again = domain.take(before, step, on=on, entered=entered, moment=self._moment())
        assert again == (after, happened)
        assert before.texts == words
        walked["taken"] += 1
        walked[step] += 1
        self._require_due_date_not_earlier(step, after)
        self._require_silence(before, after)
        self.case = after

    def _require_reason(self, step: Step, refusal: RuleViolation) -> None:
        assert refusal.message.endswith("。")
        is_listed = (self.case.status, step) in LEADS_TO
        assert isinstance(refusal, Conflict) is not is_listed, refusal.code
        if not is_listed:
            assert refusal.code == f"reconsideration.{step}_not_allowed"
            walked["not listed"] += 1

    def _require_silence(self, before: Case, after: Case) -> None:
        """Who sues before a decision does so after the period; the case goes on as it stood (ARL 29, 行政诉讼法 45)."""
        suit = after.handling.silence_suit
        if suit is None or suit == before.handling.silence_suit:
            return
        walked["sued over silence"] += 1
        assert after.status is before.status
        assert suit.on <= (after.closed_on or self.today)
        (right,) = (
            clock for clock in domain.clocks(after, CALENDAR, today=self.today) if clock.kind == "sue_silence"
        )
        assert right.deadline.start < suit.on
        assert right.met_on == suit.on

    def _require_due_date_not_earlier(self, step: Step, after: Case) -> None:
        if step not in NEVER_SHORTENING:
            self.due_on = after.decision_due_on
        elif after.decision_due_on is not None:
            assert self.due_on is None or after.decision_due_on >= self.due_on
            self.due_on = after.decision_due_on

    @invariant()
    def nothing_contradicts(self) -> None:
        domain.check(self.case, today=self.today)

    @invariant()
    def lawful_steps_leave_what_a_correction_may_leave(self) -> None:
        if self.case.status is not Status.CANCELLED:
            require_standing(self.case, self._moment())

    @invariant()
    def no_decision_while_suspended(self) -> None:
        is_suspended = self.case.handling.open_suspension is not None and self.case.closed_on is None
        if is_suspended:
            assert self.case.decision_due_on is None
            assert self.case.closing.submission is None
            assert self.case.outcome is None
        elif self.case.accepted_on is not None:
            lasts = any(each.ended_on is None for each in self.case.handling.exclusions)
            assert (self.case.decision_due_on is None) is (lasts and self.case.closed_on is None)

    @invariant()
    def no_case_goes_on_before_its_documents_are_dealt_with(self) -> None:
        handling = self.case.handling
        reviewed = {each.on: each for each in handling.suspensions if each.ground is SuspensionGround.S9}
        for review in handling.documents:
            resumed_on = reviewed[review.began_on].resumed_on
            if resumed_on is not None:
                assert review.concluded_on is not None
                assert review.concluded_on <= resumed_on

    @invariant()
    def only_who_lost_his_liberty_ends_a_case_by_a_criminal_measure(self) -> None:
        if self.case.termination_ground is TerminationGround.T4:
            heads = (None, ActHead.PENALTY, ActHead.COERCION, ActHead.OTHER)
            assert self.case.application.act_head in heads

    @invariant()
    def one_open_clock_of_a_kind(self) -> None:
        found = domain.clocks(self.case, CALENDAR, today=self.today)

        names = [(clock.kind, clock.ordinal) for clock in found]
        assert len(names) == len(set(names))
        for clock in found:
            assert clock.deadline.explanation.endswith("。")
            assert clock.met_on is None or clock.state in (ClockState.MET, ClockState.MISSED)
            if clock.met_on is not None and clock.kind not in MAY_BE_MET_BEFORE:
                assert clock.met_on >= clock.deadline.start, clock
        if self.case.status is Status.CANCELLED:
            assert not found
            return
        for clock in found:
            is_ahead = self.today <= clock.deadline.start
            assert clock.state is not ClockState.WAITING or (clock.kind in MAY_WAIT and is_ahead)
        running = Counter(clock.kind for clock in found if clock.state is ClockState.OPEN)
        assert all(running[kind] <= 1 for kind in ONE_AT_A_TIME)
        assert running["decision"] == (self.case.accepted_on is not None and self.case.closed_on is None)

    @invariant()
    def what_turned_out_complex_was_heard_and_asked_about(self) -> None:
        handling = self.case.handling
        is_proposed = self.case.closing.submission is not None
        if is_proposed and handling.is_known_complex and self.case.law_version is LawVersion.ACT2023:
            assert any(each.held_on for each in handling.hearings)
            assert handling.consultations

    @invariant()
    def facts_tell_the_whole_case(self) -> None:
        case, facts = self.case, facts_of(self.case)

        assert facts.void is (case.cancelled or case.application.is_draft)
        assert (facts.suspended_since is not None) is (
            case.handling.open_suspension is not None and not case.closed_on
        )
        assert (facts.outcome is None) is (case.outcome is None)
        assert (facts.accept_mode is None) is (case.accepted_on is None)
        assert (facts.decision_due_on, facts.closed_on) == (case.decision_due_on, case.closed_on)
        assert (facts.reopened_on is not None) is bool(case.proceeding.cycles)
        assert len(facts.letters) == len(case.opinion_letters_on) + len(case.recommendation_letters_on)
        assert len(facts.decision_items) == len(case.closing.items)
        whole = facts.model_dump_json()
        assert len(whole.encode()) < MOST_BYTES
        assert type(facts).model_validate_json(whole) == facts


def test_whatever_is_tried_in_ten_thousand_steps_no_case_contradicts_the_law() -> None:
    walked.clear()

    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS_EACH,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            deadline=None,
            database=None,
        ),
    )

    steps = walked["tried"]
    assert steps >= STEPS_AT_LEAST
    assert walked["taken"] > steps / 4
    assert walked["not listed"] > steps / 20
    assert walked["sued over silence"] > 0
    assert {Step(step) for step in walked if step in set(Step)} >= {
        Step.RESUME,
        Step.EXTEND,
        Step.EXCLUDE_TIME,
        Step.APPROVE_DECISION,
        Step.REOPEN,
    }
