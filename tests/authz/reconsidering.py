"""Every step of a reconsideration case: what is entered, and the steps that must lie behind a case before it."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
WORDS = "经过自述"  # written freely at a step: shown to whoever handles the case, and to nobody else
_CONDITIONS = ("parties", "interest", "claim", "in_time", "scope", "jurisdiction", "not_pending")
_MET = dict.fromkeys(_CONDITIONS, True)
_DECIDED: Json = {"items": [{"outcome": "upheld"}], "main_text": WORDS}

# Lawful for a case that was received on 2026-03-02, after the steps of BEFORE.
STEPS: Mapping[str, Json] = {
    "accept": {"on": "2026-03-04", "conditions": _MET},
    "accept_with_gaps": {
        "on": "2026-03-04",
        "conditions": _MET,
        "missing": [{"name": WORDS, "promised_on": "2026-03-20"}],
    },
    "forward": {"on": "2026-03-04"},
    "self_correct": {"on": "2026-03-04"},
    "decline": {"on": "2026-03-04", "conditions": {**_MET, "in_time": False}, "reasons": WORDS},
    "request_supplement": {"on": "2026-03-04", "papers": WORDS},
    "deliver_supplement": {"on": "2026-03-05"},
    "receive_supplement": {"on": "2026-03-10"},
    "extend_supplement": {"on": "2026-03-10", "until": "2026-03-31", "reason": WORDS},
    "lapse_supplement": {"on": "2026-03-24"},
    "withdraw_before_acceptance": {"on": "2026-03-04"},
    "fill_gap": {"on": "2026-03-10", "gap": 0},
    "assign_handlers": {"on": "2026-03-03", "handlers": ["clerk-1", "clerk-2"]},
    "change_respondent": {"on": "2026-03-03", "respondent": "某旗市场监督管理局", "reason": WORDS},
    "complete_application": {"on": "2026-03-03", "is_enterprise": True},
    "choose_procedure": {"on": "2026-03-05", "procedure": "summary", "summary_basis": "consent"},
    "convert": {"on": "2026-03-10", "reason": WORDS},
    "send_copy": {"on": "2026-03-06", "received_on": "2026-03-09"},
    "record_reply": {"on": "2026-03-16"},
    "lapse_reply": {"on": "2026-03-24"},
    "record_evidence": {"on": "2026-03-20", "by": "third_party"},
    "hear_opinion": {"on": "2026-03-18", "of": "applicant", "manner": "phone", "record": WORDS},
    "notify_hearing": {"on": "2026-03-10", "set_for": "2026-03-25", "basis": "office", "place": WORDS},
    "hold_hearing": {"on": "2026-03-25", "attended_by_head": True, "listeners": 2},
    "consult_committee": {"on": "2026-03-20", "basis": "office", "opinion": WORDS},
    "decide_stay": {"on": "2026-03-06", "ground": "request", "is_granted": True, "reason": WORDS},
    "lift_stay": {"on": "2026-03-12", "reason": WORDS},
    "suspend": {"on": "2026-03-10", "ground": "S9", "document_power": "own", "reason": WORDS},
    "resume": {"on": "2026-03-20", "reason": WORDS},
    "record_notice": {"on": "2026-03-12", "of": "suspension"},
    "exclude_time": {"on": "2026-03-20", "kind": "expert_opinion", "begun_on": "2026-03-12"},
    "begin_exclusion": {"on": "2026-03-12", "kind": "expert_opinion"},
    "end_exclusion": {"on": "2026-03-20", "kind": "expert_opinion"},
    "review_document": {"on": "2026-03-12", "what": "concluded_on", "conclusion": WORDS},
    "extend": {"on": "2026-03-20", "days": 30, "reason": WORDS},
    "withdraw": {"on": "2026-04-01", "withdraw_reason": "settled", "reason": WORDS},
    "terminate": {"on": "2026-04-01", "ground": "T2", "reason": WORDS},
    "sign_mediation": {"on": "2026-04-01", "agreement": WORDS, "signed_by_all": True, "sealed": True},
    "reject_application": {"on": "2026-04-01", "conditions": {"interest": False}, "reasons": WORDS},
    "submit_decision": {"on": "2026-03-25", **_DECIDED},
    "endorse_decision": {"on": "2026-03-26", "opinion": WORDS},
    "return_decision": {"on": "2026-03-26", "reason": WORDS},
    "approve_decision": {"on": "2026-04-01", "manner": "head"},
    "deliver": {"on": "2026-04-02", "manner": "direct"},
    "issue_letter": {"on": "2026-04-02", "kind": "opinion", "words": WORDS},
    "record_feedback": {"on": "2026-04-10", "letter": 0, "adopted": True, "feedback": WORDS},
    "record_performance": {"on": "2026-04-10"},
    "follow_up": {"on": "2026-04-10", "kind": "ordered", "due_on": "2026-05-11", "words": WORDS},
    "copy_to_superior": {"on": "2026-04-10"},
    "record_suit": {"on": "2026-04-10"},
    "record_petition": {"on": "2026-04-10"},
    "publish": {"on": "2026-04-10"},
    "reopen": {"on": "2026-04-10", "by": "superior", "reason": WORDS},
    "link": {
        "on": "2026-03-03",
        "reference": {"service": "litigation", "case_id": "019aa000-0000-7000-8000-000000000009"},
    },
    "cancel": {"reason": "误录"},
}

_REVIEWED = ("accept", "send_copy", "record_reply")
_SUBMITTED = (*_REVIEWED, "hear_opinion", "submit_decision")
_CLOSED = ("accept", "sign_mediation")
BEFORE: Mapping[str, tuple[str, ...]] = {
    "deliver_supplement": ("request_supplement",),
    **dict.fromkeys(
        ("receive_supplement", "extend_supplement", "lapse_supplement"),
        ("request_supplement", "deliver_supplement"),
    ),
    "fill_gap": ("accept_with_gaps",),
    **dict.fromkeys(
        (
            *("choose_procedure", "send_copy", "hear_opinion", "notify_hearing", "decide_stay", "suspend"),
            *(
                "exclude_time",
                "withdraw",
                "terminate",
                "sign_mediation",
                "reject_application",
                "issue_letter",
            ),
        ),
        ("accept",),
    ),
    "convert": ("accept", "choose_procedure"),
    "lift_stay": ("accept", "decide_stay"),
    "end_exclusion": ("accept", "begin_exclusion"),
    "begin_exclusion": ("accept",),
    "record_notice": ("accept", "suspend"),
    "record_reply": ("accept", "send_copy"),
    "lapse_reply": ("accept", "send_copy"),
    "record_evidence": _REVIEWED,
    "hold_hearing": (*_REVIEWED, "notify_hearing"),
    "consult_committee": _REVIEWED,
    "extend": _REVIEWED,
    "resume": ("accept", "suspend", "review_document"),
    "review_document": ("accept", "suspend"),
    "submit_decision": (*_REVIEWED, "hear_opinion"),
    "endorse_decision": _SUBMITTED,
    "return_decision": _SUBMITTED,
    "approve_decision": (*_SUBMITTED, "endorse_decision"),
    "record_feedback": ("accept", "issue_letter"),
    **dict.fromkeys(
        ("deliver", "record_performance", "follow_up", "record_suit", "record_petition"),
        _CLOSED,
    ),
    "copy_to_superior": (*_CLOSED, "deliver"),
    "publish": _CLOSED,
    "reopen": _CLOSED,
}
# How a case is filed that only waits where the step begins: at an agent point, or with the organ that did the act.
FILED: Mapping[str, Json] = {
    "forward": {"channel": "agent_point", "agent_point": "p01", "at_agent_point": True},
    "self_correct": {"channel": "via_organ", "at_agent_point": True, "act_kind": "camera_penalty"},
}
