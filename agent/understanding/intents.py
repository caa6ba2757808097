"""意图: what kind of work a sentence asks for, from its verbs, after the slots have been read."""

from __future__ import annotations

import re

from agent.understanding.dimensions import SPLIT_BY_CAUSE
from agent.understanding.precedents import precedent
from agent.understanding.report_state import HOW_FAR, MINE

_REPORT_NOUN = (
    r"(?:月报|周报|季报|年报|日报|简报|快报|专报|通报|报告|分析材料|汇报材料|专题(?:分析|材料)?|"
    r"方案|总结|初稿|分析稿|材料|规划|report)"
)
_MAKE = (
    r"(?:做|写|生成|出(?!现)|起草|草拟|编(?!号|码)(?:制|写)?|撰写|准备|整理|弄|搞|形成|制作|拟|输出|产出|帮我来?|"
    r"给我来?|[来补](?:一)?[份个篇]|要(?:一)?[份个篇]|需要|draft|write|make|generate|create)"
)
_FIND = (
    r"(?:找|搜|检索|调(?:出|阅)|翻|哪里|在哪|查(?:一下|下|找|阅|查)?|有没有|有哪些|哪些|看看|看一下|"
    r"打开|列出|以前|过去|历史|往期|上次|之前|曾经|类似)"
)
_SUBMIT = re.compile(
    r"(?:提交|送|报(?!告|表)|提请|转|交)(?:给|到|去|一下)?[^,。]{0,10}(?:审核|审批|送审|复核|审阅|审定|批准|"
    r"批)|走(?:一下|个)?(?:审批|审核)(?:流程|程序)?|(?:进入?|启动|发起)(?:审批|审核)(?:流程)?|送审|报审|报批|提审|(?:请|让|交|送|报|呈)[^,。]{0,8}(?:领导|经理|主任|审核人|主管)[^,。]{0,4}(?:审|"
    r"批|看|过目|把关)|(?:报告|月报|周报|这份|这版|稿子?)[^,。]{0,4}(?:提交|报|送)上去|(?:^|[,。])提交(?:并?发布|报告|上去|吧|了|一下)*[。!]?$|submit"
)
_DECIDE = re.compile(
    r"^(?:先|那就|还是|行|嗯|好)?[,。]?(?:我|本人)?(?:已经?|现在)?(?:完全)?(?:同意|批准|通过|审核通过|审批通过|核准|准予发布|准了|"
    r"批了|否决|驳回|退回|打回|不同意|不批准|不通过|拒绝|可以发布|同意发布|批准发布|没问题(?:,|"
    r"，)?(?:发布|通过|同意)|发布(?:吧|了|报告|这份报告|月报|版本)*$|发吧|审过了)"
    r"|(?:这|该|此)一?(?:版|份|稿)[^,。]{0,4}(?:批准|同意|通过|退回|驳回|否决|不批)|[,。](?:我)?(?:同意|批准|核准|可以)(?:发布|通过|了|吧|$)|[,。](?:我)?(?:不同意|退回|驳回|打回|否决|不批准)"
    r"|(?:把|将|对)?(?:这|那|该|此|上)?(?:一)?[份个篇]?(?:报告|月报|周报|版本|稿子?)[^,。]{0,8}(?:我)?(?:批准|"
    r"通过了?吧?|同意|驳回|退回|否决|审批掉|打回)|(?:帮我|替我|代我|代为)[^,。]{0,6}(?:审批|批准|"
    r"审核|同意|签字|点通过)|^(?:审批|审核|批准)(?:这|该|一下)?|approve|reject"
)
_SENT_BACK = re.compile(r"(?:^|[,。])[^,。]{0,8}(?:打回(?:去|重|给)|退(?:回|给)[^,。]{0,6}(?:重|改|他|她|起草|作者))")
"""退给他重写: a return with its reason before or after it, whatever else the sentence names."""
_ASKED_ABOUT = re.compile(r"为什么|怎么|如何|谁(?:审|批)|流程|状态|了吗|了没")
_EXPORT = re.compile(
    r"导出|导成|导一?份|下载|(?:弄|做|变)成(?:word|pdf|ppt|docx|pptx)|另存|存成|保存(?:为|成)|转(?:成|为|换)(?:一份)?(?:word|pdf|ppt|docx|pptx|html|文档)|"
    r"(?:word|pdf|ppt|docx|pptx|html)(?:版|格式|文件|文档)|(?:给我|发我|要)(?:一?份)?(?:word|pdf|"
    r"pptx?|docx)|打印|export|download"
)
_SHARE = re.compile(
    r"分享|共享|(?:发|转发|推送|抄送|转|寄)(?:一份|一下)?(?:到|给|至)(?!我(?:$|看|一))|转发|抄送|"
    r"(?:生成|给我|要|发)(?:一?个|一下)?(?:分享|查看|报告)?链接|share|发(?:到)?(?:群|邮箱|邮件|"
    r"钉钉|企业微信|飞书)"
)
_REVISE = re.compile(
    r"(?:重点(?:写|讲|说|突出)|突出|着重|侧重|换成.{0,6}(?:图|表)|撤回|撤销|作废|修改|改(?:一下|下|写|改|成|为|得|短|长|简|正式|一改)|调整|删(?:掉|除|去|了|减)|"
    r"去掉|去除|补充|增加|添加|加(?:上|入|[一几两][段句节章个张条点])|插入|润色|精简|缩(?:短|写)|扩写|重写|"
    r"重新(?:写|生成|组织)|换(?:个|一种|一个)(?:说法|表述|标题|图|写法)|合并|移到|挪到|写得?(?:更|短|长|简|细|"
    r"再)|更(?:正式|简洁|详细|具体)|完善|展开写|简化|语气)"
)
_REVISED = re.compile(
    r"报告|月报|周报|季报|第.{1,3}(?:章|节|段|部分|条|句)|章节|段落?|标题|结论|建议|措施|措辞|表述|"
    r"正文|开头|结尾|摘要|图表?|表格?|版本|稿|语气|文字|内容|部分|总体情况|问题|这[一]?(?:段|句|"
    r"节|章|份)|说法|它|正式|简洁|详细"
)
_EXHIBIT = re.compile(
    r"^(?:请|麻烦)?(?:把|将)?(?:第?[\d一二三四五六七八九十]{1,2}[张个幅][图表]|[图表][\d一二三四五六七八九十]{1,2})"
    r"[^?]{0,24}(?:排|换|改|删|去掉|只[看留])"
)
"""表2按回收率从高到低排: one exhibit of the report at hand, named by its number."""
_SCOPED = re.compile(r"(?:全市|全县|全区|全省|公司|所辖)口径")
"""全市口径 says for whom a figure is asked, not what it means."""
_CHURN = re.compile(
    r"流失|不用(?:我们|咱们|咱|我)的?电|(?:客户|用户|企业|大户)[^,。]{0,6}危险|挽回|挽留|留住|高风险(?:的)?(?:大|重点)?(?:客户|用户|企业)|(?:减产|停产|搬迁|转移)(?:的)?(?:苗头|迹象|倾向|征兆)|(?:减产|停产).{0,4}搬迁|(?:大客户|大用户|企业|客户|用户).{0,10}(?:要走|会走|跑(?:了|掉|路)|风险(?!.{0,3}欠)|"
    r"预警|不稳|搬走|停产风险|减产风险|销户风险|走的可能|离网)|(?:哪些|谁|哪家).{0,6}(?:可能|要|"
    r"会).{0,4}(?:走|跑|离开|销户|搬)|客户(?:稳定性|健康度|风险)|churn"
)
_LEAVING = re.compile(
    r"(?:可能|会|要|打算|准备|想|有).{0,4}(?:销户|停产|搬迁|搬走|减产).{0,4}(?:的|倾向|风险|迹象|"
    r"$)|(?:销户|停产|搬迁|减产)(?:风险|倾向|预警|迹象)|流失.{0,3}(?:客户|用户).{0,6}(?:哪些|名单|"
    r"清单|谁|排名)|(?:哪些|谁|名单|清单).{0,6}流失"
)
_FORECAST = re.compile(
    r"预测|估算|估(?:一下|一估|个)|未来|今后|接下来(?:几|\d|[一二三四五六半])|预计|预估|预判|展望|推算|估计|(?:下个?月|"
    r"下季度?|明年|未来|后续|接下来|今后|年底前?|下半年|全年).{0,16}(?:会(?:有|是|不会|怎|到|达|"
    r"增|降|涨|多)|将|能(?:有|到|达|卖|完成|不能)|大概|大约|可能|走势|趋势|怎么走)|会(?:是|有|达|"
    r"到|达到)(?:多少|几)|能(?:到|达到|完成|卖)(?:多少|几)|将(?:会|达|是|有|达到)|forecast|predict"
)
_EXPLAIN = re.compile(
    r"为什么|为何|为啥|为嘛|咋(?:回事|降|掉|跌|涨|升|这么|变)|怎么(?:回事|会|就|突然|又|又会|掉|"
    r"降|跌|涨|升|下降|下滑|这么(?:低|高|少|多|差|大)|变(?:低|高|少|多|差))|原因(?!分布|构成|分类)|"
    r"归因|根因|贡献率|贡献度|拉动|因素|(?:什么|啥|哪些|谁).{0,4}(?:导致|造成|引起|拉低|拉高|影响)|(?:跟|和|与|同).{1,14}(?:有关系?|相关)(?:吗|么|呢|没有)?|(?:有没有|有无|是不是|是否)(?:因为|由于|受)|(?:导致|"
    r"造成|引起|受).{0,6}什么|源于什么|咋(?:就|又|突然|会|高|低|多|少)|解释(?:一下)?(?!.{0,4}(?:口径|名词|术语|指标含义))|分析(?:一下)?.{0,12}(?:下降|"
    r"下滑|增长|上升|变化|波动|降低|减少|偏低|偏高|异动)|(?:下降|下滑|增长|上升|降低|减少|异动|"
    r"变动|波动)分析|怎么了|出了什么问题|(?:差|问题(?:出)?)(?:在|到底在)(?:哪|什么)|什么情况|whats wrong|why"
)
_DETECT = re.compile(
    r"异常|超标|超限|越限|超阈值|不达标|不正常|突变|突增|突降|骤降|骤增|陡降|有(?:没有|无|什么|"
    r"啥|哪些)(?:问题|波动|风险|异动)|可疑|窃电|偷电|疑似|不对劲|异动|排查|检测|检查(?:一下)?|体检|"
    r"扫描|诊断|筛查|监测|告警|预警|苗头|问题(?:台区|用户|客户)|哪.{0,6}(?:不对|有问题|出问题|突然)|"
    r"anomal"
)
_SEARCH = re.compile(
    r"(?:数据|数字|数|结果)[^去上]{0,8}(?:不一样|对不上|不一致|对吗|准吗|准确吗|怎么来|哪来|哪里来)|一样吗|一回事|什么关系|有何不同|合格标准|标准(?!化)|多少算|考核值|目标值|进度(?!.{0,3}(?:率|"
    r"多少))|审批(?:状态|流程)|状态|哪一步|好了吗|写完了?[吗没]|批了[吗没]|谁(?:来|负责)?审|口径|"
    r"怎么算|如何算|怎样算|咋算|怎么计算|如何计算|计算(?:方法|公式|方式)|算法|公式|定义|是什么意思|"
    r"什么意思|啥意思|含义|指什么|什么叫|(?<!为)什么是|啥是|啥叫|何为|是指什么|统计范围|包不包括|包(?:含|"
    r"括)(?:哪些|什么)|包含.{0,6}吗|依据(?:是)?什么|标准是(?:什么|多少)|有什么区别|和.{1,10}(?:的)?区别|"
    r"区别(?:是|在)|阈值|规定|制度|文件规定|办法|管理办法|模板|有哪些(?:指标|报告|模板)|(?:有|分)(?:几|哪几|哪些)(?:种|类)[?。]?$|能查(?:哪些|"
    r"什么)(?:指标|数据)?|支持(?:哪些|什么)|知识库|文档|资料|数据来源|数据从哪|哪个系统|多久更新|"
    r"几点更新|指标(?:说明|解释)|口径说明|名词解释|术语"
)
_COMPARE = re.compile(
    r"哪(?:个|家|边|一个).{0,8}(?:高|低|多|少|好|差|大|小|强|快|慢)|对比|相比|比较|比一比|比一下|"
    r"比下|差多少|差距|差异|差别|谁(?:更|的)|哪个更|高(?:多少|还是)|比.{1,20}(?:高|低|多|少|强|"
    r"好|差)|pk|compare|^[^,。]{0,2}(?:跟|和|与|同)[□,、]{1,12}比(?:呢|怎么?样|如何|[?。!]|$)"
)
_CHANGE = re.compile(
    r"(?:增长|增加|上升|提高|下降|降低|减少|下滑|涨|跌|降|升|多|少|增|减|变化|变动|增幅|降幅|涨幅|"
    r"跌幅|增减|增速)(?:了)?(?:多少|几个?点|几成|百分之几|多大|如何|怎样|吗|没有|没|情况|幅度|率)|"
    r"(?:是|有)?(?:增长|增加|上升|下降|降低|涨|跌)还是|变化(?:多大|大不大|怎么样|情况)?|增速|增幅|"
    r"降幅|涨没涨|降没降|有没有(?:增长|下降|涨|降|变化|提升|提高|改善|好转|升|减少|增加)|(?:提升|"
    r"改善|好转)了?(?:多少|吗|没有)"
)
_SMALL = re.compile(
    r"^(?:(?:你好呀?|您好|hi|hello|hey|嗨|哈喽|早上好|上午好|中午好|下午好|晚上好|早|早安|晚安|在吗|"
    r"在不在|在么|有人吗|谢谢你?|多谢|感谢|谢了|thanks?(?: you)?|辛苦了|再见|拜拜|bye|好的|好|ok|"
    r"你?(?:真|好|太|可真)(?:棒|厉害|聪明|行)|嗯+|知道了|明白了?|收到|了解|不错|很好|真棒|厉害|哈+|呵呵|没事了?|不用了|算了|你是谁(?:开发|做|写|造)?的?|你叫什么(?:名字)?|"
    r"你(?:都)?能(?:干|做)(?:些)?(?:什么|啥)|你会(?:什么|啥|干啥|做什么)|你?有(?:什么|哪些|啥)(?:功能|本事|本领|能耐|技能|用处?)|你(?:是)?(?:干|做)(?:什么|啥)(?:用)?的|"
    r"怎么(?:使用|用)(?:你)?|如何使用|帮助|help|使用说明|介绍一下(?:你自己|自己)|自我介绍|自我介绍一下|"
    r"能帮我(?:做|干)(?:什么|啥)|who are you|what can you do|辛苦|小助手|助手)"
    r"(?:啊|呀|哦|啦|咯|喽|嘛|呗|了|吗|呢|哈|吧|你|您|大家|各位|小助手|助手|[,。!?~.\s]|谢谢|多谢|感谢|辛苦|再见|拜拜)*)+$"
)
_QUERY = re.compile(
    r"多少|几|怎么?样|咋样|如何|情况|查|看|是什么|数据|告诉|给我|列|统计|显示|完成|水平|什么样|"
    r"呢|吗|how much|what|show"
)


