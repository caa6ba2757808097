"""Every command with its options. Kept free of heavy imports: `gma --help` is instant."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from typing import Any, NoReturn

PROVERBS = {
    "usage: ": "用法：",
    "positional arguments": "参数",
    "options": "选项",
    "show this help message and exit": "显示帮助",
    "the following arguments are required: %s": "缺少参数：%s",
    "unrecognized arguments: %s": "不认识的参数：%s",
    "invalid choice: %(value)r (choose from %(choices)s)": "「%(value)s」不在可选值 %(choices)s 之中",
    "expected one argument": "后面要跟一个值",
    "invalid %(type)s value: %(value)r": "「%(value)s」不是有效的值",
    "argument %(argument_name)s: %(message)s": "参数 %(argument_name)s：%(message)s",
    "%(prog)s: error: %(message)s\n": "%(prog)s：%(message)s\n",
}


class Parser(argparse.ArgumentParser):
    """argparse in Chinese; wrong usage exits 2 and names the help."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message}\n请用 {self.prog} --help 查看用法。\n")


def command(path: str) -> Callable[[argparse.Namespace], int]:
    """A command's function, imported when it is called: `module:function` below `ui.cli`."""

    def run(arguments: argparse.Namespace) -> int:
        module, _, name = path.partition(":")
        code: int = getattr(importlib.import_module(f"ui.cli.{module}"), name)(arguments)
        return code

    return run


