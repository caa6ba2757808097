"""批注: remarks that nobody has resolved."""

from __future__ import annotations

from tools.checklist import Case, Item, Said, remark


def _run(case: Case) -> Said:
    open_ = [comment for comment in case.comments if not comment.resolved_by]
    headings = {section.id: section.heading for section in case.content.sections}
    remarks = tuple(
        remark(
            "comments",
            f"{comment.actor}：{comment.text}",
            place=headings.get(comment.section, "全文"),
            fix=f"答复并办结批注 {comment.id}。",
        )
        for comment in open_
    )
    said = f"共 {len(case.comments)} 条批注，{len(open_)} 条未办结" if case.comments else "没有批注"
    return Said(said, remarks)


ITEM = Item("comments", "批注办结", 85, (), _run)