def small_talk(text: str) -> bool:
    """Greetings, thanks and questions about the assistant itself, and nothing else."""
    return bool(_SMALL.match(text))


def action(text: str, rest: str, has_report: bool, has_data: bool) -> str | None:
    """Acts on reports: submit, decide, export, share, revise, report, search — or None for a question about data.

    `rest` is the text with indicators, units and periods masked; `has_data` says that an indicator was named.
    """
    if _SCOPED.search(text):
        text, rest = text.replace("口径", ""), rest.replace("口径", "")
    if precedent(text):
        return "search"
    making = wants_report(text, rest)
    if making:
        return "report"
    if re.search(r"哪一步|进度|状态|好了吗|[了完]没|批了吗|过了[吗没]|谁(?:来|负责)?审", text) and re.search(
        r"报告|月报|周报|审|稿", text
    ):
        return "search"
    if not has_data and (MINE.search(text) or HOW_FAR.search(text)):
        return "search"
    if _SUBMIT.search(rest) and not _QUERY_ONLY.search(text):
        return "submit"
    if _SENT_BACK.search(text) and not _ASKED_ABOUT.search(text):
        return "decide"
    if _DECIDE.search(rest) and not has_data and not _ASKED_ABOUT.search(text) and "口径" not in text:
        return "decide"
    if _EXPORT.search(text):
        return "export"
    if _SHARE.search(rest):
        return "share"
    if _EXHIBIT.search(text):
        return "revise"
    if (
        _REVISE.search(text)
        and (_REVISED.search(rest) or (has_report and not has_data))
        and not re.match(r"^(?:换成|改成|改看|换)", text)
    ):
        return "revise"
    if _SEARCH.search(rest) or _SEARCH.search(text):
        return "search"
    if re.search(_REPORT_NOUN, rest) and re.search(_FIND, rest) and not (has_data and _EXPLAIN.search(text)):
        return "search"
    return None


