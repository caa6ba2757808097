"""A table of findings: figures stand to the right, texts and texts with figures to the left."""

from __future__ import annotations

import pytest

from agent.drafting.book import Book
from agent.drafting.exhibits import table
from core.domain.finding import Finding
from knowledge.template_grammar import ColumnSpec, TableSpec


@pytest.mark.parametrize(
    ("cells", "side"),
    [
        (("{{F1:n}}", "{{F2:n}}"), "right"),
        (("{{F1}}", "—"), "right"),
        (("{{F1.yoy:n}}", "{{F2.yoy:n}}"), "right"),
        (("{{F1.name}}", "{{F2.name}}"), "left"),
        (("{{F1}}以内", "{{F2}}以内"), "left"),
        (("{{F1}}", "暂无"), "left"),
        (("—", "—"), "left"),
        (("大客户减产", "气温"), "left"),
    ],
)
def test_where_a_column_stands(cells: tuple[str, str], side: str) -> None:
    spec = TableSpec(
        id="t",
        caption="清单",
        findings=("plan_",),
        columns=(ColumnSpec(header="序号"), ColumnSpec(header="内容", cell="shown")),
    )
    findings = [
        Finding(
            id=f"P{at}", kind="plan_a", severity="关注", title="甲", text="乙。", org="99401", cells={"shown": cell}
        )
        for at, cell in enumerate(cells)
    ]
    made = table(spec, Book({}), findings)
    assert made is not None and [column.align for column in made.columns] == ["center", side]
    assert [row[1] for row in made.rows] == list(cells)
