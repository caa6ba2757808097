"""An external question set: one line a question over an uploaded table, answered by the one sandboxed tool.

A line: `{id, question, file (or file_name), answer (or common_answers), constraints?, format?}`; table files stand
beside the question file (or in its folder `tables`). What nobody can map counts as unanswered.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agent.limits import Limits
from agent.table_questions import by_model, by_rule
from core.errors import BadRequest, GmaError
from evals.exam import Exam
from evals.scorers.external import wrong
from evals.suites import Result, Score
from tools.workbook import Workbook

LABEL = "外部题库"


def run(exam: Exam) -> Result:
    if exam.file is None:
        return Result(skipped="没有给题库文件（--file）")
    result = Result()
    answered = 0
    for case in exam.chosen(list(_questions(exam.file))):
        begun = time.monotonic()
        fault, how, tokens = _sat(exam, exam.file.parent, case)
        answered += how != "未作答"
        seconds = round(time.monotonic() - begun, 3)
        result.scores.append(Score(str(case["id"]), how, fault, str(case["question"])[:120], seconds, tokens, 1))
    total = len(result.scores) or 1
    right = sum(score.ok for score in result.scores)
    result.measures |= {
        "answered": round(100 * answered / total, 2),
        "right_of_answered": round(100 * right / answered, 2) if answered else 0.0,
    }
    return result


def _questions(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a question file; raises BadRequest with the number of a wrong one."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            answer = item["answer"] if "answer" in item else item["common_answers"]
            file = item.get("file") or item["file_name"]
            yield {
                "id": item.get("id", number),
                **item,
                "question": str(item["question"]),
                "file": file,
                "answer": answer,
            }
        except (ValueError, KeyError, TypeError) as error:
            raise BadRequest(f"题库第 {number} 行不是约定的格式。", "每行要有 question、file 和 answer。") from error


def _sat(exam: Exam, folder: Path, case: dict[str, Any]) -> tuple[str, str, int]:
    """(what is wrong, who answered, tokens)."""
    from agent.endpoint import Endpoint, EndpointFailed

    name = Path(case["file"]).name
    path = next((one for one in (folder / name, folder / "tables" / name) if one.is_file()), folder / name)
    tokens = 0
    try:
        book = Workbook(path)
    except GmaError as error:
        return str(error), "未作答", 0
    try:
        constraints, form = str(case.get("constraints", "")), str(case.get("format", ""))
        sql, how = by_rule(case["question"], constraints, book.columns()), "规则"
        if sql is None and exam.settings.llm_base_url:
            sql, tokens = by_model(
                Endpoint(exam.settings),
                case["question"],
                constraints,
                form,
                book.columns(),
                Limits.from_settings(exam.settings),
            )
            how = "语言模型"
        if sql is None:
            return "规则不能完整理解这道题，没有作答", "未作答", 0
        outcome = book.compute(sql)
        got = list(outcome.rows[0]) if len(outcome.rows) == 1 else [row[0] for row in outcome.rows]
        return wrong(case["answer"], got), how, tokens
    except EndpointFailed as failed:
        return str(failed), "未作答", tokens
    except GmaError as error:
        return str(error), "语言模型" if tokens else "规则", tokens
    finally:
        book.close()
