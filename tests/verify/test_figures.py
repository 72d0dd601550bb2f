"""Figures and accounts recomputed from event logs, by a program that shares no code with the services."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dingfen_verify
from dingfen_verify import INCOMPLETE, MEASURES, OK, TAMPERED, Case, facts_digest, rate_text
from services.reporting.facts import KINDS, scope_of
from services.reporting.figures import COUNTED
from services.reporting.indicators import INDICATORS, Definition, Expression, find
from services.reporting.measures import measures
from services.reporting.periods import parse
from services.reporting.rates import Rate
from shared.contracts.envelope import Facts, digest
from shared.kernel.regions import RegionTree
from tests.reporting.strategies import any_facts, histories, unhurried

TREE = RegionTree.builtin()
SPACE = UUID(int=1)


def kind_of(facts: Facts) -> str:
    return next(name for name, kind in KINDS.items() if kind.facts is type(facts))


def a_case(facts: Facts) -> Case:
    return Case(kind_of(facts), "1", 1, facts.model_dump(mode="json"))


@unhurried
@given(any_facts)
def test_every_measure_that_it_knows_counts_as_reporting_counts(facts: Facts) -> None:
    case = a_case(facts)
    expected = {
        (name, str(day)): amount
        for name, day, amount in measures(case.kind, facts)
        if name in MEASURES.get(case.kind, {})
    }

    found = {
        (name, day): 1
        for name in MEASURES.get(case.kind, {})
        if not facts.void and (day := dingfen_verify._measured_on(case, name)) is not None
    }

    assert found == expected


@unhurried
@given(any_facts)
def test_facts_have_the_digest_that_services_and_reporting_give_them(facts: Facts) -> None:
    assert facts_digest(a_case(facts)) == digest(facts)


@unhurried
@given(
    st.integers(-20, 10**6),
    st.none() | st.integers(-1, 10**6),
    st.sampled_from(["percent", "ratio", "count"]),
    st.integers(0, 3),
    st.sampled_from(["half_up", "truncate"]),
)
def test_rates_are_printed_as_reporting_prints_them(
    numerator: int, denominator: int | None, unit: Any, decimals: int, rounding: Any
) -> None:
    expected = Rate(numerator, denominator, unit, decimals, rounding).text()

    assert (
        rate_text(numerator, denominator, {"unit": unit, "decimals": decimals, "rounding": rounding})
        == expected
    )


def test_regions_lie_in_each_other_as_their_codes_say() -> None:
    for region in TREE:
        case = Case("litigation_case", "1", 1, {"region": region.code})
        for asked in (*TREE.ancestors(region.code), "110000", "150625"):
            inside = dingfen_verify._belongs(case, {"region": asked, "own": False, "scope": ""})
            assert inside == (asked in TREE.ancestors(region.code)), (region.code, asked)


def test_the_default_definitions_of_the_published_rates_can_be_recomputed() -> None:
    for indicator in ("IND-AR-5", "IND-AR-6", "IND-AR-10", "IND-AR-12", "IND-PM-2", "IND-AL-1", "IND-AL-4"):
        definition = find(indicator).definition(None)
        terms = (*definition.numerator.terms, *(definition.denominator or Expression(())).terms)
        assert {term.measure for term in terms} <= {name for kind in MEASURES.values() for name in kind}, (
            indicator
        )


class Log:
    """Exports of the three services as `dingfen export events` writes them, made from histories of facts."""

    def __init__(self, folder: Path, told: list[list[Facts]]) -> None:
        self.newest: list[tuple[str, str, int, Facts]] = []
        events: dict[str, list[dict[str, Any]]] = {"reconsideration": [], "mediation": [], "litigation": []}
        for number, history in enumerate(told):
            kind, case = KINDS[kind_of(history[0])], str(uuid5(SPACE, str(number)))
            for version, facts in enumerate(history, start=1):
                data = {"case_id": case, "case_version": version, "facts": facts.model_dump(mode="json")}
                events[kind.service].append({"type": kind.types[0], "data": data})
            self.newest.append((kind.name, case, len(history), history[-1]))
        self.paths = []
        for service, logged in events.items():
            path = folder / f"{service}.jsonl"
            lines: list[dict[str, Any]] = [{"export": "events", "service": service, "epoch": "1"}]
            lines += [{"pub_seq": place, "event": event} for place, event in enumerate(logged, start=1)]
            write_lines(path, [*lines, {"end": {"events": len(logged)}}])
            self.paths.append(str(path))


def write_lines(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def told_by_reporting(
    log: Log, indicator: str, definition: Definition, region: str, scope: str
) -> dict[str, Any]:
    """FIGURE.json, from reporting's own measures over the newest facts."""
    period = parse("2022")

    def value(expression: Expression) -> int:
        return sum(
            term.sign * amount
            for kind, _, _, facts in log.newest
            for name, day, amount in measures(kind, facts)
            for term in expression.terms
            if (term.kind, term.measure) == (kind, name) and COUNTED[term.basis](day, period)
            if region in TREE.ancestors(KINDS[kind].region(facts))
            if KINDS[kind].scope(facts) == scope_of(kind, scope)
        )

    denominator = None if definition.denominator is None else value(definition.denominator)
    rate = Rate(
        value(definition.numerator), denominator, definition.unit, definition.decimals, definition.rounding
    )
    return {
        "indicator": indicator,
        "definition": definition.id,
        "region": region,
        "own": False,
        "scope": scope,
        "start": str(period.start),
        "end": str(period.end),
        "unit": definition.unit,
        "numerator": rate.numerator,
        "denominator": denominator,
        "rate": rate.text(),
        "decimals": definition.decimals,
        "rounding": definition.rounding,
        "numerator_terms": terms_of(definition.numerator),
        "denominator_terms": None if definition.denominator is None else terms_of(definition.denominator),
    }


