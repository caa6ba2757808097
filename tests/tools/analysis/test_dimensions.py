"""The dimension that tells a change: what customers did together stands before what each did by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from agent.desk import Desk
from agent.runner import Runner
from core.domain.period import Period
from core.domain.tokens import plain
from core.errors import BadRequest
from core.settings import Settings
from evals.suites.planted import DIMENSIONS
from tools.analysis.dimension_scores import Scored, expected, scores, surprise
from tools.analysis.drill import deeper

LIMITS = (0.10, 0.67, 0.5)
COUNT = 2400


@pytest.fixture(scope="module")
def desk(demo_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("dimensions")
    (home / "demo").symlink_to(demo_source, target_is_directory=True)
    runner = Runner.open(Settings(home=home, today=date(2026, 11, 23), _env_file=None))
    yield Desk.open(runner, "analyst01")
    runner.close()


def grid() -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """(energy now, expected energy, members): 120 areas of 20 customers on 12 lines in 4 units, 6 industries across
    them; every customer has a scatter of its own of a tenth."""
    rng = np.random.default_rng(7)
    then = rng.lognormal(6, 1.2, COUNT)
    now = then * rng.lognormal(0, 0.1, COUNT)
    at = np.arange(COUNT)
    members = {
        "org": np.char.add("o", (at // 600).astype(str)),
        "line": np.char.add("l", (at // 200).astype(str)),
        "tg": np.char.add("t", (at // 20).astype(str)),
        "industry": np.char.add("i", (at % 6).astype(str)),
        "customer": np.char.add("c", at.astype(str)),
    }
    return now, then, members


def first(now: np.ndarray, then: np.ndarray, members: dict[str, np.ndarray]) -> Scored:
    return scores(now, then, members, *LIMITS)[0]


def test_the_planted_dimension_comes_first() -> None:
    now, then, members = grid()
    for dim, who in {
        "industry": members["industry"] == "i2",
        "line": np.isin(members["line"], ["l1", "l5", "l9"]),
        "org": members["org"] == "o3",
        "tg": np.isin(members["tg"], [f"t{at}" for at in range(3, 120, 10)]),
    }.items():
        found = first(np.where(who, now * 0.7, now), then, members)
        assert found.dim == dim and found.net > 0, dim
        hit = {str(name) for name in np.unique(members[dim][who])}
        assert set(found.chosen) <= hit and (found.power > 0.67 or dim == "tg")


def test_few_customers_stand_before_the_groups_that_hold_them() -> None:
    now, then, members = grid()
    largest = np.argsort(-then)[:4]
    now[largest] *= 0.02
    found = first(now, then, members)
    assert found.dim == "customer" and found.first and set(found.chosen) <= {f"c{at}" for at in largest}
    assert found.power >= 0.67 and found.net == 0


def test_plain_surprise_would_have_named_the_customers_every_time() -> None:
    now, then, members = grid()
    fallen = np.where(members["industry"] == "i2", now * 0.7, now)
    told = {one.dim: one for one in scores(fallen, then, members, *LIMITS)}
    assert (
        max(told, key=lambda dim: told[dim].surprise) == "customer" and first(fallen, then, members).dim == "industry"
    )


def test_what_everybody_does_alike_or_alone_is_told_by_no_group() -> None:
    _, then, members = grid()
    assert all(abs(one.surprise) < 1e-12 for one in scores(then * 0.85, then, members, *LIMITS))
    rng = np.random.default_rng(3)
    net: dict[str, list[float]] = {}
    plain: dict[str, list[float]] = {}
    for _ in range(60):
        for one in scores(then * 0.85 * rng.lognormal(0, 0.1, COUNT), then, members, *LIMITS):
            net.setdefault(one.dim, []).append(one.net)
            plain.setdefault(one.dim, []).append(one.surprise)
    for dim in ("org", "line", "tg", "industry"):
        assert abs(np.mean(net[dim])) < 0.2 * np.mean(plain[dim]), "chance is taken out on the average"


def test_next_to_no_change_is_told_by_no_dimension() -> None:
    _, then, members = grid()
    now = then.copy()
    now[0] += 0.002 * then.sum()
    assert scores(now, then, members, *LIMITS) and not scores(now, then, members, *LIMITS, 0.003)
    now[0] += 0.002 * then.sum()
    assert scores(now, then, members, *LIMITS, 0.003)


def test_a_few_that_use_most_are_not_named_for_what_everybody_does() -> None:
    now, then, members = grid()
    largest = np.argsort(-then)[:3]
    then[largest] *= 400
    now = then * np.where(members["line"] == "l2", 0.5, 0.85)
    assert then[largest].sum() > 0.6 * then.sum() and not first(now, then, members).first


def test_a_member_of_one_customer_surprises_by_no_more_than_that() -> None:
    now, then, members = grid()
    single = members | {"tg": members["customer"]}
    found = next(one for one in scores(now, then, single, *LIMITS) if one.dim == "tg")
    assert abs(found.net) < 0.02 * found.surprise


def test_the_order_of_customers_changes_nothing() -> None:
    now, then, members = grid()
    turned = np.random.default_rng(1).permutation(COUNT)
    one = scores(now, then, members, *LIMITS)
    two = scores(now[turned], then[turned], {dim: keys[turned] for dim, keys in members.items()}, *LIMITS)
    assert [(item.dim, item.chosen) for item in one] == [(item.dim, item.chosen) for item in two]
    np.testing.assert_allclose([item.net for item in one], [item.net for item in two], rtol=1e-9)


def test_what_a_customer_should_have_used() -> None:
    table = pd.DataFrame(
        [(90, 100, 330, 300), (90, 100, 0, 300), (50, 0, 300, 0), (10, 100, 3000, 300), (5, 0, 0, 0)],
        columns=["now", "was", "near", "near_was"],
    )
    assert expected(table, 1).tolist() == pytest.approx([110, 0, 100, 300, 0])
    assert expected(table, 3).tolist()[2] == pytest.approx(300)


def test_surprise_is_the_divergence_of_shares() -> None:
    assert surprise([(90.0, 100.0)] * 10) == pytest.approx(0) and surprise([(0.0, 0.0)]) == 0.0
    assert surprise([(1.0, 0.0), (0.0, 1.0)]) == pytest.approx(np.log(2))


def test_the_ranking_is_told_in_facts_and_finds_what_a_tiny_province_can_show(desk: Desk, demo_source: Path) -> None:
    """Its counties have two lines and two units that are the same: kinds of customers and customers can be told apart
    there; the other causes are for `evals/suites/planted.py`."""
    events = json.loads((demo_source / "answer_key" / "events.json").read_text(encoding="utf-8"))
    for item in (event for event in events if event.get("cause") in {"H3", "H5"}):
        body = desk.explain("A02", item["org_code"], Period.parse(item["ym"]))
        facts = {fact.id: fact for fact in body.facts}
        conclusion, finding = body.findings[:2]
        assert (conclusion.kind, finding.kind) == ("cause_conclusion", "dimension_ranking")
        assert plain(finding.text, facts) and set(finding.facts) <= set(facts)
        order = [fact.by.key for fact in body.facts if fact.name == "净变动度" and fact.by]
        assert len(order) == len(set(order)) >= 6 and order[0] in DIMENSIONS[item["cause"]]
        gap = next(fact for fact in body.facts if fact.name == "与逐户应有电量之差")
        assert gap.query and gap.value is not None and gap.value < 0


def test_drilling_follows_the_ranking_and_ends(desk: Desk, demo_source: Path) -> None:
    events = json.loads((demo_source / "answer_key" / "events.json").read_text(encoding="utf-8"))
    item = next(event for event in events if event.get("cause") == "H5")
    org, month = item["org_code"], Period.parse(item["ym"])
    body = desk.explain("A02", org, month)
    order = [fact.by.label for fact in body.facts if fact.name == "净变动度" and fact.by]
    bench = desk.bench()
    seen: list[str] = []
    told = []
    for _ in order:
        told.append(deeper(bench, org, month, seen).label)
        seen.append("")
    assert [label.removeprefix("按").partition("看")[0] for label in told] == order and order[0] == "客户"
    with pytest.raises(BadRequest, match="都已看过"):
        deeper(bench, org, month, seen)
    assert deeper(bench, org, month, ["customer"]).label.startswith(f"按{order[1]}")
    assert desk.explain("A02", org, month, "best").extra["analysis"] == told[0]
