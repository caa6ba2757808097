"""What is left of a sentence when everything understood is masked: is it filler, or a thing nobody knows?"""

from __future__ import annotations

import re

_FILLER = re.compile(
    r"请问|请|帮我|帮忙|帮|麻烦您?|劳驾|您好|你好|我想要?|我要|我们|咱们|想要|想|要|知道|了解|一下子?|"
    r"查询|查一查|查看|查阅|查|看一看|看看|看下|再看|看|瞧瞧|瞅瞅|给我|给|告诉|说说|说|讲讲|列出来?|"
    r"列|统计|汇总|显示|展示|输出|"
    r"怎么样|怎么|咋样|咋|如何|怎样|是多少|有多少|多少|几个|几|是什么|什么|啥|哪个|哪些|哪|谁|为什么|"
    r"为何|为啥|情况|数据|数值|数字|结果|水平|表现|完成|实际|具体|详细|大概|大约|目前|现在|当前|"
    r"总共|一共|总计|合计|总的|总|"
    r"同比|环比|累计|对比|相比|比较|比|增长率?|增加|下降|上升|降低|减少|变化|变动|增幅|降幅|涨|"
    r"跌|降|升|多|高|低|大|小|好|差|率|额|数|值|趋势|走势|排名|排行|排序|第一|最|"
    r"按照?|分别|各个?|每个?|拆开|拆分|展开|分解|细分|来看|以及|还有|另外|然后|顺便|继续|接着|再|"
    r"又|也|都|就|还|只|那么|那个|那|这个|这|个|一|的话|的|了|呢|吗|吧|啊|呀|哦|嘛|哈|么|和|与|"
    r"及|跟|同|或者?|还是|并且?|在|从|到|至|对|把|将|被|让|用|以|为|由|于|是|有|没有|没|不|会|能不能|"
    r"能|可以|可|该|应该|得|上|下|里|中|内|外|间|之|年|月|日|号|季度|周|期间|时间|时候|度|份|"
    r"指标|单位|公司|区域|地区|部门|营销|电力|供电|我|你|您|他|它|其|本|全部|所有|整体|总体|主要|"
    r"相关|有关|贡献率|贡献度|拉动|贡献|关于|方面|分析|报表|图表?|表|清单|明细|名单|客户|用户|换成|"
    r"换|改成|改|先|后|前|最近|近期|截至|截止|底|初|末|同期|上期|去年|今年|当期|当月|当年|全年|"
    r"单月|点|名|位|大家|老师|领导|急|谢谢|万|亿|千瓦时|元|户|件|重新|算|算算|出|做|搞|弄|拉|拉一下|"
    r"调出|呈现|反馈|汇报|下来|起来|出来|过来|进来|回来|行|可好|好吗|好不好|到底|究竟|呗|噢|额|"
    r"嗯|诶|喂|嘿|啦|咯|喽|哎|欸|合适"
)
_THING = re.compile(
    r"(?:率|量|数|强度|额|度|价|费|比|值|指数|收入|成本|利润|时间|时长|占比|容量|负荷|规模|面积|"
    r"人数|工资|奖金|余额|系数|质量|能力|效率|效益|贡献|份额|净利|税|排放|里程|次数)$"
)


def unknown_words(rest: str) -> list[str]:
    """Chinese words of two or more characters that are neither understood nor filler, longest first."""
    found: list[str] = []
    for chunk in re.split(r"[□\s,。!?;:、~()\[\]\"'“”‘’《》<>/\\|+\-.…]+", rest):
        trimmed = trim(chunk)
        if len(re.findall(r"[一-鿿]", trimmed)) >= 2 or re.fullmatch(r"[a-z]{3,}[a-z\d-]*", trimmed):
            found.append(trimmed)
    return sorted(found, key=len, reverse=True)


def trim(chunk: str) -> str:
    """`chunk` without filler at either end (the middle stays: 碳排放强度 keeps its 度)."""
    changed = True
    while changed and chunk:
        changed = False
        match = _FILLER.match(chunk)
        if match and match.end():
            chunk, changed = chunk[match.end() :], True
            continue
        for size in range(min(4, len(chunk)), 0, -1):
            tail = chunk[-size:]
            whole = _FILLER.fullmatch(tail)
            if whole and not _THING.search(chunk):
                chunk, changed = chunk[:-size], True
                break
    return chunk


def looks_like_indicator(word: str) -> bool:
    """Whether an unknown word names a quantity (碳排放强度, 利润)."""
    return bool(_THING.search(word))
