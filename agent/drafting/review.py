"""The section 数据质量与跨系统核对: what was set against what, what it came to, and how good the data is."""

from __future__ import annotations

from agent.drafting.book import Book
from agent.drafting.exhibits import SOURCE_LABELS, token
from core.domain.fact import STATUS_LABELS, Fact
from core.domain.report import Block, Column, Paragraph, Table
from core.domain.tokens import natural_unit
from knowledge.quality import ASPECTS, reconcile_rules

NOTES = (
    "差异为前者减后者，差异率以较大一方为基数；容差与归因规则见附件所列口径。",
    "“未核对”的项目没有结论，不代表没有差异。",
)


def review_blocks(book: Book) -> list[Block]:
    """Tables first announced, then explained; [] where nothing could be reviewed at all."""
    if not any(fact.status in {"ok", "partial"} for fact in book.groups.get("check_odd", ())):
        return []
    texts = [text for text in (_verdict(book), _causes(book), _scores(book), _detected(book), _cleaned(book)) if text]
    tables: list[Table] = [table for table in (_checks(book), _score_table(book)) if table is not None]
    names = "、".join(f"[[ref:{table.id}]]" for table in tables)
    announced: list[Block] = [Paragraph(text=f"具体情况见{names}。")] if names else []
    return [*(Paragraph(text=text) for text in texts), *announced, *tables]


def beyond(fact: Fact) -> bool:
    return fact.params.get("within") is False


def _verdict(book: Book) -> str:
    checks = book.groups.get("check_odd", ())
    out = [fact for fact in checks if beyond(fact)]
    unread = [fact for fact in checks if fact.value is None]
    said = "各项跨系统核对均在容差以内" if not out else f"容差以外的核对有：{'、'.join(_name(fact) for fact in out)}"
    if out and len(out) + len(unread) < len(checks):
        said += "，其余在容差以内"
    if unread:
        groups: dict[str, list[str]] = {}
        for fact in unread:
            groups.setdefault(STATUS_LABELS[fact.status], []).append(_name(fact))
        said += "；" + "；".join(f"{'、'.join(names)}因{why}未核对" for why, names in groups.items())
    return said + "。"


def _name(fact: Fact) -> str:
    return fact.by.label if fact.by else fact.name


def _causes(book: Book) -> str:
    """Each check's exceptions, explained as far as the evidence goes."""
    parts = []
    for fact in book.groups.get("check_odd", ()):
        if not fact.value or fact.by is None:
            continue
        numbers = [item for item in book.groups.get("cause", ()) if item.by and _of(item.by.key, fact.by.key)]
        moved = {item.by.key: item for item in book.groups.get("moved", ()) if item.by}
        shown = []
        for number in numbers:
            size = moved.get(number.by.key) if number.by else None
            shown.append(token(number, "label") + token(number) + (f"（差异{token(size)}）" if size else ""))
        parts.append(f"{_name(fact)}核对例外{token(fact)}，其中{'、'.join(shown)}")
    return f"例外及原因：{'；'.join(parts)}。" if parts else ""


def _of(key: str, check: str) -> bool:
    """Whether a cause (`tg.high`) belongs to a check."""
    return key.split(".")[0] == check


def _scores(book: Book) -> str:
    good = [fact for fact in book.groups.get("score", ()) if fact.has_value]
    low = [fact for fact in good if fact.params.get("low")]
    if not low:
        return f"数据质量评分：{'、'.join(token(f, 'label') + '为' + token(f) for f in good)}。" if good else ""
    named = "、".join(token(fact, "label") + "为" + token(fact) for fact in low)
    weak = []
    for fact in low:
        parts = [book.member(f"score_{name}", fact.by.key) for name in ASPECTS] if fact.by else []
        weak += [f"{token(p, 'label')}{token(p, 'name')}为{token(p)}" for p in parts if p and p.value and p.value < 99]
    return f"数据质量说明：{named}，低于评分门槛，使用相关数字时请注意{'；' + '、'.join(weak) if weak else ''}。"


