"""Arithmetic over named numbers: the value of an indicator from its measures, exactly in Decimal."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext
from functools import lru_cache

from core.errors import Broken

PRECISION = 50


def evaluate(text: str, numbers: Mapping[str, Decimal | None]) -> Decimal | None:
    """The value of `text` (+ − * / and parentheses); None where a number is missing or a divisor is zero."""
    with localcontext() as context:
        context.prec = PRECISION
        return _value(_parsed(text), numbers)


def renamed(text: str, name: Callable[[str], str]) -> str:
    """`text` with every name replaced by `name(old)`; numbers and operators stay."""

    class Rename(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return ast.copy_location(ast.parse(name(node.id), mode="eval").body, node)

    return ast.unparse(Rename().visit(ast.parse(text, mode="eval")))


def as_sql(text: str, column: Callable[[str], str]) -> str:
    """`text` as an SQL expression over columns; a zero divisor gives NULL."""

    def walk(node: ast.expr) -> str:
        match node:
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return f"({walk(left)} * 1.0 / NULLIF({walk(right)}, 0))"
            case ast.BinOp(left=left, op=op, right=right):
                return f"({walk(left)} {_SIGNS[type(op)]} {walk(right)})"
            case ast.Name(id=name):
                return column(name)
        return ast.unparse(node)

    return walk(_parsed(text))


_SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}


@lru_cache(maxsize=1024)
def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _value(node: ast.expr, numbers: Mapping[str, Decimal | None]) -> Decimal | None:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Decimal(str(number))
        case ast.Name(id=name):
            return numbers.get(name)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            value = _value(inner, numbers)
            return None if value is None else -value
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(op, _value(left, numbers), _value(right, numbers))
    raise Broken(f"计算式中有不支持的写法：{ast.unparse(node)}", "计算式只能用加减乘除、括号与度量名称")


def _binary(op: ast.operator, a: Decimal | None, b: Decimal | None) -> Decimal | None:
    if a is None or b is None:
        return None
    match op:
        case ast.Add():
            return a + b
        case ast.Sub():
            return a - b
        case ast.Mult():
            return a * b
        case ast.Div():
            return None if b == 0 else a / b
    raise Broken("计算式中有不支持的运算", "计算式只能用加减乘除")
