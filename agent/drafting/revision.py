"""An author's wish for a draft, in words: take one change out of the sentence and apply it to the content.

Known wishes: the title; a section's text replaced, extended, shortened or removed; a section added; a measure added; a
chart's form, order or span; a table or chart removed. What the sentence supplies as text goes in as it is: the checks
then refuse a figure without a fact. Pure; nothing is stored here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.drafting.chart_edits import reshaped
from core.domain.report import Block, Chart, Listing, Paragraph, ReportContent, Section, Table
from core.errors import BadRequest
from tools.documents.numbering import exhibit_names

_NUMBERS = {word: at for at, word in enumerate("一二三四五六七八九十", 1)}
_CANNOT = (
    "可以说：「把总体情况改成：……」「在存在的主要问题里补充一条：……」「删掉第三部分」「图1换成折线图」「撤销上一步」。"
)
_REMOVE = re.compile(r"删|去掉|去除|不要")
_SHORTEN = re.compile(r"精简|缩短|简化|压缩|短(?:一)?点|太长|简洁")
_SUPPLIED = re.compile(r"[:：]\s*[「“\"]?(.+?)[」”\"]?\s*$", re.S)
_TITLE = re.compile(r"(?:报告)?标题(?:改|换|改写)?(?:成|为|作)\s*[:：]?\s*[「“\"]?(.+?)[」”\"]?\s*$")
_KEPT = 2
"""Sentences that a shortened paragraph keeps."""


def revise(text: str, content: ReportContent) -> tuple[ReportContent, str]:
    """The changed content and what was done, in words; raises BadRequest with examples for a wish not understood."""
    title = _TITLE.search(text)
    if title:
        return content.model_copy(update={"title": title[1].strip("。 ")}), "标题已改"
    supplied = _SUPPLIED.search(text)
    wish = text[: supplied.start()] if supplied else text
    words = supplied[1].strip() if supplied else ""
    exhibit = _exhibit(wish, content)
    if exhibit is not None:
        return _on_exhibit(wish, content, exhibit)
    if words and re.search(r"(?:增加|新增|添加|补充|加)(?:一)?[节章]", wish):
        return _new_section(wish, words, content)
    at = _section(wish, content)
    if at is None:
        raise BadRequest(
            "没有看懂要改报告的哪一处。", f"本报告的章节：{'、'.join(s.heading for s in content.sections)}。{_CANNOT}"
        )
    section = content.sections[at]
    if words:
        return _with_words(wish, words, content, at)
    if re.search(r"图", wish) and (chart := next((b for b in section.blocks if isinstance(b, Chart)), None)):
        return _on_exhibit(wish, content, chart)
    if _REMOVE.search(wish):
        return _without_section(content, at), f"已删去「{section.heading}」"
    if _SHORTEN.search(wish):
        return _replace(content, at, _shortened(section)), f"「{section.heading}」已精简"
    raise BadRequest(f"「{section.heading}」要改成什么还不清楚。", _CANNOT)


def _section(wish: str, content: ReportContent) -> int | None:
    """The section that a wish names: 第三部分 counts headings of the first level, else the longest heading said."""
    number = re.search(r"第([一二三四五六七八九十]|\d{1,2})(?:个)?(?:章|部分|大?节)", wish)
    heads = [at for at, section in enumerate(content.sections) if section.level == 1]
    if number:
        n = _NUMBERS.get(number[1]) or int(number[1])
        return heads[n - 1] if 1 <= n <= len(heads) else None
    said = [(len(s.heading), -at) for at, s in enumerate(content.sections) if s.heading in wish]
    if said:
        return -max(said)[1]
    parts = [(_shared(wish, s.heading), -at) for at, s in enumerate(content.sections)]
    best = max(parts, default=(0, 0))
    return -best[1] if best[0] >= 2 else None


def _shared(wish: str, heading: str) -> int:
    """The length of the longest piece of a heading that the wish holds."""
    sizes = range(len(heading), 1, -1)
    return next((n for n in sizes for at in range(len(heading) - n + 1) if heading[at : at + n] in wish), 0)


def _exhibit(wish: str, content: ReportContent) -> Table | Chart | None:
    """图1, 表3 or the caption of a table or chart."""
    names = exhibit_names(content)
    blocks = [b for s in content.sections for b in s.blocks if isinstance(b, Table | Chart)]
    number = re.search(r"([图表])\s*(\d{1,2}|[一二三四五六七八九十])", wish)
    if number:
        wanted = f"{number[1]}{_NUMBERS.get(number[2]) or int(number[2])}"
        found = next((block for block in blocks if names[block.id] == wanted), None)
        if found is None:
            raise BadRequest(f"报告里没有{wanted}。", f"有：{'、'.join(names[block.id] for block in blocks)}。")
        return found
    return next((block for block in blocks if block.caption in wish), None)


def _on_exhibit(wish: str, content: ReportContent, block: Table | Chart) -> tuple[ReportContent, str]:
    name = exhibit_names(content)[block.id]
    if _REMOVE.search(wish):
        return _mapped(content, block, None), f"已删去{name}「{block.caption}」"
    if isinstance(block, Chart):
        made, said = reshaped(wish, block, content.fact_map())
        return _mapped(content, block, made), f"{name}「{block.caption}」{said}"
    raise BadRequest(f"{name}可以删去，不能换样式。", _CANNOT)


def _mapped(content: ReportContent, old: Block, new: Block | None) -> ReportContent:
    """The block replaced or taken out, together with the references to it."""
    sections = []
    for section in content.sections:
        blocks: list[Block] = []
        for block in section.blocks:
            if block is old:
                blocks += [new] if new else []
            elif new is None and isinstance(block, Paragraph) and isinstance(old, Table | Chart):
                blocks += _unreferenced(block, old.id)
            else:
                blocks.append(block)
        thin = section.thin if blocks or not section.blocks else "本部分从略。"
        sections.append(section.model_copy(update={"blocks": tuple(blocks), "thin": thin}))
    return content.model_copy(update={"sections": tuple(sections)})


def _unreferenced(block: Paragraph, name: str) -> list[Block]:
    mark = f"[[ref:{name}]]"
    if mark not in block.text:
        return [block]
    text = block.text.replace(f"{mark}、", "").replace(f"、{mark}", "").replace(mark, "")
    return [] if text == "具体情况见。" else [Paragraph(text=text)]


def _new_section(wish: str, words: str, content: ReportContent) -> tuple[ReportContent, str]:
    named = re.search(r"[节章]\s*[「“\"]?([^「」“”\"，,：:]{2,20})", wish)
    heading = named[1].strip() if named else "补充说明"
    made = Section(id=f"added_{len(content.sections)}", heading=heading, blocks=(Paragraph(text=_ended(words)),))
    return content.model_copy(update={"sections": (*content.sections, made)}), f"已增加「{heading}」"


def _with_words(wish: str, words: str, content: ReportContent, at: int) -> tuple[ReportContent, str]:
    """Text that the author supplies: an item, a further paragraph, or in place of the section's own paragraphs."""
    section = content.sections[at]
    if re.search(r"条|措施|建议|策略", wish) and re.search(r"补充|增加|添加|加", wish):
        lists = [block for block in section.blocks if isinstance(block, Listing)]
        if lists:
            longer = Listing(items=(*lists[-1].items, _ended(words)))
            blocks = tuple(longer if block is lists[-1] else block for block in section.blocks)
        else:
            blocks = (*section.blocks, Listing(items=(_ended(words),)))
        return _replace(content, at, blocks), f"「{section.heading}」已补充一条"
    if re.search(r"改成|改为|改写|换成|重写", wish):
        rest = [b for b in section.blocks if not isinstance(b, Paragraph) or "[[ref:" in b.text]
        return _replace(content, at, (Paragraph(text=_ended(words)), *rest)), f"「{section.heading}」已改写"
    return _replace(content, at, (*section.blocks, Paragraph(text=_ended(words)))), f"「{section.heading}」已补充一段"


