"""The review of the data behind a report (数据核对): cross-source checks, detectors, scores, cleaning — asked at once.

`review` reads and judges; `minted` turns the verdicts into facts with their statements and parents, into findings for
what lies beyond tolerance, and into the aliases (`places`) under which a section finds them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from core.domain.fact import By, Compare, Fact, FactStatus
from core.domain.finding import Finding
from core.errors import BadRequest
from knowledge.catalog import SOURCE_LABELS
from knowledge.quality import ASPECTS, quality_rules, reconcile_rules
from tools.evidence import Evidence, NoEvidence, Scope, Want
from tools.quality import Finding as Detection
from tools.quality.cleaning import COSTLY, Cleaned, clean, rule_labels
from tools.quality.cleaning import DATASET as CLEANED
from tools.quality.cleaning import want as clean_want
from tools.quality.scan import Scan, Score, scan
from tools.quality.scan import wants as scan_wants
from tools.reconcile import Reconciled
from tools.reconcile.run import reconcile
from tools.reconcile.run import wants as reconcile_wants

if TYPE_CHECKING:
    from tools.analysis import Bench

PURPOSE = "数据核对"
MOST_UNITS = 2_000


@dataclass(frozen=True)
class Review:
    """`cleaned` is None where the rows could not be read; `unread` says why."""

    scope: Scope
    checks: tuple[Reconciled, ...]
    scan: Scan
    cleaned: Cleaned | None
    unread: tuple[FactStatus, str] = ("ok", "")


@dataclass
class Minted:
    facts: list[Fact] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    places: dict[str, list[str]] = field(default_factory=dict)

    def put(self, alias: str, fact: Fact) -> Fact:
        self.facts.append(fact)
        self.places.setdefault(alias, []).append(fact.id)
        return fact


def review(bench: Bench, scope: Scope, without: Collection[str] = ()) -> Review:
    """Ask everything side by side, then judge. `bench.known` are the facts of the report that is being made.

    `without` leaves cleaning rules out: their rows count again. Raises BadRequest for a rule that is not there.
    """
    unknown = [name for name in without if name not in rule_labels()]
    if unknown:
        told = "、".join(f"{name}（{label}）" for name, label in rule_labels().items())
        raise BadRequest(f"没有清洗规则「{unknown[0]}」。", f"可用：{told}。")
    evidence = Evidence(bench.gate, scope.org, PURPOSE)
    units = [org.code for org in bench.tree.orgs][:MOST_UNITS]
    light = clean_want(scope, units, COSTLY)
    evidence.gather([*reconcile_wants(scope), *scan_wants(scope), light])
    checks, scanned = tuple(reconcile(evidence, scope, bench.known)), scan(evidence, scope)
    try:
        spared = () if _suspect(evidence, scope, scanned, light) else COSTLY
        cleaned = clean(evidence, scope, units, {*spared, *without})
    except NoEvidence as error:
        return Review(scope, checks, scanned, None, (error.status, error.reason))
    return Review(scope, checks, scanned, cleaned)


def _suspect(evidence: Evidence, scope: Scope, scanned: Scan, light: Want) -> bool:
    """Whether anything hints at doubles or wrong units: a score, a detector, or another rule that met rows."""
    dataset = CLEANED
    doubled = any(dict(score.bad).get("unique") for score in scanned.scores if score.dataset == dataset)
    hints = {"duplicate", "out_of_range", "unit_scale"}
    hinted = any(item.detector in hints and (item.detected.objects or item.status != "ok") for item in scanned.findings)
    return doubled or hinted or any(row["rule"] not in {"", "no_value"} for row in evidence.rows(light))


def minted(bench: Bench, found: Review) -> Minted:
    """Facts, findings and places of a review, in a fixed order."""
    out, mint = Minted(), Mint(bench, found.scope)
    for check in found.checks:
        _check(out, mint, check)
    for score in found.scan.scores:
        _score(out, mint, score)
    for detection in found.scan.findings:
        if detection.status not in {"ok", "empty"} or detection.detected.objects:
            _detection(out, mint, detection)
    _cleaning(out, mint, found)
    return out


@dataclass(frozen=True)
class Mint:
    """Makes facts of one scope."""

    bench: Bench
    scope: Scope

    def fact(
        self,
        indicator: str,
        name: str,
        value: Decimal | None,
        unit: str,
        wants: Sequence[Want] = (),
        *,
        by: By | None = None,
        kind: str = "amount",
        decimals: int = 2,
        status: FactStatus = "ok",
        reason: str = "",
        caliber: str = "",
        parents: Sequence[Fact] = (),
        method: str = "",
        rows: int = 0,
        newest: date | None = None,
        **params: Any,
    ) -> Fact:
        """One fact; a value stands only where the status lets it."""
        period, org = self.scope.period, self.bench.tree.get(self.scope.org)
        version = reconcile_rules().version if indicator.startswith("reconcile") else quality_rules().version
        sources = [want.source for want in wants] + [part for fact in parents for part in fact.source.split("+")]
        tables = [name for want in wants for name in _tables(self.scope, want)]
        tables += [name for fact in parents for name in fact.datasets]
        binds = {name: value for want in wants for name, value in want.binds}
        return Fact(
            id=self.bench.mint(),
            indicator=indicator,
            name=name,
            value=value if status in {"ok", "partial"} else None,
            unit=unit,
            decimals=decimals,
            kind=kind,
            period=period,
            org=self.scope.org,
            org_name=org.name if org else "",
            by=by,
            compare=Compare(rule="pp" if kind == "rate" else "pct"),
            caliber=caliber,
            caliber_version=version,
            source="+".join(dict.fromkeys(name for name in sources if name)),
            datasets=tuple(dict.fromkeys(tables)),
            query="\n".join(dict.fromkeys(want.sql for want in wants)),
            params={**{name: _json(value) for name, value in binds.items()}, "org": self.scope.org, **params},
            row_count=rows,
            as_of=datetime.combine(min(newest or period.end, period.end, self.scope.today), time()),
            status=status,
            reason=reason,
            parents=tuple(fact.id for fact in parents),
            method=method,
        )


def _tables(scope: Scope, want: Want) -> list[str]:
    words = want.sql.replace("(", " ").replace(")", " ").split()
    found = [after for word, after in pairwise(words) if word in {"FROM", "JOIN"}]
    return [name for name in found if name in scope.catalog.datasets or name in {"org", "meter_change"}]


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _check(out: Minted, mint: Mint, item: Reconciled) -> None:
    """Left, right, gap, share, number of exceptions; then exceptions by cause."""
    spec, found = item.spec, item.compared
    code, label = f"reconcile.{item.check}", By(dim="check", key=item.check, label=spec.name)
    said = f"{spec.left}与{spec.right}核对，容差见 reconcile.yaml"
    if found is None:
        name = f"{spec.name}核对例外"
        blank = mint.fact(code, name, None, spec.counted, item.wants, by=label, kind="count", status=item.status,
                          reason=item.reason, caliber=said, decimals=0, check=item.check)  # fmt: skip
        out.put("check_odd", blank)
        return
    counted: dict[str, Any] = {"kind": "count", "decimals": 0} if spec.unit == spec.counted else {}
    shared: dict[str, Any] = {"by": label, "caliber": said, "rows": found.examined, **counted}
    left = out.put("check_left", mint.fact(code, spec.left, found.left, spec.unit, found.left_wants, **shared))
    right = out.put("check_right", mint.fact(code, spec.right, found.right, spec.unit, found.right_wants, **shared))
    how: dict[str, Any] = {"by": label, "caliber": said, "parents": (left, right), "rows": found.examined}
    gap = mint.fact(code, f"{spec.name}差异", found.gap, spec.unit, method="左方 − 右方", **how, **counted)
    out.put("check_gap", gap)
    if found.gap_pct is not None:
        rate = mint.fact(code, f"{spec.name}差异率", found.gap_pct, "%", method="差异 ÷ 较大一方", kind="rate", **how)
        out.put("check_rate", rate)
    causes, explained = Counter(odd.cause for odd in found.odd), []
    odd = mint.fact(code, f"{spec.name}核对例外", Decimal(len(found.odd)), spec.counted, item.wants, by=label,
                    kind="count", decimals=0, caliber=said, rows=found.examined, check=item.check,
                    within=found.within, examples=_examples(found.odd))  # fmt: skip
    out.put("check_odd", odd)
    for cause in spec.causes:
        if not causes[cause]:
            continue
        why = By(dim="cause", key=f"{item.check}.{cause}", label=spec.causes[cause])
        number = mint.fact(code, f"{spec.name}例外", Decimal(causes[cause]), spec.counted, item.wants, by=why,
                           kind="count", decimals=0, caliber=said, parents=(odd,), method="按证据归因计数")  # fmt: skip
        out.put("cause", number)
        explained.append(number)
        if spec.unit != spec.counted:
            moved = sum((one.gap for one in found.odd if one.cause == cause), Decimal(0))
            size = mint.fact(code, f"{spec.name}例外差异", moved, spec.unit, item.wants, by=why, caliber=said,
                             parents=(odd,), method="按证据归因求和")  # fmt: skip
            out.put("moved", size)
    if item.beyond:
        out.findings.append(_beyond(item, gap, odd, explained))


def _examples(odd: Sequence[Any]) -> list[dict[str, Any]]:
    """The first exceptions, for the card: codes, never names."""
    most = reconcile_rules().listed
    return [{"object": one.object, "cause": one.cause, "gap": str(one.gap)} for one in odd[:most]]


def _beyond(item: Reconciled, gap: Fact, odd: Fact, explained: Sequence[Fact]) -> Finding:
    spec = item.spec
    parts = "、".join(f"{{{{{fact.id}.label}}}}{{{{{fact.id}}}}}" for fact in explained)
    size = f"，差异{{{{{gap.id}}}}}" if spec.unit != spec.counted else ""
    return Finding(
        id="D0",
        kind=f"reconcile_{item.check}",
        severity="关注",
        title=f"{spec.name}核对在容差以外",
        text=f"{spec.left}与{spec.right}核对，例外{{{{{odd.id}}}}}{size}" + (f"，其中{parts}。" if parts else "。"),
        org=odd.org,
        facts=(odd.id, gap.id, *(fact.id for fact in explained)),
        suggestion=f"由数据运维员牵头核实{spec.name}核对的例外清单，按原因销号。",
    )


def _score(out: Minted, mint: Mint, score: Score) -> None:
    label = By(dim="source", key=score.source, label=SOURCE_LABELS[score.source])
    said = "完整、准确、及时、唯一四项合格行占比加权，权重见 quality.yaml"
    base: dict[str, Any] = {"by": label, "kind": "rate", "caliber": said, "newest": score.newest}
    if score.value is None:
        out.put("score", mint.fact("quality.score", "数据质量评分", None, "%", score.wants, status=score.status,
                                   reason=score.reason, **base))  # fmt: skip
        return
    base |= {"status": score.status, "reason": score.reason, "rows": score.rows}
    parts = []
    for name, share in score.parts.items():
        parts.append(mint.fact(f"quality.{name}", f"{ASPECTS[name]}率", share * 100, "%", score.wants, **base))
        out.put(f"score_{name}", parts[-1])
    whole = mint.fact("quality.score", "数据质量评分", score.value * 100, "%", parents=parts, method="加权合计",
                      low=score.low, **base)  # fmt: skip
    out.put("score", whole)


def _detection(out: Minted, mint: Mint, item: Detection) -> None:
    label = By(dim="detector", key=item.detector, label=item.spec.name)
    base: dict[str, Any] = {"by": label, "status": item.status, "reason": item.reason, "caliber": item.spec.treatment,
                            "rows": item.detected.rows}  # fmt: skip
    number = mint.fact(f"quality.{item.detector}", f"{item.spec.name}检出", Decimal(item.detected.objects),
                       item.spec.counted, item.wants, kind="count", decimals=0, severity=item.spec.severity,
                       detector=item.detector, **base)  # fmt: skip
    out.put("detected" if item.status == "ok" else "undetected", number)
    if item.status == "ok" and item.detected.kwh is not None:
        out.put("detected_kwh", mint.fact(f"quality.{item.detector}", f"{item.spec.name}涉及电量", item.detected.kwh,
                                          "kWh", item.wants, **base))  # fmt: skip


def _cleaning(out: Minted, mint: Mint, found: Review) -> None:
    """Raw and cleaned totals stay side by side; each rule with its rows and energy."""
    cleaned = found.cleaned
    said = "逐行判断，命中第一条规则的行被隔离；来源不改，规则见 quality.yaml"
    if cleaned is None:
        status, reason = found.unread
        out.put("clean", mint.fact("quality.cleaning", "清洗后电量", None, "kWh", status=status, reason=reason))
        return
    if not cleaned.rows:
        return
    base: dict[str, Any] = {"caliber": said, "rows": cleaned.rows}
    raw = out.put("raw", mint.fact("quality.cleaning", "清洗前电量", cleaned.raw, "kWh", (cleaned.want,), **base))
    rules = []
    for item in cleaned.touched:
        by = By(dim="rule", key=item.rule, label=item.label)
        rules.append(mint.fact("quality.cleaning", "隔离行数", Decimal(item.rows), "行", (cleaned.want,), by=by,
                               kind="count", decimals=0, **base))  # fmt: skip
        out.put("aside", rules[-1])
        if item.kwh:
            size = mint.fact("quality.cleaning", "隔离电量", item.kwh, "kWh", (cleaned.want,), by=by, **base)
            out.put("aside_kwh", size)
    out.put("clean", mint.fact("quality.cleaning", "清洗后电量", cleaned.clean, "kWh", (cleaned.want,), parents=(raw,),
                               method="清洗前电量 − 隔离行电量", refused=cleaned.refused, **base))  # fmt: skip


def alerts_of(facts: Sequence[Fact]) -> list[tuple[str, str, int, str]]:
    """(what found it, severity, objects, sentence) of all that 数据运维员 must know: findings and low scores.

    A low score counts as one object whatever it is, so that each source is told of once in a period.
    """
    out: list[tuple[str, str, int, str]] = []
    for fact in facts:
        if fact.indicator == "quality.score" and fact.params.get("low") and fact.by and fact.value is not None:
            least = quality_rules().notice_below * 100
            text = f"{fact.org_name or fact.org}{fact.period.label}{fact.by.label}数据质量评分{fact.value:.2f}%，"
            text += f"低于{least.normalize():f}%。请核查该来源的缺失、错误、迟到与重复数据，补采或更正后重算。"
            out.append((f"score_{fact.by.key}", "异常", 1, text))
            continue
        name = fact.params.get("detector")
        if name is None or not fact.value or not quality_rules().detectors[name].alert:
            continue
        spec, count = quality_rules().detectors[name], int(fact.value)
        text = f"{fact.org_name or fact.org}{fact.period.label}{spec.name}检出{count}{spec.counted}。{spec.treatment}"
        out.append((name, spec.severity, count, text))
    return out


def told(found: Review) -> dict[str, Any]:
    """The verdicts with their objects, for people who work on them: codes only, no names."""
    return {
        "checks": [
            {
                "check": item.check,
                "name": item.spec.name,
                "status": item.status,
                "reason": item.reason,
                "within": item.compared.within if item.compared else None,
                "examined": item.compared.examined if item.compared else None,
                "exceptions": _examples(item.compared.odd) if item.compared else [],
            }
            for item in found.checks
        ],
        "detectors": [
            {
                "detector": item.detector,
                "code": item.spec.code,
                "name": item.spec.name,
                "severity": item.spec.severity,
                "status": item.status,
                "reason": item.reason,
                "objects": item.detected.objects if item.status == "ok" else None,
                "rows": item.detected.rows if item.status == "ok" else None,
                "kwh": float(item.detected.kwh) if item.detected.kwh is not None else None,
                "listed": [
                    {
                        "object": d.object,
                        "org": d.org,
                        "first": _json(d.first),
                        "last": _json(d.last),
                        "rows": d.rows,
                        "note": d.note,
                    }
                    for d in item.detected.defects[:20]
                ],
                "treatment": item.spec.treatment,
            }
            for item in found.scan.findings
        ],
        "scores": [
            {
                "source": item.source,
                "status": item.status,
                "reason": item.reason,
                "rows": item.rows,
                "score": float(round(item.value, 4)) if item.value is not None else None,
                "parts": {name: float(round(part, 4)) for name, part in item.parts.items()},
            }
            for item in found.scan.scores
        ],
        "cleaning": _told_cleaning(found),
    }


def _told_cleaning(found: Review) -> dict[str, Any]:
    cleaned = found.cleaned
    if cleaned is None:
        return {"status": found.unread[0], "reason": found.unread[1]}
    rules = [{"rule": i.rule, "label": i.label, "rows": i.rows, "kwh": float(i.kwh)} for i in cleaned.touched]
    return {"status": "ok", "rows": cleaned.rows, "raw": float(cleaned.raw), "clean": float(cleaned.clean),
            "refused": cleaned.refused, "rules": rules}  # fmt: skip
