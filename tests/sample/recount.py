"""A naive second count of the ledgers, written from the definitions alone: it shares no code with what it checks."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.sample.ledgers import Ledger

Row = Mapping[str, str]
Rate = tuple[int | None, int | None]

CORRECTED = {
    "varied",
    "revoked",
    "partly_revoked",
    "confirmed_unlawful",
    "confirmed_void",
    "performance_ordered",
    "agreement_liable",
}
MET = {"principal", "deputy", "deputy_level", "other_in_charge"}
AGREED = {"agreed_written", "agreed_oral"}
COMMITTEE_TYPES = {"village", "resident", "town", "street", "enterprise", "social", ""}
SERVICE_POINT_TYPES = {
    "legal_service_centre",
    "legal_service_station",
    "legal_service_room",
    "community_service_room",
}


def rows_of(ledgers: Iterable[Ledger], kind: str) -> list[dict[str, str]]:
    return [
        dict(zip(ledger.header, row, strict=True))
        for ledger in ledgers
        if ledger.kind == kind
        for row in ledger.rows
    ]


def _count(rows: Iterable[Row], holds: Callable[[Row], bool]) -> int:
    return sum(1 for row in rows if holds(row))


def span(period: str) -> tuple[str, str]:
    """First and last day of `2022` or of `2016-01-01..2020-12-31`."""
    if ".." in period:
        first, last = period.split("..")
        return first, last
    return f"{period}-01-01", f"{period}-12-31"


def lies_in(region: str, whole: str) -> bool:
    """Province xx0000, prefecture xxyy00, county xxyyzz; a place lies in itself."""
    return region.startswith(whole[:2] if whole.endswith("0000") else whole.removesuffix("00"))


@dataclass(frozen=True)
class Recount:
    """All rows, asked for one region and one period at a time."""

    rows: Mapping[str, list[dict[str, str]]]

    @classmethod
    def of(cls, ledgers: tuple[Ledger, ...]) -> "Recount":
        return cls({kind: rows_of(ledgers, kind) for kind in dict.fromkeys(one.kind for one in ledgers)})

    def counts(self, region: str, period: str) -> dict[str, int | Decimal]:
        first, last = span(period)
        return {
            **self._reconsideration(region, first, last),
            **self._mediation(region, first, last),
            **self._organisations(region, last),
            **self._litigation(region, first, last),
        }

    def rates(self, region: str, period: str) -> dict[tuple[str, str], Rate]:
        first, last = span(period)
        concluded = [
            row
            for row in self.rows["reconsideration"]
            if lies_in(row["organ_region"], region) and first <= row["closed_on"] <= last
        ]
        corrected = _count(concluded, lambda row: row["outcome"] in CORRECTED)
        mediated = _count(concluded, lambda row: row["outcome"] == "mediated")
        withdrawn = _count(concluded, lambda row: row["termination_ground"] == "T1")
        compromised = _count(
            concluded, lambda row: row["withdraw_reason"] in {"settled", "respondent_changed_act"}
        )
        counts = {name: int(value) for name, value in self.counts(region, period).items()}
        return {
            ("IND-AR-6", "Z1"): (corrected + mediated + compromised, len(concluded)),
            ("IND-AR-7", "D1"): (mediated, len(concluded)),
            ("IND-AR-10", "D1"): (corrected + mediated + withdrawn, len(concluded)),
            ("IND-PM-2", "D1"): (counts["pm.agreed"], counts["pm.concluded"]),
            ("IND-PM-5", "D1"): (counts["pm.pre_resolved"], counts["pm.pre_concluded"]),
            ("IND-AL-1", "A1"): (counts["al.met"], counts["al.duty"]),
        }

    def _reconsideration(self, region: str, first: str, last: str) -> dict[str, int | Decimal]:
        rows = [row for row in self.rows["reconsideration"] if lies_in(row["organ_region"], region)]
        received = [row for row in rows if first <= row["received_on"] <= last]
        carried = [
            row
            for row in rows
            if row["received_on"] < first and (not row["closed_on"] or row["closed_on"] >= first)
        ]
        concluded = [row for row in rows if first <= row["closed_on"] <= last]
        pending = [
            row
            for row in rows
            if row["accepted_on"] and row["accepted_on"] <= last
            if not row["closed_on"] or row["closed_on"] > last
        ]
        outcomes = {
            f"ar.{outcome}": sum(1 for row in concluded if row["outcome"] == outcome)
            for outcome in ("upheld", "revoked", "claim_rejected", "application_rejected", "terminated")
        }
        return {
            **outcomes,
            "ar.received": len(received),
            "ar.accepted": _count(rows, lambda row: first <= row["accepted_on"] <= last),
            "ar.concluded": len(concluded),
            "ar.pending": len(pending),
            "ar.carried": len(carried),
            "ar.handled": len(carried) + len(received),
            "ar.own_handled": _count(carried + received, lambda row: row["organ_region"] == region),
            "ar.withdrawn": _count(concluded, lambda row: row["termination_ground"] == "T1"),
            "ar.group": _count(concluded, lambda row: row["is_group"] == "true"),
            "ar.letters": sum(
                int(row["opinion_letters"]) + int(row["recommendation_letters"]) for row in concluded
            ),
        }

    def _mediation(self, region: str, first: str, last: str) -> dict[str, int | Decimal]:
        rows = [row for row in self.rows["mediation"] if lies_in(row["region"], region)]
        concluded = [row for row in rows if first <= row["closed_on"] <= last]
        before_filing = [row for row in concluded if row["referral"] == "委派"]
        return {
            "pm.concluded": len(concluded),
            "pm.agreed": _count(concluded, lambda row: row["outcome"] in AGREED),
            "pm.confirmed": _count(rows, lambda row: first <= row["confirmed_on"] <= last),
            "pm.pre_concluded": len(before_filing),
            "pm.pre_resolved": _count(
                before_filing, lambda row: row["outcome"] in AGREED | {"settled_suit_dropped"}
            ),
        }

    def _organisations(self, region: str, last: str) -> dict[str, int | Decimal]:
        rows = [
            row
            for row in self.rows["organisations"]
            if lies_in(row["region"], region) and row["established_on"] <= last
            if not row["dissolved_on"] or row["dissolved_on"] > last
        ]
        types = ("village", "resident", "town", "labour_mediation")
        return {
            **{f"pm.org_{kind}": sum(1 for row in rows if row["org_type"] == kind) for kind in types},
            "pm.organisations": _count(rows, lambda row: row["org_type"] in COMMITTEE_TYPES),
            "pm.org_industry": _count(rows, lambda row: row["is_industry"] == "true"),
            "pm.org_unspecified": _count(rows, lambda row: row["org_type"] == ""),
            "pm.service_points": _count(rows, lambda row: row["org_type"] in SERVICE_POINT_TYPES),
            "pm.agent_points": _count(rows, lambda row: row["is_agent_point"] == "true"),
        }

    def _litigation(self, region: str, first: str, last: str) -> dict[str, int | Decimal]:
        rows = [row for row in self.rows["litigation"] if lies_in(row["region"], region)]
        heard = [row for row in rows if first <= row["heard_on"] <= last]
        performed = [row for row in rows if first <= row["performed_on"] <= last]
        return {
            "al.notified_first": _count(
                rows, lambda row: row["instance"] == "first" and first <= row["notified_on"] <= last
            ),
            "al.duty": len(heard),
            "al.met": _count(heard, lambda row: row["appearance"] in MET),
            "al.performed": len(performed),
            "al.performed_amount": sum((Decimal(row["performed_amount"]) for row in performed), Decimal(0)),
        }
