"""What the rules look at: texts with their place and kind, words with their kind, peers, and how findings are told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.domain.fact import By, Fact
from core.domain.finding import Finding
from core.domain.period import Period
from core.domain.report import Chart, Column, Listing, Paragraph, Point, ReportContent, Section, Series, Table
from core.errors import Broken, NotFound
from tools.checks import Check, Hit, PageCheck, _distinct, _results, check_file, content_checks, page_checks
from tools.checks.context import Context, Text, context_of, without_references
from tools.checks.lexicon import lexicon_of, org_names, spellings
from tools.checks.proof.claims import claims_of
from tools.checks.sentences import sentences

# how findings are told ---------------------------------------------------------------------------------------------


def ran(hits: Iterable[Hit], *, level: str = "error", final: bool = False) -> list[tuple[bool, str, str, bool]]:
    check = Check("x", "规则", lambda context: (), level, final)  # type: ignore[arg-type]
    return [(item.passed, item.level, item.text, item.final) for item in _results(check, hits)]


def test_a_rule_that_finds_nothing_has_passed() -> None:
    assert ran(()) == [(True, "error", "", False)] and ran((), level="warn") == [(True, "warn", "", False)]


def test_a_finding_has_the_level_of_its_rule_unless_it_has_its_own() -> None:
    one, own = Hit("第1段", "甲", "改"), Hit("第1段", "乙", "改", "warn")
    assert ran((one, own)) == [(False, "error", "甲", False), (False, "warn", "乙", False)]
    assert ran((one,), level="warn") == [(False, "warn", "甲", False)]


def test_a_mild_rule_may_find_an_error_but_a_pack_that_softens_a_file_rule_softens_all() -> None:
    worse = Hit("第1段", "甲", "改", "error")
    assert ran((worse,), level="warn") == [(False, "error", "甲", False)]
    for level in ("warn", "error"):
        rule = PageCheck("x", "规则", lambda pages, context: (), level)  # type: ignore[arg-type]
        assert [item.level for item in _results(rule, (worse, Hit("第2段", "乙", "改")))] == [level, level]
        assert [item.level for item in _results(rule, (Hit("第1段", "甲", "改", "warn"),))] == ["warn"]


def test_what_is_final_cannot_be_waived() -> None:
    one, last = Hit("第1段", "甲", "改"), Hit("第1段", "乙", "改", final=True)
    assert [item[3] for item in ran((one, last))] == [False, True]
    assert [item[3] for item in ran((one, last), final=True)] == [True, True]
    assert not PageCheck("x", "规则", lambda pages, context: ()).final
    assert not Check("x", "规则", lambda context: ()).final
    assert PageCheck("x", "规则", lambda pages, context: ()).formats == {"docx"}


def test_the_same_finding_is_told_once() -> None:
    assert len(ran((Hit("第1段", "甲", "改"), Hit("第1段", "甲", "改"), Hit("第2段", "甲", "改")))) == 2
    assert len(ran(Hit("第1段", "甲", "改", mend=mend) for mend in (lambda: None, lambda: None))) == 1


def test_two_rules_of_one_name_are_refused() -> None:
    one = Check("x", "规则", lambda context: ())
    assert _distinct([one, Check("y", "规则", lambda context: ())])
    with pytest.raises(Broken, match="重名"):
        _distinct([one, one])


def test_rules_come_in_the_order_of_their_names() -> None:
    assert [check.id for check in content_checks()] == sorted(check.id for check in content_checks())
    assert len({check.id for check in page_checks()}) == len(page_checks())


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="没有文件"):
        check_file(tmp_path)


# texts -------------------------------------------------------------------------------------------------------------


def fact(at: int, value: str | None = "1", **more: object) -> Fact:
    own: dict[str, object] = {
        "id": f"F{at}",
        "indicator": "A02",
        "name": "售电量",
        "value": None if value is None else Decimal(value),
        "unit": "kWh",
        "period": Period.month(2026, 10),
        "org": "99401",
        "org_name": "国网云州供电公司",
    }
    return Fact.model_validate(own | more)


def report(*facts: Fact, sections: tuple[Section, ...] = (), findings: tuple[Finding, ...] = ()) -> ReportContent:
    return ReportContent(
        title="营销月报",
        template="R1",
        org="99401",
        org_name="国网云州供电公司",
        period=Period.month(2026, 10),
        sections=sections,
        facts=facts,
        findings=findings,
    )


def test_every_text_has_its_place_and_kind() -> None:
    table = Table(
        id="t",
        caption="电量",
        columns=(Column(header="序号"), Column(header="单位"), Column(header="电量", unit="kWh")),
        rows=(("1", "{{F1.label}}", "{{F1:n}}"), ("3", "合计", "{{F2:n}}")),
        unit_note="单位：千瓦时",
        notes=("暂估。",),
    )
    chart = Chart(
        id="c",
        caption="走势",
        form="bar",
        categories=("甲", "乙"),
        series=(Series(name="本月", points=(Point(fact="F1"), None)), Series(name="上月", points=(Point(fact="F2"),))),
        unit="千瓦时",
        source="营销2.0",
        alt="柱形",
    )
    blocks = (Paragraph(text="一。"), table, Paragraph(text="二。"), Listing(items=("甲。", "乙。")), chart)
    told = {"id": "D1", "kind": "usage_drop", "severity": "异常", "org": "99401", "facts": ()}
    finding = Finding.model_validate(told | {"title": "下滑", "text": "下滑了。", "suggestion": "走访。"})
    sections = (Section(id="s", heading="总体", blocks=blocks), Section(id="n", heading="其他", thin="从略。"))
    found = context_of(report(fact(1), fact(2), sections=sections, findings=(finding,))).texts
    assert [(item.place, item.source, item.kind, item.section) for item in found] == [
        ("报告标题", "营销月报", "title", ""),
        ("「总体」标题", "总体", "prose", "s"),
        ("「总体」第1段", "一。", "prose", "s"),
        ("表「电量」表题", "电量", "caption", "s"),
        ("表「电量」注", "单位：千瓦时", "header", "s"),
        ("表「电量」注", "暂估。", "header", "s"),
        ("表「电量」表头", "序号", "header", "s"),
        ("表「电量」表头", "单位", "header", "s"),
        ("表「电量」表头", "电量kWh", "header", "s"),
        ("表「电量」第1行「单位」", "{{F1.label}}", "cell", "s"),
        ("表「电量」第1行「电量」", "{{F1:n}}", "cell", "s"),
        ("表「电量」第2行「序号」", "3", "cell", "s"),
        ("表「电量」第2行「单位」", "合计", "cell", "s"),
        ("表「电量」第2行「电量」", "{{F2:n}}", "cell", "s"),
        ("「总体」第2段", "二。", "prose", "s"),
        ("「总体」第1条", "甲。", "prose", "s"),
        ("「总体」第2条", "乙。", "prose", "s"),
        ("图「走势」文字", "走势", "caption", "s"),
        ("图「走势」文字", "柱形", "caption", "s"),
        ("图「走势」文字", "营销2.0", "caption", "s"),
        ("图「走势」文字", "本月", "caption", "s"),
        ("图「走势」文字", "上月", "caption", "s"),
        ("图「走势」类别", "甲", "category", "s"),
        ("图「走势」类别", "乙", "category", "s"),
        ("「其他」标题", "其他", "prose", "n"),
        ("「其他」从略说明", "从略。", "prose", "n"),
        ("发现「下滑」", "下滑", "prose", ""),
        ("发现「下滑」", "下滑了。", "prose", ""),
        ("发现「下滑」的建议", "走访。", "advice", ""),
    ]
    assert [(item.before, item.after) for item in found if item.place.endswith("段")] == [(0, 2), (2, 2)]
    assert [item.facts for item in found if item.kind == "category"] == [("F1", "F2"), ()]
    assert {item.facts for item in found if item.place.startswith("表「电量」第1行")} == {("F1",)}


def exhibits() -> Context:
    columns = (Column(header="序号"), Column(header="单位"), Column(header="户数"))
    table = Table(id="t", caption="户数", columns=columns, rows=(("1", "甲", "1"), ("2", "乙"), ("2", "丙", "3")))
    points = (Point(fact="F1"),)
    series = (Series(name="", points=points), Series(name="短", points=()))
    chart = Chart(
        id="c", caption="走势", form="bar", categories=("甲", "乙"), series=series, unit="户", alt="", source=""
    )
    return context_of(report(fact(1), sections=(Section(id="s", heading="总体", blocks=(table, chart)),)))


def test_only_a_row_s_own_number_is_no_cell_and_what_is_empty_is_no_text() -> None:
    texts = exhibits().texts
    assert [item.source for item in texts if item.kind == "cell"] == ["甲", "1", "乙", "2", "丙", "3"]
    assert [item.source for item in texts if item.place == "图「走势」文字"] == ["走势", "短"]
    assert [item.facts for item in texts if item.kind == "category"] == [("F1",), ()]


def test_a_paragraph_counts_what_is_listed_beside_it() -> None:
    blocks = (Paragraph(text="甲。"), Paragraph(text="乙。"), Listing(items=("丙。", "丁。")), Paragraph(text="戊。"))
    texts = context_of(report(sections=(Section(id="s", heading="总体", blocks=blocks),))).texts
    assert [(item.before, item.after) for item in texts if item.place.endswith("段")] == [(0, 0), (0, 2), (2, 0)]
    assert not any(item.before or item.after for item in texts if not item.place.endswith("段"))


def test_captions_and_notes_are_claims_and_cells_are_none() -> None:
    kinds = [text.kind for text, _ in exhibits().claims]
    assert kinds == ["title", "prose", "caption", "header", "header", "header", "caption", "caption"]


def test_a_report_is_laid_out_once_its_tokens_lead_somewhere() -> None:
    assert exhibits().laid and exhibits().expected.context.laid
    lost = Section(id="s", heading="总体", blocks=(Paragraph(text="{{F9}}。"),))
    assert context_of(report(sections=(lost,))).laid is None


def test_names_dates_and_what_prints() -> None:
    by = By(dim="org", key="9940104", label="望湖区")
    month = By(dim="month", key="2026-10", label="2026年10月")
    digits = By(dim="band", key="0", label="0.5")
    band = By(dim="band", key="1", label="0%～2%")
    day = By(dim="day", key="2026-10-08", label="10月8日")
    context = context_of(
        report(fact(1, by=by), fact(2, by=month), fact(3, by=digits), fact(4, by=band), fact(5, by=day))
    )
    assert context.phrases == {"国网云州供电公司", "云州", "售电量", "望湖区", "0%～2%"}
    assert "2026年10月" not in context.phrases and "0.5" not in context.phrases
    assert "2026年10月" in context.dates and context.titled == context.phrases | context.dates
    assert context.printed(Text("", "见[[ref:x]]。", "prose")) == ""
    assert context.printed(Text("", "完成{{F1:n}}。", "prose")) == "完成1.00。"
    assert context.printed(Text("", "完成{{F9}}。", "prose")) == ""
    assert without_references("见[[ref:x]]。") == "见表。"
    assert context.own_unit == min(spellings("国网云州供电公司"), key=len)


def test_advice_and_findings_are_known_by_their_words() -> None:
    base = {"kind": "usage_drop", "severity": "异常", "org": "99401", "facts": ()}
    told = (
        Finding.model_validate(base | {"id": "D1", "title": "甲", "text": "下滑。", "suggestion": "走访。"}),
        Finding.model_validate(base | {"id": "D2", "title": "乙", "text": "回升。", "suggestion": ""}),
    )
    context = context_of(report(findings=told))
    assert [item.source for item in context.texts if item.kind == "advice"] == ["走访。"]
    assert context.advice == {"走访。"} and context.found == "甲：下滑。\n乙：回升。"


def test_claims_are_what_a_reader_reads_as_a_statement() -> None:
    blocks = (Paragraph(text="平稳。有序。"), Listing(items=("加强。",)))
    context = context_of(report(sections=(Section(id="s", heading="总体", blocks=blocks),)))
    assert [(text.kind, len(said)) for text, said in context.claims] == [
        ("title", 1),
        ("prose", 1),
        ("prose", 2),
        ("prose", 1),
    ]


# peers -------------------------------------------------------------------------------------------------------------


def ids(found: Iterable[Fact]) -> list[str]:
    return sorted(item.id for item in found)


def county(at: int, **more: object) -> Fact:
    by = By(dim="org", key=f"99401{at:02d}", label=f"县{at}")
    return fact(at, by=by, org=f"99401{at:02d}", org_name=f"国网云州县{at}供电公司", **more)


def test_peers_are_the_other_members_of_one_split() -> None:
    last = Period.month(2026, 9)
    other = [
        county(5, name="购电量"),
        county(6, indicator="A03"),
        county(7, period=last),
        fact(8, by=By(dim="industry", key="1", label="工业")),
        fact(9),
    ]
    context = context_of(report(county(1), county(2), county(3, value=None, status="error"), *other))
    assert ids(context.peers(context.facts["F1"])) == ["F1", "F2"]
    assert ids(context.peers(context.facts["F8"])) == ["F8"]


def test_members_of_different_units_are_no_peers_and_months_are() -> None:
    def kind(at: int, org: str) -> Fact:
        return fact(at, by=By(dim="industry", key=str(at), label=f"行业{at}"), org=org)

    def month(at: int) -> Fact:
        period = Period.month(2026, at)
        return fact(at, by=By(dim="month", key=period.code, label=period.label), period=period)

    def day(at: int) -> Fact:
        period = Period(start=date(2026, 10, at - 30), end=date(2026, 10, at - 30), grain="day")
        return fact(at, by=By(dim="day", key=f"{period.start}", label=period.label), period=period)

    kinds = (kind(21, "99401"), kind(22, "99401"), kind(23, "9940104"))
    context = context_of(report(*kinds, month(1), month(2), day(31), day(32)))
    assert ids(context.peers(context.facts["F21"])) == ["F21", "F22"]
    assert ids(context.peers(context.facts["F1"])) == ["F1", "F2"]
    assert ids(context.peers(context.facts["F31"])) == ["F31", "F32"]


def test_units_without_a_split_are_peers_on_one_level() -> None:
    plain = [fact(at, org=f"99401{at:02d}") for at in (1, 2, 3)]
    others = [
        fact(4),
        fact(5, org="9940105", indicator="A03"),
        fact(6, org="9940106", period=Period.month(2026, 9)),
        fact(7, org="9940107", value=None, status="error"),
        fact(8, org="9940108", name="购电量"),
        fact(10, org="9940109", by=By(dim="industry", key="1", label="工业")),
    ]
    context = context_of(report(*plain, *others))
    assert ids(context.peers(context.facts["F1"])) == ["F1", "F2", "F3"]
    assert ids(context.peers(context.facts["F4"])) == ["F4"]


def test_current_facts_are_those_of_the_report_s_period_and_the_unit() -> None:
    last = Period.month(2026, 9)
    split = fact(3, by=By(dim="industry", key="1", label="工业"))
    context = context_of(report(fact(1), fact(2, period=last), split, county(4), fact(5, name="购电量")))
    own = context.own_unit
    assert ids(context.current("售电量", own)) == ["F1"]
    assert ids(context.current("售电量", "县4")) == ["F4"]
    assert context.current("线损率", own) == [] and context.of_member("无此户") == []
    assert ids(context.of_member("工业")) == ["F3"]


# words -------------------------------------------------------------------------------------------------------------


def test_ways_to_say_a_unit() -> None:
    assert {"国网云州望湖区供电公司", "望湖区"} <= spellings("国网云州望湖区供电公司")
    assert spellings("国网云州供电公司") == {"国网云州供电公司", "云州"}
    assert spellings("") == frozenset() and spellings("国网甲供电公司") == {"国网甲供电公司"}
    assert "望湖区" in org_names(county(1).model_copy(update={"by": By(dim="org", key="9940101", label="望湖区")}))


def test_a_row_of_another_unit_is_not_said_by_the_report_s_own_name() -> None:
    own = fact(1, by=By(dim="org", key="9940104", label="望湖区"))
    assert org_names(own) == spellings("望湖区")
    same = fact(1, by=By(dim="org", key="99401", label="云州公司"))
    assert org_names(same) == spellings("云州公司") | spellings("国网云州供电公司")


def words(text: str, *facts: Fact) -> list[tuple[str, str, str]]:
    return [(word.kind, word.text, word.key) for word in lexicon_of(facts, "国网云州供电公司").words(text)]


def test_a_text_is_cut_into_words_and_nothing_is_lost() -> None:
    customer = fact(2, by=By(dim="customer", key="1", label="望湖钢厂"))
    short = fact(3, by=By(dim="customer", key="2", label="甲"))
    band = fact(4, by=By(dim="band", key="2", label="高损台区"))
    text = "望湖钢厂售电量增长，甲为高损台区；连续三个月居首，保持平稳。"
    found = words(text, fact(1), customer, short, band)
    assert "".join(word for _, word, _ in found) == text
    assert found[:4] == [
        ("member", "望湖钢厂", "customer"),
        ("indicator", "售电量", ""),
        ("rise", "增长", ""),
        ("break", "，", ""),
    ]
    assert found[4:] == [
        ("text", "甲为高损台区", ""),
        ("break", "；", ""),
        ("streak", "连续三个月", ""),
        ("top", "居首", ""),
        ("break", "，", ""),
        ("text", "保", ""),
        ("noun", "持平稳", ""),
        ("stop", "。", ""),
    ]


@pytest.mark.parametrize(
    ("dim", "known"),
    [(dim, True) for dim in ("industry", "tariff_class", "customer", "tg", "biz_type", "voltage")]
    + [(dim, False) for dim in ("band", "month", "day", "cause")],
)
def test_members_are_known_by_name(dim: str, known: bool) -> None:
    made = fact(1, by=By(dim=dim, key="1", label="望湖钢厂"))
    assert words("望湖钢厂", made) == [("member", "望湖钢厂", dim) if known else ("text", "望湖钢厂", "")]


def test_the_longest_name_wins_and_an_indicator_s_name_over_a_member_s() -> None:
    short = fact(1, by=By(dim="customer", key="1", label="望湖"))
    long = fact(2, by=By(dim="customer", key="2", label="望湖钢厂"))
    same = fact(3, by=By(dim="customer", key="3", label="售电量"))
    found = words("望湖钢厂、望湖、售电量", short, long, same)
    assert [(kind, text) for kind, text, _ in found if kind != "break"] == [
        ("member", "望湖钢厂"),
        ("member", "望湖"),
        ("indicator", "售电量"),
    ]


def test_claims_of_a_printed_text_are_kept_for_each_lexicon() -> None:
    one, other = context_of(report(fact(1))).lexicon, context_of(report(fact(1, name="购电量"))).lexicon
    for lexicon, kind in ((one, "indicator"), (other, "rise"), (one, "indicator")):
        assert claims_of("售电量增长", lexicon, frozenset())[0].kind == kind


def test_strange_units_are_units() -> None:
    assert ("org", "国网云山供电公司", "国网云山供电公司") in words("由国网云山供电公司承办", fact(1))


@pytest.mark.parametrize(
    ("word", "kind", "key"),
    [
        ("同比", "base", "yoy"),
        ("环比", "base", "mom"),
        ("累计同比", "base", "ytd_yoy"),
        ("上月", "earlier", ""),
        ("本月", "now", ""),
        ("最低", "bottom", ""),
        ("居前", "leading", ""),
        ("靠后", "trailing", ""),
        ("由低到高", "ascending", ""),
        ("由高到低", "descending", ""),
        ("首次", "first", ""),
        ("高于", "above", ""),
        ("低于", "below", ""),
        ("下降", "fall", ""),
        ("持平", "flat", ""),
        ("降幅", "reversing", ""),
        ("未", "negation", ""),
        ("增长率", "noun", ""),
    ],
)
def test_the_house_s_words(word: str, kind: str, key: str) -> None:
    assert words(word) == [(kind, word, key)]


# sentences ---------------------------------------------------------------------------------------------------------


def atoms(text: str, context: Context) -> list[list[tuple[str, str, str, str]]]:
    return [[(atom.kind, atom.text, atom.field, atom.form) for atom in said] for said in sentences(text, context)]


def test_sentences_hold_figures_with_their_facts() -> None:
    customer = fact(2, by=By(dim="customer", key="1", label="望湖钢厂"))
    context = context_of(
        report(fact(1, compare={"rule": "pct", "yoy": Decimal(3)}), customer, fact(3, None, status="error"))
    )
    assert atoms("{{F1.name}}{{F1:n:万千瓦时}}，{{F1.yoy:abs}}。{{F3}}。", context) == [
        [
            ("indicator", "售电量", "value", ""),
            ("figure", "0.00", "value", "n:万千瓦时"),
            ("break", "，", "value", ""),
            ("figure", "3.00%", "yoy", "abs"),
        ],
        [("text", "取数失败", "value", "")],
    ]
    assert atoms("{{F2.label}}{{F1.org}}{{F1.unit}}{{F1.period}}", context)[0] == [
        ("member", "望湖钢厂", "value", ""),
        ("org", "国网云州供电公司", "value", ""),
        ("text", "千瓦时", "value", ""),
        ("when", "2026年10月", "value", ""),
    ]
    assert atoms("{{F9}}{{F1.best}}{{F1:万元}}{{F1.label:n}}{{F1.name:n}}{{F1.value}}{{nothing}}", context) == []


def test_tokens_of_names_say_whose_figure_it_is() -> None:
    customer = fact(2, by=By(dim="customer", key="1", label="望湖钢厂"))
    row = fact(3, by=By(dim="org", key="9940104", label="望湖区"))
    bare = fact(4, org_name="")
    context = context_of(report(fact(1), customer, row, bare))
    (said,) = sentences("{{F1.label}}{{F2.org}}{{F2.label}}{{F3.label}}{{F3.org}}{{F4.org}}{{F1: n }}", context)
    assert [(atom.kind, atom.text, atom.key, atom.form) for atom in said] == [
        ("org", "国网云州供电公司", context.own_unit, ""),
        ("org", "国网云州供电公司", context.own_unit, ""),
        ("member", "望湖钢厂", "customer", ""),
        ("org", "望湖区", "望湖区", ""),
        ("org", "国网云州供电公司", context.own_unit, ""),
        ("org", "99401", "99401", ""),
        ("figure", "1.00", "", "n"),
    ]
    assert [atom.fact and atom.fact.id for atom in said] == ["F1", "F2", "F2", "F3", "F3", "F4", "F1"]


def test_labels_of_time_have_their_periods() -> None:
    context = context_of(report(fact(1)))
    found = [
        atom
        for said in sentences("{{period}}{{ytd}}{{last_year}}{{previous}}{{next}}{{last_month}}", context)
        for atom in said
    ]
    own = Period.month(2026, 10)
    assert [(atom.kind, atom.key, atom.period) for atom in found] == [
        ("when", "period", own),
        ("when", "ytd", own.ytd()),
        ("when", "last_year", own.yoy()),
        ("when", "previous", own.mom()),
        ("when", "next", Period.month(2026, 11)),
        ("when", "last_month", own.last_month()),
    ]
    (unit,) = sentences("{{org}}", context)[0]
    assert (unit.kind, unit.key) == ("org", context.own_unit)
    assert {
        atom.kind for atom in sentences("{{cutoff}}", context_of(report(fact(1)), {"cutoff": "2026-11-02"}))[0]
    } == {"text"}