def _shortened(section: Section) -> tuple[Block, ...]:
    def short(block: Block) -> Block:
        if not isinstance(block, Paragraph):
            return block
        sentences = re.findall(r"[^。]+。", block.text)
        return Paragraph(text="".join(sentences[:_KEPT])) if len(sentences) > _KEPT else block

    made = tuple(map(short, section.blocks))
    if made == section.blocks:
        raise BadRequest(f"「{section.heading}」已经很短，没有可以精简的句子。", _CANNOT)
    return made


def _replace(content: ReportContent, at: int, blocks: Sequence[Block]) -> ReportContent:
    new = content.sections[at].model_copy(update={"blocks": tuple(blocks), "thin": ""})
    return content.model_copy(update={"sections": (*content.sections[:at], new, *content.sections[at + 1 :])})


def _without_section(content: ReportContent, at: int) -> ReportContent:
    """A heading of the first level takes the parts below it along."""
    end = at + 1
    if content.sections[at].level == 1:
        while end < len(content.sections) and content.sections[end].level == 2:
            end += 1
    left = (*content.sections[:at], *content.sections[end:])
    if not any(section.level == 1 for section in left):
        raise BadRequest("这是报告仅有的部分，不能删去。", _CANNOT)
    return content.model_copy(update={"sections": left})


def _ended(words: str) -> str:
    return words if words.endswith(("。", "！", "？")) else words.rstrip("，；,; ") + "。"
