"""`gma template list | check | preview | export | import | remove | words`: templates without a line of Python."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.errors import BadRequest, NotFound
from core.settings import Settings
from ui.cli.output import emit


def template(arguments: argparse.Namespace) -> int:
    """Dispatch on the action; a wrong template lists every mistake and exits 1."""
    settings = Settings()
    acts = {"list": _list, "check": _check, "preview": _preview, "export": _export, "import": _import}
    acts |= {"remove": _remove, "words": _words}
    return acts[arguments.action](arguments, settings)


def _list(arguments: argparse.Namespace, settings: Settings) -> int:
    from core.store import Store
    from knowledge.template_library import BUILT_IN, mistakes, source, templates

    library, wrong = templates(settings), mistakes(settings)
    store = Store.open(settings)
    try:
        with store.begin() as unit:
            uses = unit.reports.uses()
    finally:
        store.close()
    total = sum(uses.values())
    again = sum(count - 1 for count in uses.values() if count > 1)
    rows = [
        {
            "id": item.id,
            "name": item.name,
            "version": item.version,
            "grains": list(item.grains),
            "approvers": item.approvers,
            "own": source(item.id, settings).parent != BUILT_IN,
            "uses": uses.get(item.id, 0),
        }
        for item in library.values()
    ]
    share = round(again / total * 100, 2) if total else None
    if arguments.json:
        emit({"status": "ok", "templates": rows, "reports": total, "reuse_pct": share, "problems": list(wrong)})
        return 0
    for row in rows:
        own = "　本单位" if row["own"] else ""
        print(f"{row['id']:<6}{row['name']}　版本 {row['version']}　用过 {row['uses']} 次{own}")
    print(f"共生成报告 {total} 份" + (f"，模板复用率 {share}%。" if share is not None else "。"))
    for problem in wrong:
        print(f"未启用　{problem}")
    return 0


def _check(arguments: argparse.Namespace, settings: Settings) -> int:
    from core.errors import Broken
    from knowledge.template_library import check, taken

    path = _file(arguments.subject)
    item = check(path)
    claimed = taken(item, settings)
    if claimed:
        raise Broken("模板有误：\n" + "\n".join(f"{path.name}：{said}" for said in claimed), "改好后再查一遍。")
    if arguments.json:
        emit({"status": "ok", "id": item.id, "name": item.name, "sections": len(item.sections)})
    else:
        print(f"模板 {item.id} {item.name} 可用，共 {len(item.sections)} 节。")
    return 0


def _preview(arguments: argparse.Namespace, settings: Settings) -> int:
    from agent.preview import drawn, preview, printed
    from core.domain.period import Period
    from knowledge.template_library import check, find
    from ui.cli.session import open_runner

    if not (arguments.org and arguments.period):
        raise BadRequest("预览要指明单位和统计期。", "例如 --org 望湖区 --period 2026-10。")
    path = Path(arguments.subject or "")
    item = check(path) if path.is_file() else find(settings, arguments.subject or "")
    try:
        period = Period.parse(arguments.period)
    except ValueError as error:
        raise BadRequest(str(error), "例如 2026-10、2026-Q3、2026-W43。") from error
    with open_runner(settings) as runner:
        content, checks = preview(runner, runner.actor(arguments.user), item, arguments.org, period)
    if arguments.out:
        drawn(content, Path(arguments.out), settings)
    failed = [result for result in checks if not result.passed]
    if arguments.json:
        emit({"status": "ok", "title": content.title, "text": printed(content), "facts": len(content.facts),
              "checks": [result.model_dump() for result in failed]})  # fmt: skip
        return 0
    print(printed(content))
    for result in failed:
        print(f"〔{'错误' if result.level == 'error' else '提示'}〕{result.place}：{result.text}　{result.fix}")
    return 0


def _export(arguments: argparse.Namespace, settings: Settings) -> int:
    from knowledge.template_library import find, source

    if not arguments.out:
        raise BadRequest("没有指明导出到哪个文件。", "请加 --out 文件名。")
    item = find(settings, arguments.subject or "")
    Path(arguments.out).write_text(source(item.id, settings).read_text(encoding="utf-8"), encoding="utf-8")
    if arguments.json:
        emit({"status": "ok", "id": item.id, "version": item.version, "out": arguments.out})
    else:
        print(f"已把模板 {item.id} {item.name}（版本 {item.version}）写入 {arguments.out}。")
    return 0


def _import(arguments: argparse.Namespace, settings: Settings) -> int:
    from knowledge.template_library import add

    item = add(_file(arguments.subject), settings)
    if arguments.json:
        emit({"status": "ok", "id": item.id, "name": item.name, "version": item.version})
    else:
        print(f"已导入模板 {item.id} {item.name}（版本 {item.version}），聊天中说「做一份{item.name}」即可使用。")
    return 0


def _remove(arguments: argparse.Namespace, settings: Settings) -> int:
    from knowledge.template_library import remove

    item, again = remove(arguments.subject or "", settings)
    said = f"已停用本单位的模板 {item.id} {item.name}，文件改名为 {item.id}.yaml.removed，改回来就恢复。"
    if arguments.json:
        emit({"status": "ok", "id": item.id, "built_in": again})
    else:
        print(said + ("现在用的是系统自带的那一个。" if again else ""))
    return 0


def _words(arguments: argparse.Namespace, settings: Settings) -> int:
    from knowledge.catalog import catalog
    from tools.indicators.engine import DIMENSIONS

    known = catalog()
    asked = (arguments.subject or "").strip()
    found = known.find(asked) if asked else None
    chosen = [found] if found else known.search(asked, 8) if asked else list(known.indicators.values())
    if not chosen:
        raise NotFound(f"没有指标「{asked}」。", "不写指标名可列出全部：gma template words。")
    if arguments.json:
        rows = [
            {"id": item.id, "name": item.name, "unit": item.unit, "by": list(item.dims), "parts": list(item.parts)}
            for item in chosen
        ]
        emit({"status": "ok", "indicators": rows})
        return 0
    for item in chosen:
        print(f"{item.name}　indicator: {item.id}　单位 {item.unit}")
        print("  by：" + ("、".join(f"{dim}（{DIMENSIONS[dim]}）" for dim in item.dims) or "不能拆分"))
        if item.parts:
            print("  part：" + "、".join(f"{key}（{part.name}）" for key, part in item.parts.items()))
    return 0


def _file(subject: str | None) -> Path:
    path = Path(subject or "")
    if not subject or not path.is_file():
        raise NotFound(f"没有文件「{subject or ''}」。", "请写模板 YAML 文件的路径。")
    return path
