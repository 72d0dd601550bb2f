"""The columns of the four ledgers. Every cell is text: dates in ISO, yes and no as true and false, unknown as empty."""

from typing import NamedTuple


class OrganisationRow(NamedTuple):
    """调解组织与公共法律服务点."""

    name: str
    region: str
    org_type: str
    is_industry: str = "false"
    is_agent_point: str = "false"
    established_on: str = ""
    dissolved_on: str = ""


class ReconsiderationRow(NamedTuple):
    """行政复议案件."""

    case_number: str
    organ_region: str
    organ_level: str
    respondent: str
    respondent_type: str
    matter: str
    field: str
    channel: str
    received_on: str
    accepted_on: str
    not_accepted_on: str = ""
    procedure: str = "ordinary"
    closed_on: str = ""
    outcome: str = ""
    withdraw_reason: str = ""
    termination_ground: str = ""
    is_group: str = "false"
    opinion_letters: str = "0"
    recommendation_letters: str = "0"


class MediationRow(NamedTuple):
    """人民调解案件."""

    case_number: str
    committee: str
    region: str
    source: str
    referral: str
    dispute_type: str
    scope: str
    accepted_on: str
    closed_on: str
    outcome: str
    confirmed_on: str = ""
    amount: str = ""


class LitigationRow(NamedTuple):
    """行政应诉案件, one row per case and instance."""

    case_number: str
    court: str
    region: str
    instance: str
    organ: str
    notified_on: str
    heard_on: str = ""
    appearance: str = "none"
    excused: str = "false"
    court_notified: str = "false"
    closed_on: str = ""
    result: str = ""
    performed_on: str = ""
    performed_amount: str = ""
