"""The page: self-contained, every figure opens its card, nothing of the content becomes markup."""

from __future__ import annotations

import re

from core.domain.report import Paragraph, ReportContent
from tools.documents import DocumentMeta, exporters


def made(content: ReportContent, labels: dict[str, str], meta: DocumentMeta) -> str:
    return exporters()["html"].render(content, labels, meta).decode()


def test_nothing_is_loaded_from_anywhere(content: ReportContent, labels: dict[str, str], meta: DocumentMeta) -> None:
    page = made(content, labels, meta)
    assert "<script" not in page and "@import" not in page
    assert not re.findall(r'(?:src|href)="(?!#)[^"]+"', page)
    assert 'name="viewport"' in page


def test_every_figure_has_a_card(content: ReportContent, labels: dict[str, str], meta: DocumentMeta) -> None:
    page = made(content, labels, meta)
    opened = set(re.findall(r'data-fact="(F\d+)" popovertarget="card-\1"', page))
    assert opened == {fact.id for fact in content.facts}
    for fact in content.facts:
        card = page[page.index(f'id="card-{fact.id}"') :].split("</div>")[0]
        for words in (fact.caliber, "2026.1", "SELECT SUM(kwh_total)", "2026-11-02 06:30", fact.period.label):
            assert words in card
    assert re.search(r'<button[^>]*data-fact="F14"[^>]*>12\.36亿千瓦时</button>', page)


def test_ids_are_unique(content: ReportContent, labels: dict[str, str], meta: DocumentMeta) -> None:
    ids = re.findall(r'\bid="([^"]+)"', made(content, labels, meta))
    assert len(ids) == len(set(ids))


def test_content_is_escaped(content: ReportContent, labels: dict[str, str], meta: DocumentMeta) -> None:
    first = content.sections[0].model_copy(update={"blocks": (Paragraph(text="<img src=x onerror=alert(1)>"),)})
    page = made(content.model_copy(update={"sections": (first,)}), labels, meta)
    assert "<img" not in page and "&lt;img" in page


def test_the_label_stands_on_the_page(content: ReportContent, labels: dict[str, str], meta: DocumentMeta) -> None:
    assert made(content, labels, meta).count("本报告由人工智能辅助生成，经王建国审核") == 2


def test_marks_stay_with_their_figures(content: ReportContent, labels: dict[str, str], meta: DocumentMeta) -> None:
    """No line begins with a comma or ends with an opening bracket: a button alone would let it."""
    page = made(content, labels, meta)
    held = re.findall(r'<span class="kept">([（“《]?)<button[^>]*>[^<]*</button>([，。；、：）”》]*)</span>', page)
    assert {"（", ""} >= {before for before, _ in held} and {"，", "。"} <= {after for _, after in held}
    rest = re.sub(r'<span class="kept">.*?</span>', "", page)
    assert "<button" in rest and not re.search(r"</button>[，。；、：）”》]|[（“《]<button", rest)
    assert not re.search(r"</button></span>[，。；、：）”》]", page)