_QUERY_ONLY = re.compile(
    r"(?:为什么|多少|几份|哪些|什么时候).{0,8}(?:提交|送审)|(?:提交|送审)了(?:吗|没|多少)|谁(?:审|"
    r"批)"
)


def wants_report(text: str, rest: str) -> bool:
    """Whether a report is to be made (做一份…月报, 10月月报), not found, exported or changed."""
    if re.search(rf"{_MAKE}一?[份个篇下].{{0,30}}(?:分析|总结|材料|方案|汇报)(?:吧|出来)?[。!]?$", rest):
        return True
    if re.search(r"(?:分析|规划|总结)(?:给我)?(?:写|做|弄|出|编|拟)(?:一下|一?[份个篇])(?:吧)?[。!]?$", rest):
        return True
    if re.search(rf"{_MAKE}[^?]{{0,30}}(?:周度|月度|季度|年度|营销|指标|专题)[□]*分析(?:吧|出来)?[。!]?$", rest):
        return True
    if re.search(rf"(?:用|按照?|套用?|基于)[^,。]{{0,4}}r[1-8][^,。]{{0,4}}{_MAKE}", rest):
        return True
    if not re.search(_REPORT_NOUN, rest):
        return False
    bare = re.fullmatch(
        (
            r"[□的,。请\s]*(?:营销|指标|分析|经营|电力|供电|业务|工作|月度|季度|情况|专题|异常|电费回收|"
            r"服务|投诉|优质|线损|大?客户流失|流失|挽回|用电|预警|市场|与|和|、|及|售电|电量|市|县|公司|"
            rf"回收|欠费)*{_REPORT_NOUN}(?:吧|呢|一份|来一份)?[。!]?"
        ),
        rest,
    )
    acting = re.search(
        r"发布|撤回|撤销|作废|取消|导出|下载|打印|分享|转发|发给|发到|提交|送审|批准|退回|驳回|删|修改|改成|改为|润色|精简",
        rest,
    )
    ends = (
        not acting
        and re.search(rf"{_REPORT_NOUN}(?:吧|呢|一份|来一份|谢谢)?(?:[。!,□\s的]|麻烦了?|谢谢|辛苦)*$", rest)
        and not re.search(r"多少|怎么|什么|吗|谁|哪|为何|几", rest)
    )
    made = re.search(
        (
            rf"{_MAKE}.{{0,40}}{_REPORT_NOUN}|{_REPORT_NOUN}.{{0,6}}(?:做|写|生成|起草|出|弄|搞|整|拟|编|补|来|准备)(?:一下|一份|出来|"
            r"好|下|吧|个|篇|份)|{_REPORT_NOUN}[,。](?:请|麻烦|帮忙|帮我)?(?:写|做|出|弄|拟|起草)"
        ),
        rest,
    )
    found = re.search(
        (
            r"(?:找|搜|查查|检索|调出|调阅|翻出|在哪|哪里|有没有|有哪些|打开|列出|以前的|往期|历史|上次的|之前的|"
            r"曾经的?|类似的?|模板|怎么写|怎么做|如何写|多少份|口径|流程|状态|进度|到哪|好了吗|写完|批了)"
        ),
        rest,
    )
    changed = re.search(
        (
            rf"(?:这|那|该|上一?)[份篇个]?{_REPORT_NOUN}|{_REPORT_NOUN}(?:里|中|的(?:标题|第|结论|建议|措辞|"
            r"图|表|链接|word|pdf|ppt)|.{0,6}(?:word|pdf|pptx?|docx|打印)(?:版|格式|文件)?)"
        ),
        rest,
    )
    following = re.search(r"(?:套用|按照?|用|使用|基于|参照|根据).{0,8}模板.{0,12}(?:做|写|生成|出|起草|来)", rest)
    again = re.search(r"(?:再|重新|另外?)(?:做|写|生成|起草|来|出)一?[份个篇]", rest)
    if ((following or again) and made is not None) or following:
        return True
    if found or (changed and not re.search(r"(?:再|重新|另外?)?(?:做|写|生成|起草|来)一?[份个篇]", rest)):
        return False
    return bool(bare or made or ends)


