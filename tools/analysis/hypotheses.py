"""What people suspect behind a change, and which causes answer for it: 为什么不是天气 is about H3 and H3R."""

from __future__ import annotations

from dataclasses import replace

from tools.analysis import Result

SUSPECTS = {
    "天气": ("cause_H3", "cause_H3R"),
    "日历": ("cause_H4",),
    "数据": ("cause_H1", "evidence_data"),
    "停电": ("cause_H2", "evidence_outage"),
    "客户": ("cause_H5", "cause_H5S", "cause_customer"),
    "光伏": ("cause_H7",),
    "窃电": ("cause_H8",),
    "转供": ("cause_H11",),
    "行业": ("cause_H6", "cause_industry"),
}


def only(result: Result, about: str) -> Result:
    """The findings about one suspect, after the conclusion; all of them where the suspect is not known."""
    kinds = SUSPECTS.get(about)
    if kinds is None:
        return result
    first = [finding for finding in result.findings if finding.kind in kinds]
    rest = [finding for finding in result.findings if finding.kind == "cause_conclusion"]
    return replace(result, findings=first + rest if first else result.findings)