def terms_of(expression: Expression) -> list[dict[str, Any]]:
    return [
        {"sign": term.sign, "kind": term.kind, "measure": term.measure, "basis": str(term.basis)}
        for term in expression.terms
    ]


KNOWN = {(kind, name) for kind, names in MEASURES.items() for name in names}
COMPUTABLE = [
    (indicator.id, definition)
    for indicator in INDICATORS.values()
    for definition in indicator.definitions
    if {
        (term.kind, term.measure)
        for term in (definition.numerator + (definition.denominator or Expression(()))).terms
    }
    <= KNOWN
]


@settings(unhurried, max_examples=60)
@given(
    st.sampled_from(COMPUTABLE),
    st.lists(histories, min_size=1, max_size=12),
    st.sampled_from(["000000", "150600", "150625", "150625100"]),
)
def test_every_figure_that_it_can_compute_is_the_one_that_reporting_tells(
    tmp_path_factory: pytest.TempPathFactory,
    asked: tuple[str, Definition],
    told: list[list[Facts]],
    region: str,
) -> None:
    folder = tmp_path_factory.mktemp("log")
    log = Log(folder, told)

    figure = told_by_reporting(log, *asked, region, "people")
    path = write_lines(folder / "figure.json", [figure])

    assert dingfen_verify.main(["figure", "--events", *log.paths, "--figure", str(path)]) == OK


@pytest.fixture
def log(tmp_path: Path) -> Log:
    case = KINDS["litigation_case"].facts
    shared = {
        "case_number": "（2022）行初1号",
        "region": "150625",
        "instance": "first",
        "notified_on": "2022-03-01",
    }
    heard = {**shared, "first_heard_on": "2022-04-01", "duty": True}
    return Log(
        tmp_path,
        [
            [case.model_validate(shared), case.model_validate(heard | {"met": True})],
            [case.model_validate(heard)],
            [case.model_validate(heard | {"met": True})],
        ],
    )


def check_figure(tmp_path: Path, log: Log, **instead: Any) -> int:
    definition = find("IND-AL-1").definition(None)
    figure = told_by_reporting(log, "IND-AL-1", definition, "150625", "people") | instead
    path = write_lines(tmp_path / "figure.json", [figure])
    return dingfen_verify.main(["figure", "--events", *log.paths, "--figure", str(path), "--json"])


def test_a_figure_is_told_with_its_counts_and_cases(
    tmp_path: Path, log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_figure(tmp_path, log) == OK

    checked = json.loads(capsys.readouterr().out)["checked"]
    assert (checked["numerator"], checked["denominator"], checked["rate"]) == (2, 3, "66.67")
    assert len(checked["cases"]) == 3
    assert sum(case["numerator"] for case in checked["cases"]) == 2
    assert len(checked["digest"]) == 64


@pytest.mark.parametrize(
    ("instead", "status", "code"),
    [
        ({"rate": "66.66"}, TAMPERED, "figure.differs"),
        ({"numerator": 3}, TAMPERED, "figure.differs"),
        ({"withheld": True}, INCOMPLETE, "figure.withheld"),
        ({"unit": "fen"}, INCOMPLETE, "figure.unknown"),
        (
            {
                "numerator_terms": [
                    {"sign": 1, "kind": "litigation_case", "measure": "hearings", "basis": "flow"}
                ]
            },
            INCOMPLETE,
            "figure.unknown",
        ),
    ],
)
def test_a_figure_that_differs_or_is_unknown_does_not_pass(
    tmp_path: Path,
    log: Log,
    capsys: pytest.CaptureFixture[str],
    instead: dict[str, Any],
    status: int,
    code: str,
) -> None:
    assert check_figure(tmp_path, log, **instead) == status

    assert code in {problem["code"] for problem in json.loads(capsys.readouterr().out)["problems"]}


def test_a_log_with_a_hole_proves_nothing(
    tmp_path: Path, log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(log.paths[2])
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:2] + lines[3:]), encoding="utf-8")

    check_figure(tmp_path, log)

    assert "log.gap" in {problem["code"] for problem in json.loads(capsys.readouterr().out)["problems"]}


def test_accounts_agree_case_by_case_or_the_case_is_named(
    tmp_path: Path, log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = [
        {"kind": kind, "case_id": case, "version": version, "digest": digest(newest)}
        for kind, case, version, newest in log.newest
    ]

    def account(lines: list[dict[str, Any]]) -> tuple[int, list[dict[str, Any]]]:
        path = write_lines(
            tmp_path / "facts.jsonl", [{"export": "facts"}, *lines, {"end": {"facts": len(lines)}}]
        )
        status = dingfen_verify.main(["accounting", "--log", *log.paths, "--facts", str(path), "--json"])
        return status, json.loads(capsys.readouterr().out)["problems"]

    assert account(facts) == (OK, [])
    for wrong in (
        facts[1:],
        [facts[0] | {"version": 1}, *facts[1:]],
        [facts[0] | {"digest": "0" * 64}, *facts[1:]],
    ):
        status, problems = account(wrong)
        assert status == TAMPERED
        assert [problem["case"] for problem in problems] == [f"litigation_case {facts[0]['case_id']}"]