_BY_CAUSE = re.compile(rf"(?:按照?|分|各)(?:停电)?原因(?:来?[分看拆]|统计|汇总)?|{SPLIT_BY_CAUSE}")
"""原因 as a way to split, not as a question."""


def question(text: str, *, whole: str = "", compare: str | None, ranked: bool, by: str | None, orgs: int) -> str | None:
    """The kind of a question about data, or None where the text alone does not tell."""
    if _CHURN.search(text) or _LEAVING.search(whole):
        return "churn"
    if _EXPLAIN.search(_BY_CAUSE.sub("", text)):
        return "explain"
    if _FORECAST.search(whole or text):
        return "forecast"
    if _DETECT.search(text) or re.search(r"零电量|零度户|用电(?:量)?为零", whole):
        return "detect"
    if ranked:
        return "rank"
    if by:
        return "breakdown"
    if compare in {"yoy", "mom"} or (orgs > 1 and _COMPARE.search(text)):
        return "compare"
    if _CHANGE.search(text):
        return "change"
    if compare == "ytd":
        return "query"
    return None


def says_forecast(text: str) -> bool:
    return bool(_FORECAST.search(text))


def asks(text: str) -> bool:
    """Whether a text reads like a question or a request at all."""
    return bool(_QUERY.search(text))


