"""The main job as one command: ask → draft → check → approve → publish; prints where the Word file lies."""

from __future__ import annotations

from agent.events import Answer
from core.errors import GmaError
from core.settings import Settings
from ui.cli.output import emit, say
from ui.cli.session import open_runner, settle

REQUEST = "帮我做一份2026年10月云州公司的营销指标月报"


def main_job(settings: Settings, as_json: bool) -> int:
    """analyst01 asks and submits, manager01 approves the exact hash; both are demonstration accounts."""
    with open_runner(settings) as runner:
        author, reviewer = runner.actor("analyst01"), runner.actor("manager01")
        say(f"{author.name}：{REQUEST}")
        drafted = _expect(settle(runner.ask(author, REQUEST), quiet=as_json), "drafted")
        assert drafted.report is not None
        say(drafted.text)
        waiting = _expect(settle(runner.submit(author, drafted.report.id), quiet=as_json), "waiting_approval")
        assert waiting.report is not None
        say(f"{reviewer.name}：批准第 {waiting.report.version} 版，哈希 {waiting.report.hash[:12]}")
        decided = runner.decide(reviewer, waiting.report.id, "approve", waiting.report.hash, "数据核对无误，同意发布。")
        published = _expect(settle(decided, quiet=as_json), "published")
        path = runner.document(author, waiting.report.id, "docx")
    body = {
        "status": published.status,
        "report": waiting.report.model_dump(mode="json"),
        "document": str(path),
        "facts": len(drafted.facts),
        "seconds": drafted.seconds,
    }
    if as_json:
        emit(body)
    else:
        print(f"Word 文件：{path}")
    return 0


def _expect(answer: Answer, status: str) -> Answer:
    if answer.status != status:
        raise GmaError(f"主流程停在「{answer.status}」：{answer.text}", "请按提示处理后重试。")
    return answer
