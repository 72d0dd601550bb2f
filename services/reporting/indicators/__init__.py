"""Every indicator as data: what is divided by what, on which dates, how it is printed and where it comes from.

A definition names measures and nothing else, so that the figure, its page, its cases and its tests read one table.
Definitions of one indicator differ in their base on purpose: published rates do too, and a rate is
only comparable with another one of the same definition.
"""

from collections.abc import Mapping

from services.reporting.indicators.definitions import Definition, Expression, Indicator, Term
from services.reporting.indicators.litigation import LITIGATION_INDICATORS
from services.reporting.indicators.mediation import MEDIATION_INDICATORS
from services.reporting.indicators.reconsideration import RECONSIDERATION_INDICATORS
from services.reporting.indicators.reconsideration_after import AFTER_RECONSIDERATION_INDICATORS
from shared.kernel.errors import NotFound

__all__ = ["INDICATORS", "Definition", "Expression", "Indicator", "Term", "find"]


def _number(indicator: Indicator) -> tuple[int, ...]:
    """`IND-AR-15-2` is the second figure under number 15."""
    return tuple(int(part) for part in indicator.id.split("-")[2:])


INDICATORS: Mapping[str, Indicator] = {
    indicator.id: indicator
    for group in (
        (*RECONSIDERATION_INDICATORS, *AFTER_RECONSIDERATION_INDICATORS),
        MEDIATION_INDICATORS,
        LITIGATION_INDICATORS,
    )
    for indicator in sorted(group, key=_number)
}


def find(indicator_id: str) -> Indicator:
    """The indicator with this id; `AR-5` is understood as `IND-AR-5`."""
    wanted = indicator_id.strip().upper()
    indicator = INDICATORS.get(wanted) or INDICATORS.get(f"IND-{wanted}")
    if indicator is None:
        raise NotFound("indicator.unknown", "没有这个编号的指标，请从指标目录中选择。", field="indicator")
    return indicator