def wants_submit(text: str) -> bool:
    return bool(_SUBMIT.search(text))


def export_format(text: str) -> str | None:
    """docx, pdf, pptx or html, when the text names one."""
    for name, words in (
        ("pptx", r"ppt|幻灯|演示文稿"),
        ("pdf", r"pdf"),
        ("html", r"html|网页"),
        ("docx", r"word|docx?|文档"),
    ):
        if re.search(words, text):
            return name
    return None


def template(text: str) -> tuple[str, bool]:
    """(template, whether it was named): R1 月报 … R8 线损 (domain.md §3.1)."""
    code = re.search(r"(?<![a-z0-9])r([1-8])(?!\d)", text)
    if code:
        return f"R{code[1]}", True
    rules = (
        ("R5", r"流失|挽回|挽留|大客户(?:预警|风险)"),
        ("R8", r"线损|反窃|降损"),
        ("R6", r"回收|欠费|清欠|催费|收费"),
        ("R7", r"投诉|优质服务|服务(?:分析|质量|专题|报告)|满意度|95598|客服"),
        ("R3", r"异常.{0,4}专题|异动.{0,4}专题"),
        ("R2", r"周报|每周|周度|周工作|周(?:简报|总结)|weekly"),
        ("R4", r"季报|季度|规划|市场分析|经营分析(?!.{0,3}月报)|下季"),
        ("R3", r"异常|异动|下降.{0,6}(?:分析|专题|报告)|专题|骤降|下滑|原因分析|anomal"),
        ("R1", r"月报|月度|monthly|指标(?:分析)?报告|营销(?:指标)?(?:分析)?报告|运营报告"),
    )
    for name, words in rules:
        if re.search(words, text):
            return name, True
    return "R1", False
