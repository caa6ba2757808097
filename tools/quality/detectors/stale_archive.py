"""Q14 档案缺项或滞后: archive fields that are missing, contradict each other, or hold unknown codes."""

from __future__ import annotations

from knowledge.quality import DetectorSpec
from tools.evidence import Scope, Wants
from tools.quality import Answers, Detected, Detector, listed, listing

FAULTY = """
SELECT c.cons_no AS object, c.org_code AS org_code, c.open_date AS first_day, c.close_date AS last_day, 1 AS n,
       CAST(NULL AS DECIMAL(18,2)) AS kwh
FROM customer AS c
WHERE c.open_date <= :end AND (
      c.industry_code IS NULL OR c.tariff_class IS NULL OR c.tg_no IS NULL OR c.voltage_kv IS NULL
   OR c.industry_code NOT IN ({industries}) OR c.tariff_class NOT IN ({classes})
   OR (c.status = '正常' AND (c.run_cap_kva IS NULL OR c.run_cap_kva <= 0))
   OR c.run_cap_kva > c.contract_cap_kva OR c.close_date < c.open_date
   OR (c.status = '销户' AND c.close_date IS NULL))
"""


def _wants(scope: Scope, spec: DetectorSpec) -> Wants:
    codes = {name: sorted(scope.catalog.dictionary.get(name, {})) for name in ("industry", "tariff_class")}
    binds = {f"i{at}": code for at, code in enumerate(codes["industry"])}
    binds |= {f"t{at}": code for at, code in enumerate(codes["tariff_class"])}
    names = {kind: ", ".join(f":{name}" for name in binds if name[0] == kind) for kind in "it"}
    inner = FAULTY.format(industries=names["i"], classes=names["t"])
    return {"faulty": scope.want("marketing", listing(inner), binds=binds)}


def _judge(scope: Scope, spec: DetectorSpec, answers: Answers) -> Detected:
    return listed(answers.rows("faulty"))


DETECTOR = Detector("stale_archive", _wants, _judge)
