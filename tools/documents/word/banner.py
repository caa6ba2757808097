"""版头 and 版记: the red head of an official paper or a brief, and the imprint at its end."""

from __future__ import annotations

from core.domain.report import ReportContent
from tools.documents import DocumentMeta
from tools.documents.cover import MARK
from tools.documents.shells import RED, banner_lines, copied, imprint_line
from tools.documents.word.markup import paragraph, run
from tools.documents.word.styles import FANGSONG, HEITI, KAITI, TITLE, fonts

_RIGHT = '<w:tabs><w:tab w:val="right" w:pos="{}"/></w:tabs>'


def banner_xml(content: ReportContent, meta: DocumentMeta) -> str:
    """Mark, red name, number or unit and period, red line."""
    name, left, right = banner_lines(content, meta)
    size = 96 if len(name) <= 8 else 64 if len(name) <= 13 else 48
    red = f'{fonts(TITLE)}<w:color w:val="{RED}"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
    line = f'<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="8" w:color="{RED}"/></w:pBdr>'
    tight = '<w:spacing w:before="{}" w:after="{}" w:line="240" w:lineRule="auto"/>'
    if left:
        inner = run(left, fonts(KAITI)) + "<w:r><w:tab/></w:r>" + run(right, fonts(KAITI))
        below = paragraph(inner, "CoverText", line + _RIGHT.format(8845) + tight.format(0, 240))
    else:
        below = paragraph(
            run(right, fonts(FANGSONG)), "CoverText", line + tight.format(0, 240) + '<w:jc w:val="center"/>'
        )
    return (
        paragraph(run(MARK, fonts(HEITI)), "CoverText")
        + paragraph(run(name, red), "CoverText", tight.format(500, 560) + '<w:jc w:val="center"/>')
        + below
    )


def imprint_xml(content: ReportContent, meta: DocumentMeta) -> str:
    """Whom copies go to, then issuer and date, between lines, 4号."""
    issuer, dated = imprint_line(content, meta)
    edge = 'w:val="single" w:sz="8" w:space="4" w:color="000000"'
    props = (
        f"<w:keepLines/><w:pBdr><w:top {edge}/><w:bottom {edge}/></w:pBdr>{_RIGHT.format(8565)}"
        '<w:spacing w:before="900" w:after="0" w:line="240" w:lineRule="auto"/>'
        '<w:ind w:leftChars="100" w:left="280" w:rightChars="100" w:right="280" w:firstLineChars="0" w:firstLine="0"/>'
        '<w:jc w:val="left"/>'
    )
    copies = copied(meta)
    thin = 'w:val="single" w:sz="6" w:space="4" w:color="000000"'
    above = "<w:keepNext/>" + props.replace(f"<w:bottom {edge}/>", f"<w:bottom {thin}/>")
    below = props.replace(f"<w:top {edge}/>", f"<w:top {thin}/>").replace('w:before="900"', 'w:before="0"')
    small = '<w:sz w:val="28"/><w:szCs w:val="28"/>'
    issued = run(issuer, small) + "<w:r><w:tab/></w:r>" + run(dated, small)
    if not copies:
        return paragraph(issued, "Imprint", props)
    return paragraph(run(copies, small), "Imprint", above) + paragraph(issued, "Imprint", below)