def build_parser() -> argparse.ArgumentParser:
    argparse._ = lambda text: PROVERBS.get(text, text)  # type: ignore[attr-defined]
    parser = Parser(prog="gma", description="国网智能营销报告：每个数字都有出处，未经审批不发布。")
    commands = parser.add_subparsers(title="命令", metavar="命令", dest="command", required=True)

    def add(name: str, path: str, text: str, *, actor: bool = False, json: bool = True) -> Any:
        sub = commands.add_parser(name, help=text, description=text)
        if actor:
            sub.add_argument("--as", dest="user", required=True, metavar="账号", help="以哪个账号的身份")
        if json:
            sub.add_argument("--json", action="store_true", help="只输出一个 JSON 对象")
        sub.set_defaults(run=command(path))
        return sub

    ask = add("ask", "chat:ask", "一次提问（与聊天是同一个智能体）", actor=True)
    ask.add_argument("text", metavar="问题")
    ask.add_argument("--thread", metavar="会话", help="接着哪个会话问")

    reports = add("reports", "reports:listing", "报告列表")
    reports.add_argument(
        "--as", dest="user", default="manager01", metavar="账号", help="以哪个账号的身份（默认 manager01）"
    )
    report = add("report", "reports:show", "一份报告：章节、事实、发现、校验、版本、状态、哈希", actor=True)
    report.add_argument("id", metavar="报告编号")
    submit = add("submit", "reports:submit", "送审一份草稿", actor=True)
    submit.add_argument("id", metavar="报告编号")
    decide = add("decide", "reports:decide", "审核人对某一版本作出决定", actor=True)
    decide.add_argument("id", metavar="报告编号")
    decide.add_argument(
        "--decision", required=True, choices=["approve", "edit", "return", "reject"], help="批准、修改、退回、否决"
    )
    decide.add_argument("--hash", required=True, dest="digest", metavar="哈希", help="所审版本的哈希（至少前 12 位）")
    decide.add_argument("--comment", default="", metavar="意见")
    decide.add_argument("--edit", metavar="文件", help="修改内容（decision 为 edit 时）")
    waive = add("waive", "review:waive", "审核人豁免审核清单中的一项发现（须写理由）", actor=True)
    waive.add_argument("id", metavar="报告编号")
    waive.add_argument("--hash", required=True, dest="digest", metavar="哈希", help="所审版本的哈希（至少前 12 位）")
    waive.add_argument("--finding", required=True, metavar="发现", help="审核清单中这项发现的编号（gma report 可见）")
    waive.add_argument("--reason", required=True, metavar="理由")
    comment = add("comment", "review:comment", "在报告或某一章节上写批注", actor=True)
    comment.add_argument("id", metavar="报告编号")
    comment.add_argument("--text", required=True, metavar="批注")
    comment.add_argument("--section", default="", metavar="章节", help="章节编号；不写则批注全文")
    resolve = add("resolve", "review:resolve", "办结一条批注", actor=True)
    resolve.add_argument("id", metavar="报告编号")
    resolve.add_argument("--comment", required=True, dest="remark", metavar="批注编号")
    resolve.add_argument("--answer", required=True, metavar="答复")
    diff = add("diff", "review:diff", "一份报告两个版本之间的差异：文字与事实", actor=True)
    diff.add_argument("id", metavar="报告编号")
    diff.add_argument("--from", required=True, type=int, dest="first", metavar="版本")
    diff.add_argument("--to", required=True, type=int, dest="second", metavar="版本")
    verify = add("verify", "review:verify", "核验已发布报告的证据包（不需要记录库）")
    verify.add_argument("pack", metavar="证据包", help="发布时生成的 JSON 文件")
    verify.add_argument("--file", action="append", default=[], metavar="文件", help="随包收到的文件，可重复")
    verify.add_argument("--head", metavar="链头", help="另行取得的审计链头哈希，用来核对证据包")
    export = add("export", "reports:export", "导出某一版本的文件", actor=True)
    export.add_argument("id", metavar="报告编号")
    export.add_argument("--format", required=True, metavar="格式", help="docx、pdf、pptx 或 html")
    export.add_argument("--out", required=True, metavar="文件")
    export.add_argument(
        "--shell",
        default="",
        metavar="文种",
        help="internal 内部分析报告、official 正式公文、brief 信息专报；用于 docx、pdf，默认按模板",
    )
    export.add_argument("--number", default="", metavar="发文字号", help="正式公文的发文字号，如 国网云营〔2026〕15号")
    export.add_argument("--to", default="", metavar="主送", help="正式公文的主送单位，如 各市供电公司")
    export.add_argument("--copies", default="", metavar="抄送", help="正式公文的抄送单位，用顿号或逗号分开")
    export.add_argument("--watermark", action="store_true", help="pdf 每页加水印：内部资料、账号、时间")
    recompute = add("recompute", "reports:recompute", "按记录的查询重算报告的每个事实", actor=True)
    recompute.add_argument("id", metavar="报告编号")
    check = add("check", "checks:check", "检查一个文件：数字出处与格式")
    check.add_argument("file", metavar="文件")
    check.add_argument("--report", metavar="报告编号", help="与哪份报告的事实核对")
    check.add_argument(
        "--pack", default="", metavar="规范包", help="gbt9704 公文格式、house 内部格式；不写则按文件自己的文种"
    )
    check.add_argument("--fix", metavar="文件", help="把能机械修正的修正好，写成另一个 docx；数字不变")
    check.add_argument(
        "--as", dest="user", default="manager01", metavar="账号", help="以哪个账号读取报告（默认 manager01）"
    )

    analyse = add("analyse-file", "files:analyse_file", "用一张带标签的表学习，给另一张表逐行打分")
    analyse.add_argument(
        "--task",
        required=True,
        choices=["shrink", "stop", "churn", "theft", "anomaly-daily", "anomaly-monthly", "anomaly-hourly"],
        help="企业收缩、停用、客户流失、窃电、逐日／逐月／逐时用电异常",
    )
    analyse.add_argument("--train", required=True, metavar="文件", help="带标签的训练表（parquet、csv、csv.gz）")
    analyse.add_argument("--score", required=True, metavar="文件", help="要打分的表（不需要标签）")
    analyse.add_argument(
        "--series", nargs="+", action="extend", metavar="文件", help="日电量宽表（收缩、停用），可附天气表，可多个"
    )
    analyse.add_argument("--out", required=True, metavar="文件", help="得分写到这里（csv，一行一个 score）")
    analyse.add_argument("--card", metavar="文件", help="另写一份说明卡（JSON）：数据、特征、验证、没有用的做法")
    indicator = add("indicator", "numbers:indicator", "查一项指标：同比、环比、累计与口径", actor=True)
    indicator.add_argument("code", metavar="指标", help="编号、名称或别名，如 A02、售电量")
    indicator.add_argument("--org", required=True, metavar="单位", help="单位编码或名称")
    indicator.add_argument("--period", required=True, metavar="统计期", help="2026-10、2026-Q3、2026、起日..止日")
    indicator.add_argument(
        "--by", metavar="维度", help="org、industry、tariff_class、voltage、tg、month、day、biz_type"
    )
    detect = add("detect", "numbers:detect", "用电量异常", actor=True)
    explain = add("explain", "numbers:explain", "一项指标为什么变化", actor=True)
    explain.add_argument("--indicator", required=True, metavar="指标")
    detect.add_argument(
        "--by",
        default="org",
        metavar="层级",
        help="org（单位，默认）、line、tg、customer；整月按月判断（客户按月即全量筛查），其余期间按日",
    )
    explain.add_argument(
        "--by",
        metavar="层级",
        help="变化来自谁：org、line、tg、industry、tariff_class、voltage、customer，best 为最能说明变化的维度；"
        "不写则分析原因（只用于售电量）",
    )
    for sub in (detect, explain):
        sub.add_argument("--org", required=True, metavar="单位")
        sub.add_argument("--period", required=True, metavar="统计期")
    screening = add(
        "screen",
        "numbers:screen",
        "全量客户筛查：骤降、骤增与持续收缩（与 detect --by customer 的整月同一判断）",
        actor=True,
    )
    screening.add_argument("--org", required=True, metavar="单位")
    screening.add_argument("--period", required=True, metavar="月份", help="如 2026-10")
    screening.add_argument(
        "--engine", metavar="地址", help="营销2.0 数据所在的引擎，如 spark://主机:7077；默认 GMA_SOURCE_MARKETING_URL"
    )
    churn = add("churn", "numbers:churn", "大客户流失风险排序", actor=True)
    churn.add_argument("--org", required=True, metavar="单位")
    churn.add_argument("--as-of", required=True, metavar="日期")
    campaign = add(
        "campaign", "numbers:campaign", "营销活动优化：预警大客户的措施排序（仅为排序），用已记录的执行结果", actor=True
    )
    campaign.add_argument("--org", required=True, metavar="单位")
    campaign.add_argument("--period", required=True, metavar="月份", help="如 2026-10")
    campaign.add_argument(
        "--outcomes",
        metavar="文件",
        help="采取与未采取措施的客户对照表（措施、采取措施、保留比例），另给效果估计；已记录的执行结果不需要文件",
    )
    analysis = add("analysis", "analyses:analysis", "分析的版本：训练、对比、启用、回退、漂移", actor=True)
    analysis.add_argument(
        "action",
        choices=["list", "show", "train", "compare", "promote", "rollback", "drift", "retrain"],
        help="列表、详情、训练、对比、启用、回退、漂移检查、全部重新训练（可定时执行）",
    )
    analysis.add_argument(
        "subject",
        nargs="?",
        metavar="分析或版本",
        help="churn_risk、outlook、satisfaction_forecast 或版本编号；写分析即指现行版本",
    )
    analysis.add_argument("--org", metavar="单位", help="train：用哪个单位的历史，默认本单位")
    analysis.add_argument(
        "--algorithm", metavar="算法", help="train：如 logistic、forest；conformal、range；ridge、year、last"
    )
    analysis.add_argument("--with", dest="rival", metavar="版本", help="compare：与哪个版本对比，默认现行版本")
    analysis.add_argument("--reason", default="", metavar="理由", help="promote、rollback：必填")
    analysis.add_argument(
        "--older-than", type=int, default=0, metavar="天数", help="retrain：只训练最新版本已满这么多天的，默认全部"
    )
    quality = add("quality", "quality:quality", "数据质量与跨系统核对", actor=True)
    quality.add_argument("--org", required=True, metavar="单位")
    quality.add_argument("--period", required=True, metavar="统计期")
    quality.add_argument(
        "--without", action="append", default=[], metavar="清洗规则", help="停用一条清洗规则再看（可多次），留审计记录"
    )
    supplement = add("supplement", "quality:supplement", "人工补录：add 补录、withdraw 撤回、list 列出", actor=True)
    supplement.add_argument("action", choices=["add", "withdraw", "list"], help="补录、撤回、列出")
    supplement.add_argument("id", nargs="?", metavar="补录编号", help="withdraw 时必填")
    supplement.add_argument("--indicator", metavar="指标")
    supplement.add_argument("--org", metavar="单位")
    supplement.add_argument("--period", metavar="统计期")
    supplement.add_argument("--value", metavar="数值", help="按指标的基本单位：千瓦时、元、户、件……")
    supplement.add_argument("--note", default="", metavar="说明", help="数据来源说明；撤回时写原因")
    outcome = add("outcome", "outcomes:outcome", "措施执行结果：记录、撤回、列出、看成效", actor=True)
    outcome.add_argument(
        "action",
        choices=["add", "withdraw", "list", "effect"],
        help="记录、撤回、列出；effect：执行情况、电量变化与成功率",
    )
    outcome.add_argument("id", nargs="?", metavar="记录编号", help="withdraw 时必填")
    outcome.add_argument("--customer", metavar="户号")
    outcome.add_argument("--measure", metavar="措施", help="策略库的措施，如 经营困难或减产")
    outcome.add_argument("--date", metavar="日期", help="措施执行的日期，如 2026-10-15")
    outcome.add_argument("--owner", metavar="责任人")
    outcome.add_argument("--result", metavar="结果", help="成功、部分、未成")
    outcome.add_argument("--note", default="", metavar="说明", help="情况说明；撤回时写原因")
    outcome.add_argument("--org", metavar="单位", help="effect：哪个单位")
    outcome.add_argument("--period", metavar="统计期", help="effect：如 2026-10")
    reveal = add("reveal", "reveal:reveal", "查看一项脱敏信息的明文：须写用途，留审计记录", actor=True)
    reveal.add_argument("key", metavar="户号或工单号", help="户号；查看工单内容时写工单号")
    reveal.add_argument(
        "--field", default="name", choices=["name", "phone", "address", "content"],
        help="户名（默认）、电话、地址、工单内容",
    )  # fmt: skip
    reveal.add_argument("--reason", required=True, metavar="用途", help="为什么要看，例如 上门核查用电")
    search = add("search", "numbers:search", "查模板、往期报告与口径", actor=True)
    search.add_argument("text", metavar="内容")

    template = add("template", "templates:template", "报告模板：列表、检查、预览、导出、导入、停用，指标可用的词")
    template.add_argument(
        "action",
        choices=["list", "check", "preview", "export", "import", "remove", "words"],
        help="list 列出；check 检查一个文件；preview 用真实数据试写，不入库；export 导出成文件；"
        "import 放进本单位的模板目录；remove 停用本单位的一个模板；words 指标可以怎样拆分、有哪些分项",
    )
    template.add_argument(
        "subject", nargs="?", metavar="模板", help="模板编号、名称或 YAML 文件；words 写指标编码或名称"
    )
    template.add_argument("--org", metavar="单位", help="预览用的单位")
    template.add_argument("--period", metavar="统计期", help="预览用的统计期")
    template.add_argument("--out", metavar="文件", help="export：导出到哪个文件；preview：画成 .docx .pdf .pptx .html")
    template.add_argument("--as", dest="user", default="analyst01", metavar="账号", help="以哪个账号预览")

    audit = add("audit", "audit:audit", "审计链：核验、查阅")
    audit.add_argument(
        "action",
        choices=["verify", "show", "anchor"],
        help="verify：从头核验；show：查阅（审计管理员）；anchor：恢复备份后重立锚点（审计管理员）",
    )
    audit.add_argument("--as", dest="user", metavar="账号", help="show、anchor：以哪个账号的身份")
    audit.add_argument("--actor", metavar="操作人", help="show：只看这个账号的")
    audit.add_argument("--action", dest="act", metavar="操作", help="show：只看这种操作，如 审批 或 decision")
    audit.add_argument("--object", metavar="对象", help="show：只看这个对象的，如报告编号、流程编号")
    audit.add_argument("--seq", type=int, metavar="序号", help="show：一条记录的全部内容，取数连同语句")
    audit.add_argument("--page", type=int, default=1, metavar="页", help="show：第几页（从最新的起）")
    audit.add_argument("--size", type=int, default=20, metavar="条数", help="show：每页条数，至多 500")
    audit.add_argument("--reason", metavar="原因", help="anchor：为什么重立锚点")
    demo = add("demo", "upkeep:demo", "演示省")
    demo.add_argument(
        "action", choices=["build", "ensure", "report"], help="build：重建；ensure：没有才建；report：走一遍主流程"
    )
    demo.add_argument("--seed", type=int, default=20261, metavar="种子")
    demo.add_argument("--scale", default="small", choices=["tiny", "small", "city", "large"], help="规模")
    demo.add_argument("--out", metavar="目录")
    serve = add("serve", "upkeep:serve", "启动聊天与网页服务", json=False)
    serve.add_argument("--port", type=int, metavar="端口")
    serve.add_argument("--host", default="127.0.0.1", metavar="地址")
    add("worker", "upkeep:worker", "后台：续跑中断的流程、投递消息", json=False).add_argument(
        "--once", action="store_true", help="做完一轮就退出"
    )
    add("doctor", "upkeep:doctor", "检查环境：缺什么、怎么补")
    evals = add("evals", "evals:evals", "考核：成批提问、考试、比较两次考试、从审核意见收集新题")
    evals.add_argument(
        "action",
        choices=["ask", "run", "compare", "harvest"],
        help="ask：逐行读入会话，逐行写出回答；run：考试；compare：比较两次考试；harvest：从修改与退回收集新题",
    )
    evals.add_argument("runs", nargs="*", metavar="考核编号", help="compare 用的两份记录（编号、文件或 latest）")
    evals.add_argument("--file", metavar="文件", help="ask：每行 {id, as, turns: [{text}]}；run：外部题库")
    evals.add_argument("--out", metavar="文件", help="ask：每行 {id, turns: [回答]}；harvest：新题文件")
    evals.add_argument("--suite", action="append", metavar="考卷", help="只考这一份，可重复；不写则全考")
    evals.add_argument("--sample", type=int, default=0, metavar="题数", help="每份考卷最多考几题（均匀抽取）")
    evals.add_argument("--whole", action="store_true", help="考长卷：所有单位、所有月份")
    evals.add_argument("--sheets", metavar="文件夹", help="导出文件考卷：每份文件的页面缩成一张图，放在这里")
    bench = add("bench", "upkeep:bench", "性能测量：与同次运行的对照之比")
    bench.add_argument("name", nargs="?", metavar="项目")
    return parser


if __name__ == "__main__":
    build_parser().print_help()
