"""Working on a draft by chat: each wish of the author makes a new version of the own draft, or changes nothing.

The changed text passes the same checks as any draft: a figure without a fact or a banned word refuse the change.
"""

from __future__ import annotations

import re

from agent.drafting.revision import revise
from agent.turn import Turn
from core.domain.labels import report_labels
from core.domain.lifecycle import State
from core.domain.report import CheckResult, ReportContent
from core.errors import BadRequest, Refused
from core.store import Unit
from tools.checks import run_checks

_UNDO = re.compile(r"撤销|撤回(?!报告|月报|周报)|恢复(?:到)?上一版|回到上一版|还原|上一步")


def redraft(turn: Turn, report: str) -> str:
    """Apply the wish of the turn's sentence and say what was done.

    Raises Refused for somebody else's report or one that is no draft any more, BadRequest for a wish that is not
    understood or whose result does not pass the checks.
    """
    with turn.store.begin() as unit:
        row = unit.reports.row(report, turn.actor)
        if row.author != turn.actor.user:
            raise Refused("只有作者能在聊天里修改自己的草稿。", "审核人可在审批卡片上选「修改」。")
        if row.state != State.DRAFT.value:
            standing = State(row.state).label
            raise Refused(f"报告当前是「{standing}」，不能再改草稿。", "请重新生成，或请审核人在审批卡片上修改。")
        content = unit.reports.content(report)
        before = {check.key for check in _checks(content) if _wrong(check)}
        made, said = _undone(unit, report, row.version) if _UNDO.search(turn.text) else revise(turn.text, content)
        if made == content:
            raise BadRequest("改完与当前版本完全相同。", "请说明要改成什么样。")
        checks = _checks(made)
        wrong = [check for check in checks if _wrong(check) and check.key not in before]
        if wrong:
            raise BadRequest(f"没有改：{wrong[0].label}（{wrong[0].text}）。", wrong[0].fix or "请换一种写法。")
        version = unit.reports.add_version(row, made, checks, turn.actor.user)
        return f"{said}，存为第 {version.number} 版；说「撤销上一步」可以恢复。"


def _undone(unit: Unit, report: str, version: int) -> tuple[ReportContent, str]:
    """The content before the last change. An undo is a version of its own, so that nothing is ever lost."""
    hashes = [unit.reports.version(report, number).hash for number in range(1, version + 1)]
    # versions that undos have cancelled are stepped over: the draft goes back along the way it came
    first = hashes.index(hashes[-1]) + 1
    if first == 1:
        raise BadRequest("没有可以撤销的修改。", "这就是初稿。")
    return unit.reports.content(report, first - 1), f"已恢复到第 {first - 1} 版的内容"


def _checks(content: ReportContent) -> list[CheckResult]:
    return list(run_checks(content, report_labels(content.org_name, content.period)))


def _wrong(check: CheckResult) -> bool:
    return not check.passed and check.level == "error"
