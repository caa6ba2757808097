"""What a statement may be made of: an allow-list of syntax nodes and functions. Anything else is refused.

The list names sqlglot classes. It holds aggregates, windows, dates, strings and arithmetic that do not touch files,
settings, sequences, sessions or other tables; a new function is added here deliberately, never by default.
"""

from __future__ import annotations

import re

from sqlglot import exp

from core.errors import Refused

MAX_LENGTH = 100_000
MAX_NODES = 20_000

_SYNTAX = """
Select From Join Where Group Having Order Ordered Limit Offset With CTE Subquery Table TableAlias Alias Column
Identifier Literal Star Null Boolean Paren Tuple Values Union Except Intersect Distinct Qualify Filter WithinGroup
Window WindowSpec Rollup Cube GroupingSets Placeholder Var DataType DataTypeParam Interval IgnoreNulls RespectNulls
And Or Not EQ NEQ GT GTE LT LTE Is In Between Like ILike RegexpLike NullSafeEQ NullSafeNEQ Exists Any All
Add Sub Mul Div IntDiv Mod Neg DPipe Case If Cast TryCast Escape
"""
_FUNCTIONS = """
Sum Count CountIf Avg Min Max AnyValue First Last FirstValue LastValue NthValue Mode Median Quantile PercentileCont
PercentileDisc Stddev StddevPop StddevSamp Variance VariancePop Corr CovarPop CovarSamp RegrSlope RegrIntercept RegrR2
LogicalAnd LogicalOr ApproxDistinct ArgMax ArgMin GroupConcat Grouping RowNumber Rank DenseRank PercentRank CumeDist
Ntile Lag Lead Coalesce Nullif Abs Round Floor Ceil Trunc Sqrt Exp Ln Log Pow Sign Greatest Least IsNan
Upper Lower Trim Length Substring Left Right Concat Replace StartsWith EndsWith Contains StrPosition
DateTrunc TimestampTrunc DateDiff TimestampDiff DateAdd DateSub TimestampAdd TimestampSub DatetimeDiff
Extract Year Month Day Hour Minute Quarter Week DayOfWeek DayOfWeekIso DayOfMonth DayOfYear LastDay DateFromParts
TimeToStr StrToTime StrToDate TimeToUnix Date TsOrDsToDate ToChar
"""
_ANONYMOUS = frozenset({"isodow", "mad", "skewness", "kurtosis", "epoch", "date_part", "isfinite"})
_TYPES = """
TINYINT SMALLINT INT BIGINT INT128 UTINYINT USMALLINT UINT UBIGINT DECIMAL FLOAT DOUBLE BOOLEAN TEXT VARCHAR CHAR
DATE TIME TIMESTAMP TIMESTAMPNTZ INTERVAL
"""
_WORD = re.compile(r"[A-Za-z0-9_ ]*")
_JOIN_METHODS = frozenset({"", "ASOF"})
_JOIN_KINDS = frozenset({"", "INNER", "OUTER", "CROSS", "SEMI", "ANTI"})


def _classes() -> frozenset[type[exp.Expr]]:
    # A name that this sqlglot does not know is left out: the list can only shrink, never widen.
    words = (_SYNTAX + _FUNCTIONS).split()
    return frozenset(getattr(exp, word) for word in words if hasattr(exp, word))


ALLOWED = _classes()


def check_grammar(tree: exp.Expr) -> None:
    """Raise Refused for the first node, function, join or bind that is not on the list."""
    if not isinstance(tree, exp.Select | exp.SetOperation):
        raise Refused(f"只允许一条 SELECT 查询，不允许 {type(tree).__name__.upper()} 语句", "请改写成只读查询")
    for count, node in enumerate(tree.walk()):
        if count > MAX_NODES:
            raise Refused("查询语句太长太复杂", "请拆成几条较小的查询")
        _check_node(node)


def _check_node(node: exp.Expr) -> None:
    if isinstance(node, exp.Anonymous):
        name = str(node.this).lower()
        if name not in _ANONYMOUS:
            raise Refused(f"查询里用了不允许的函数 {name}", "请改用允许的聚合、日期或字符函数")
        return
    if type(node) not in ALLOWED:
        raise Refused(f"查询里用了不允许的写法 {type(node).__name__}", "请只用普通的 SELECT、JOIN、聚合和窗口写法")
    _check_words(node)
    match node:
        case exp.DataType() if not isinstance(node.this, exp.DataType.Type) or node.this.name not in _TYPES.split():
            raise Refused("查询里用了不允许的数据类型", "请只转换为整数、小数、文字、日期或时间")
        case exp.Placeholder():
            _check_bind(node)
        case exp.With() if node.args.get("recursive"):
            raise Refused("查询里用了递归的 WITH", "请改写成不递归的查询")
        case exp.Join():
            _check_join(node)
        case exp.Table():
            _check_table(node)
        case exp.Column() if node.args.get("db") or node.args.get("catalog"):
            raise Refused(f"列 {node.sql()} 的前缀太长", "请写成 表别名.列名")
        case _:
            return


def _check_words(node: exp.Expr) -> None:
    """Words that the generator prints as they are (units, frames, sides) must be plain words."""
    if isinstance(node, exp.Literal | exp.Identifier):
        return
    for value in node.args.values():
        if isinstance(value, str) and not _WORD.fullmatch(value):
            raise Refused("查询里有不允许的关键字写法", "请检查日期单位、窗口范围等关键字")


def _check_bind(node: exp.Placeholder) -> None:
    name = node.this if isinstance(node.this, str) else ""
    if not name.isidentifier() or name.startswith("__"):
        raise Refused("查询参数只能写成 :名称", "请给每个参数起一个名字，不以两个下划线开头")


def _check_join(node: exp.Join) -> None:
    method, kind = str(node.args.get("method") or "").upper(), str(node.kind or "").upper()
    if method not in _JOIN_METHODS or kind not in _JOIN_KINDS:
        raise Refused(f"查询里用了不允许的连接 {method or kind}", "请写明 JOIN … ON 条件")


def _check_table(node: exp.Table) -> None:
    if not isinstance(node.this, exp.Identifier) or node.args.get("db") or node.args.get("catalog"):
        raise Refused(f"查询里用了不允许的表 {node.sql()[:60]}", "请只写本数据源声明的表名，不带库名，不用表函数")
    extra = [key for key, value in node.args.items() if value and key not in {"this", "alias", "joins"}]
    if extra:
        raise Refused(f"表 {node.name} 后面带了不允许的写法", "请只写表名和别名")