def _detected(book: Book) -> str:
    found = list(book.groups.get("detected", ()))
    kwh = {fact.by.key: fact for fact in book.groups.get("detected_kwh", ()) if fact.by}
    parts = []
    for fact in found:
        size = kwh.get(fact.by.key) if fact.by else None
        parts.append(token(fact, "label") + token(fact) + (f"（涉及电量{token(size)}）" if size else ""))
    said = f"质量探测检出：{'、'.join(parts)}。" if parts else ""
    unread = [_name(fact) for fact in book.groups.get("undetected", ())]
    return said + (f"{'、'.join(unread)}未能探测，不代表没有问题。" if unread else "")


def _cleaned(book: Book) -> str:
    rules, raw, clean = book.groups.get("aside", ()), book.scalar("raw"), book.scalar("clean")
    if not rules or raw is None or clean is None:
        return ""
    shown = "、".join(f"{token(fact, 'label')}{token(fact)}" for fact in rules)
    tail = "隔离的坏行超过门槛，日冻结电量暂不可用。" if clean.params.get("refused") else ""
    if clean.value == raw.value:
        return f"日冻结电量按清洗规则隔离：{shown}，原值未改。{tail}"
    return (
        f"日冻结电量按清洗规则隔离：{shown}；清洗前{token(raw)}，清洗后{token(clean)}，"
        f"原值未改，正文指标仍按来源原值计算。{tail}"
    )


def _checks(book: Book) -> Table | None:
    rows: list[tuple[str, ...]] = []
    for odd in book.groups.get("check_odd", ()):
        if odd.by is None:
            continue
        key = odd.by.key
        spec = reconcile_rules().checks[key]
        left, right, gap, rate = (book.member(f"check_{name}", key) for name in ("left", "right", "gap", "rate"))
        about = f"{spec.name}：{spec.left}与{spec.right}"
        if left is None or right is None or gap is None or left.value is None:
            rows.append((about, "—", "—", "—", "—", "—", "—", f"未核对（{STATUS_LABELS[odd.status]}）"))
            continue
        largest = max(abs(left.value), abs(right.value or left.value))
        shown = natural_unit(left.unit, largest)
        cells = [token(fact, "", f"n:{shown}") for fact in (left, right, gap)]
        share = token(rate, "", "n") if rate is not None else "—"
        verdict = ("容差以外" if beyond(odd) else "容差以内") + ("（数据不全）" if odd.status == "partial" else "")
        # exceptions are counted in a unit of their own, not in the row's
        rows.append((about, _unit(left.unit, shown), *cells, share, token(odd), verdict))
    if not rows:
        return None
    heads = (("核对内容", 3.0), ("单位", 1.0), ("前者", 1.5), ("后者", 1.5), ("差异", 1.2), ("差异率", 1.0),
             ("例外", 1.0), ("结论", 1.4))  # fmt: skip
    columns = tuple(
        Column(header=head, width=width, unit="%" if head == "差异率" else "",
               align="left" if at == 0 else "center" if head in {"单位", "结论"} else "right")
        for at, (head, width) in enumerate(heads)
    )  # fmt: skip
    return Table(id="reconciliation", caption="跨系统核对", columns=columns, rows=tuple(rows), notes=NOTES)


def _unit(unit: str, shown: str) -> str:
    return {"kWh": "千瓦时", "kVA": "千伏安"}.get(shown, shown)


def _score_table(book: Book) -> Table | None:
    rows = []
    for fact in book.groups.get("score", ()):
        if fact.by is None:
            continue
        name = SOURCE_LABELS.get(fact.by.key, fact.by.label)
        parts = [book.member(f"score_{part}", fact.by.key) for part in ASPECTS]
        if fact.value is None:
            rows.append((name, *("—" for _ in ASPECTS), STATUS_LABELS[fact.status]))
            continue
        rows.append((name, *(token(part, "", "n") if part else "—" for part in parts), token(fact, "", "n")))
    if not any(fact.has_value for fact in book.groups.get("score", ())):
        return None
    heads = ("来源", *(f"{label}率" for label in ASPECTS.values()), "评分")
    columns = tuple(
        Column(header=head, unit="%", align="right") if at else Column(header=head, align="left", width=1.6)
        for at, head in enumerate(heads)
    )
    return Table(id="quality_scores", caption="数据质量评分", columns=columns, rows=tuple(rows))
