"""What the statute leaves open, and the answers a place may give (DOMAIN marks [K], [D] and [?])."""

from enum import StrEnum


class ReceiptDay(StrEnum):
    """收到申请之日, of an application handed in elsewhere (DOMAIN 2.3)."""

    OFFICE = "office"  # 复议机构收到之日
    ELSEWHERE = "elsewhere"  # 代办点、行政机关收到之日


class SmallAmount(StrEnum):
    """三千元以下 (ARL 53(1)(三), AR-4.1)."""

    INCLUDED = "included"  # 含三千元
    EXCLUDED = "excluded"  # 不含三千元


class ConvertedFrom(StrEnum):
    """转为普通程序后审理期限的起算 (ARL 55, AR-4.3)."""

    ACCEPTANCE = "acceptance"  # 自原受理之日
    CONVERSION = "conversion"  # 自转换之日


class OpenReply(StrEnum):
    """转为普通程序时尚未届满的答复期限 (AR-4.4)."""

    ORDINARY = "ordinary"  # 改按十个工作日
    KEPT = "kept"  # 仍按五个工作日


class SuspendedTime(StrEnum):
    """中止期间与审理期限 (AR-5.2)."""

    EXCLUDED = "excluded"  # 不计入
    COUNTED = "counted"  # 计入


class ExtensionTimes(StrEnum):
    """延长的次数 (ARL 62(1), AR-6.2)."""

    ONCE = "once"  # 只延长一次
    SEVERAL = "several"  # 可多次，合计不超过三十日


class SixtyDays(StrEnum):
    """中止满六十日 (ARL 41(1)(五))."""

    UNROLLED = "unrolled"  # 不因节假日顺延
    ROLLED = "rolled"  # 遇节假日顺延


class HearingNotice(StrEnum):
    """听证五日前通知的倒数 (ARL 51(1), CAL-7)."""

    FIVE_BACK = "five_back"  # 倒数第五个工作日当日可以通知
    FIVE_CLEAR = "five_clear"  # 通知与听证之间须隔五个完整工作日


class GoverningAct(StrEnum):
    """2024 年前后的新旧法适用 (ARL 90, AR-0.4)."""

    BY_RECEIPT = "by_receipt"  # 依收到申请之日
    BY_ACCEPTANCE = "by_acceptance"  # 依受理之日
