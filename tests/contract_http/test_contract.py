"""Every service keeps to the description of its interface, whoever asks and whatever is sent."""

import pytest

from tests.contract_http import hostile
from tests.contract_http.company import SERVICES, Company
from tests.contract_http.generating import CALLERS, LEAST_CASES, SEED, Tally, generated

LEAST_HOSTILE = 150


def _told(tally: Tally) -> str:
    return "\n\n".join(f"{kind}\n    {told}" for kind, told in sorted(tally.wrong.items()))


@pytest.mark.parametrize("service", SERVICES)
def test_answers_are_as_described_and_none_is_a_failure(service: str, company: Company) -> None:
    tally = generated(company, service)
    print(f"{service}: seed {SEED}, {tally.cases} cases, {sorted(tally.statuses.items())}")

    assert tally.cases >= LEAST_CASES
    assert set(tally.callers) == set(CALLERS)
    assert not company.locked_out()
    assert not tally.wrong, f"seed {SEED}\n{_told(tally)}"


@pytest.mark.parametrize("service", SERVICES)
def test_values_that_have_broken_others_break_nothing(service: str, company: Company) -> None:
    tally = hostile.sent(company, service)
    print(f"{service}: {tally.cases} cases, {sorted(tally.statuses.items())}")

    assert tally.cases >= LEAST_HOSTILE
    assert not tally.wrong, _told(tally)
