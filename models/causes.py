"""Causes of a missing figure: stable codes with a short name in both languages.

Belongs here: the codes that data or the company's tables can cause. Not here: exceptions (errors.py),
causes of failed pulls (the connector's own codes). A stored cause is one English sentence with the facts;
the code finds its short name for display.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """Why a figure is missing: a code and one sentence that names the row, day or stream."""

    code: str
    text: str


@dataclass(frozen=True)
class CauseLabel:
    """Short name of a cause, for display."""

    zh: str
    en: str


CAUSES: dict[str, CauseLabel] = {
    "M201": CauseLabel("分母不大于零或过小", "the denominator is not above 0, or too small"),
    "M202": CauseLabel("缺少汇率", "no exchange rate"),
    "M203": CauseLabel("缺少商品成本", "no cost of goods"),
    "M204": CauseLabel("来源数据缺值", "a value is missing in the source"),
    "M205": CauseLabel("未分配负责范围", "no scope is assigned"),
    "M206": CauseLabel("没有数据来源", "no source feeds this figure"),
    "M207": CauseLabel("尚未取数", "not pulled yet"),
    "M208": CauseLabel("店铺当日尚未结束", "the shop's day is not over"),
    "M209": CauseLabel("范围内店铺未营业", "no shop of the scope was open"),
    "M210": CauseLabel("缺少目标", "no target"),
    "M211": CauseLabel("没有可统计的记录", "no record to take the figure of"),
    "M212": CauseLabel("目标为零", "the target is 0"),
    "M213": CauseLabel("缺少评分", "no rating"),
    "M214": CauseLabel("下属总分未定", "a report's total is not final"),
    "M215": CauseLabel("没有参评的下属", "no direct report was appraised"),
    "M216": CauseLabel("尚未计算", "not computed yet"),
    "M217": CauseLabel("目标须大于零", "the target must be above 0"),
    "M230": CauseLabel("缺少薪酬数据", "a figure for pay is missing"),
    "M231": CauseLabel("依据的薪酬行缺失", "the pay line it builds on is absent"),
    "M232": CauseLabel("数据不符合算法", "the figures do not fit the method"),
    "M233": CauseLabel("考核总分未定", "the scorecard has no total"),
}


def cause_label(code: str) -> CauseLabel:
    """The short name of a code; codes of failed pulls (P...) share one."""
    return CAUSES.get(code, CauseLabel("取数失败", "the pull failed"))
