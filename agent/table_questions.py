"""Questions about an uploaded table: by rule where the rules can map them whole, else by the language model, as SQL.

The rules know one statistic of one column (of two for a correlation) over the whole table. A question that says more
(a condition, a grouping, a model to fit) is not theirs: they say so instead of answering half of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.endpoint import Endpoint
    from agent.limits import Limits

_STATISTICS: tuple[tuple[str, str], ...] = (
    (r"correlation|pearson|相关系数|相关性", "corr({a}, {b})"),
    (r"median|中位数", "median({a})"),
    (r"standard deviation|\bstd\b|标准差", "stddev_samp({a})"),
    (r"variance|方差", "var_samp({a})"),
    (r"mean|average|平均|均值", "avg({a})"),
    (r"missing|null values?|缺失|空值", "count(*) - count({a})"),
    (r"(?:unique|distinct|different)|不同的?|去重", "count(DISTINCT {a})"),
    (r"\bsum\b|total of|总和|合计|总计", "sum({a})"),
    (r"max(?:imum)?\b|highest|largest|最大|最高", "max({a})"),
    (r"min(?:imum)?\b|lowest|smallest|最小|最低", "min({a})"),
    (r"(?:how many|number of|count of) (?:rows|records|entries)|多少(?:行|条)|(?:行|记录)数", "count(*)"),
)
_MORE = re.compile(
    r"\b(?:where|whose|who|for (?:each|those|people|passengers)|among|group|by|per|after|before|between .+ and .+ in|"
    r"if|only|outlier|regression|predict|train|classif|cluster|normal|hypothesis|p-value|test|filter|greater|less|"
    r"with)\b|其中|如果|分组|按|每个|各个?|大于|小于|超过|低于|异常值|回归|预测|检验|只|筛选",
    re.I,
)
_ROUND = re.compile(
    r"(?:round\w*|保留|精确到?).{0,40}?(\d+|one|two|three|four|一|两|二|三|四)\s*(?:decimal|digits?|位)", re.I
)
_DIGITS = {"one": 1, "two": 2, "three": 3, "four": 4, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["sql"],
    "properties": {"sql": {"type": "string", "maxLength": 1200}},
}


def by_rule(question: str, constraints: str, columns: Mapping[str, str]) -> str | None:
    """The SELECT that answers, or None where the rules do not understand the whole question."""
    named = _named(question, columns)
    rest = question
    for name in named:
        rest = re.sub(re.escape(name), "□", rest, flags=re.I)
    if _MORE.search(rest):
        return None
    found = [form for pattern, form in _STATISTICS if re.search(pattern, rest, re.I)]
    if len(found) != 1:
        return None
    form = found[0]
    needed = 2 if "{b}" in form else 1 if "{a}" in form else 0
    if len(named) != needed:
        return None
    first, second = [f'"{name}"' for name in (*named, *named, "", "")][:2]
    value = form.format(a=first, b=second)
    digits = _ROUND.search(f"{constraints} {question}")
    if digits:
        value = f"round({value}, {_DIGITS.get(digits[1].lower(), digits[1])})"
    return f"SELECT {value} AS answer FROM data"


def _named(question: str, columns: Mapping[str, str]) -> list[str]:
    """The columns that a question names, longest names first, each once, in the order of the question."""
    rest, at = question, []
    for name in sorted(columns, key=len, reverse=True):
        match = re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", rest, re.I)
        if match and name.strip():
            at.append((match.start(), name))
            rest = rest[: match.start()] + "□" * len(match.group()) + rest[match.end() :]
    return [name for _, name in sorted(at)]


def by_model(
    endpoint: Endpoint, question: str, constraints: str, form: str, columns: Mapping[str, str], limits: Limits
) -> tuple[str, int]:
    """(SELECT, tokens) from the language model; the sandbox judges it. Raises EndpointFailed."""
    from agent.prompt import prompt

    listed = "; ".join(f'"{name}" {kind}' for name, kind in list(columns.items())[:60])
    asking = prompt("table_sql")
    asked = asking.render(
        columns=listed,
        question=question[:1500],
        constraints=constraints[:800] or "none",
        form=form[:300] or "@answer[value]",
    )
    reply = endpoint.ask(asking, asked, SCHEMA, "table_sql", limits)
    return str(reply.data.get("sql", "")), reply.tokens
