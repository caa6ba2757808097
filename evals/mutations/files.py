"""Mutations of real files: a run of a Word or PowerPoint file rewritten, a PDF typeset from a false report."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from core.domain.labels import report_labels
from core.domain.report import ReportContent
from evals.mutations import Mutation
from evals.mutations.contents import content_mutations
from evals.mutations.texts import MUTATORS

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_PARTS = {"docx": r"word/document\.xml$", "pptx": r"ppt/(?:slides/slide(?!1\.xml)\d+|charts/chart\d+)\.xml$"}
_SIGNED = re.compile(r"^\d{4}年\d{1,2}月\d{1,2}日$")


def file_mutations(
    path: Path, content: ReportContent, names: Sequence[str], kind: str, count: int, rng: Random, folder: Path
) -> Iterator[tuple[Mutation, Path]]:
    """Up to `count` false files of one kind, each written to `folder` and to be read again."""
    form = path.suffix.removeprefix(".")
    if form == "pdf":
        yield from _typeset(path, content, kind, count, rng, folder)
        return
    with zipfile.ZipFile(path) as file:
        held = {item.filename: file.read(item) for item in file.infolist()}
    parts = [name for name in held if re.match(_PARTS[form], name)]
    places = [(name, at) for name in parts for at, _ in _nodes(_tree(held[name]))]
    rng.shuffle(places)
    made = 0
    for name, at in places:
        if made >= count:
            return
        tree = _tree(held[name])
        node = dict(_nodes(tree))[at]
        new = MUTATORS[kind](node.text, names, rng)
        if new is None or new == node.text:
            continue
        made += 1
        mutation = Mutation(kind, f"{name}#{at}", node.text, new)
        node.text = new
        out = folder / f"{kind}-{made}{path.suffix}"
        _write(out, held | {name: _bytes(tree)})
        yield mutation, out


def _nodes(tree: Any) -> Iterator[tuple[int, Any]]:
    """Text nodes that say something of the report: no notes of facts, nothing of the cover, no date of signature."""
    covered = tree.find(f"{_W}body") is not None
    for at, node in enumerate(tree.iter(f"{_W}t", f"{_W}sectPr", f"{_A}t", f"{_C}v")):
        if node.tag == f"{_W}sectPr":
            covered = False
            continue
        style = node.getparent().find(f"{_W}rPr/{_W}rStyle")
        if covered or style is not None or not (node.text or "").strip() or _SIGNED.match(node.text):
            continue
        yield at, node


def _typeset(
    path: Path, content: ReportContent, kind: str, count: int, rng: Random, folder: Path
) -> Iterator[tuple[Mutation, Path]]:
    from tools.documents import DocumentMeta, export

    for made, (mutation, false) in enumerate(content_mutations(content, kind, count, rng)):
        meta = DocumentMeta("R1-0-0-0001", 1, content.hash(), "草稿")
        labels = report_labels(content.org_name, content.period)
        yield mutation, export("pdf", false, labels, meta, folder / f"{path.stem}-{kind}-{made}.pdf")


def _tree(data: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def _bytes(tree: Any) -> bytes:
    from lxml import etree

    out: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return out


def _write(out: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
