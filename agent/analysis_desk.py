"""Life of an analysis for one actor: list, show, train, compare, promote, roll back, watch for drift, retrain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from agent.desk import Desk
from core.analyses import permit, promote, register, rollback
from core.clock import now, stamp
from core.domain.actor import Actor
from core.domain.analysis_version import AnalysisVersion, VersionAct, VersionState
from core.errors import BadRequest, NotFound
from core.log import log
from tools.analysis.life import Life, Study, all_lives, life_named
from tools.analysis.life.comparison import Comparison, compare
from tools.analysis.life.drift import Drift, drift
from tools.analysis.life.trial import train

if TYPE_CHECKING:
    from agent.runner import Runner


@dataclass(frozen=True)
class Trained:
    """A candidate, and how it compares with the version in service: a comparison, why there is none, or None."""

    version: AnalysisVersion
    against: AnalysisVersion | None
    comparison: Comparison | str | None


class AnalysisDesk:
    """Every read goes through the actor's gate; every write is permitted and audited in `core.analyses`."""

    def __init__(self, runner: Runner, actor: Actor) -> None:
        self._runner = runner
        self._actor = actor
        self._desk = Desk(runner, actor)
        self._studies: dict[tuple[str, str], Study] = {}

    @classmethod
    def open(cls, runner: Runner, user: str) -> AnalysisDesk:
        return cls(runner, runner.actor(user))

    def listed(self, analysis: str | None = None) -> list[AnalysisVersion]:
        name = life_named(analysis).name if analysis else ""
        permit(self._runner.store, self._actor, "ask", self._actor.org, "analysis_version")
        with self._runner.store.read() as unit:
            return unit.analyses.versions(self._actor, name)

    def shown(self, name: str) -> tuple[AnalysisVersion, list[VersionAct]]:
        """A version, by its id or as the current one of an analysis, with the acts on its analysis."""
        permit(self._runner.store, self._actor, "ask", self._actor.org, "analysis_version")
        version = self._version(name)
        with self._runner.store.read() as unit:
            return version, unit.analyses.acts(version.content.analysis, version.content.org)

    def train(self, analysis: str, org: str | None = None, algorithm: str | None = None) -> Trained:
        """Train on the unit's past up to today, keep a candidate, compare it with the version in service."""
        life = life_named(analysis)
        life.algorithm(algorithm)
        unit = self._desk.org(org or self._actor.org).code
        permit(self._runner.store, self._actor, "analysis_train", unit, life.name)
        study = self._study(life, unit)
        made = train(life, study, unit, algorithm)
        if isinstance(made, str):
            raise BadRequest(f"{life.label}没有训练成：{made}。", "请待积累更多历史数据后再试，或换上级单位训练。")
        version = register(self._runner.store, self._actor, made)
        against = self._current(life, unit)
        if against is None or against.id == version.id:
            return Trained(version, None, None)
        return Trained(version, against, compare(life, study.cases, against.content, version.content))

    def compare(self, first: str, second: str | None = None) -> tuple[AnalysisVersion, AnalysisVersion, Comparison]:
        """Two versions on the same cases: `second`, by default the current one of the same unit, is the champion."""
        challenger = self._version(first)
        champion = self._version(second) if second else self._rival(challenger)
        if champion.content.analysis != challenger.content.analysis:
            raise BadRequest("两个版本不是同一项分析，不能对比。", "用 gma analysis list 查看版本。")
        if champion.id == challenger.id:
            raise BadRequest("两个版本是同一个，不能对比。", "用 gma analysis list 查看版本。")
        life = life_named(challenger.content.analysis)
        made = compare(
            life, self._study(life, challenger.content.org).cases, champion.content, challenger.content
        )  # fmt: skip
        if isinstance(made, str):
            raise BadRequest(f"{made}。", "请待更多月份的结果出来后再对比。")
        return champion, challenger, made

    def promote(self, name: str, reason: str) -> tuple[AnalysisVersion, dict[str, Any]]:
        """Put a version into service; the comparison with the one before it goes into the audit row."""
        version = self._version(name)
        permit(self._runner.store, self._actor, "analysis_promote", version.content.org, version.id)
        life = life_named(version.content.analysis)
        rival = self._current(life, version.content.org)
        evidence: dict[str, Any] = {"compared": "此前没有现行版本"}
        if rival is not None and rival.id != version.id:
            study = self._study(life, version.content.org)
            made = compare(life, study.cases, rival.content, version.content)
            evidence = {"against": rival.id, "compared": made if isinstance(made, str) else made.told()}
        return promote(self._runner.store, self._actor, version.id, reason, evidence), evidence

    def rollback(self, name: str, reason: str) -> AnalysisVersion:
        """`name`: the version in service by its id, or its analysis."""
        return rollback(self._runner.store, self._actor, self._version(name).id, reason)

    def drift(self, name: str) -> tuple[AnalysisVersion, Drift]:
        """How the version in service (or the one named) still fits today."""
        version = self._version(name)
        life = life_named(version.content.analysis)
        unit = version.content.org if self._actor.covers(version.content.org) else self._actor.org
        return version, drift(life, self._study(life, unit), version.content, self._today)

    def retrain(self, older_than: int = 0) -> list[Trained | str]:
        """Train every analysis whose newest version is at least so many days old, as its version in service was.

        A sentence stands for each that could not be trained; 管理决策者 are owed a message about each candidate.
        """
        out: list[Trained | str] = []
        for life in all_lives().values():
            with self._runner.store.read() as unit:
                newest = unit.analyses.newest(life.name, self._actor.org)
            age = now() - datetime.fromisoformat(stamp(newest.made_at)) if newest else timedelta.max
            if age < timedelta(days=older_than):
                continue
            current = self._current(life, self._actor.org)
            try:
                made = self.train(life.name, None, current.content.algorithm if current else None)
            except BadRequest as error:
                log("analysis.retrain", analysis=life.name, failed=error.message)
                out.append(str(error))
                continue
            verdict = made.comparison.verdict if isinstance(made.comparison, Comparison) else made.comparison or ""
            text = f"{made.version.said()}已训练为候选版本，等待启用。{verdict}"
            if made.version.state is VersionState.CANDIDATE:
                with self._runner.store.begin() as unit:
                    unit.analyses.owe(made.version, text)
            out.append(made)
        return out

    @property
    def _today(self) -> Any:
        return self._runner.settings.business_date()

    def _version(self, name: str) -> AnalysisVersion:
        """A version by its id; an analysis by name or label stands for its version in service."""
        labels = {life.name: life for life in all_lives().values()} | {
            life.label: life for life in all_lives().values()
        }
        if name not in labels:
            with self._runner.store.read() as unit:
                return unit.analyses.version(self._actor, name)
        found = self._current(labels[name], self._actor.org)
        if found is None:
            raise NotFound(
                f"{labels[name].label}还没有启用的版本。",
                f"先用 gma analysis train {labels[name].name} 训练，再由管理决策者启用。",
            )
        return found

    def _current(self, life: Life, org: str) -> AnalysisVersion | None:
        with self._runner.store.read() as unit:
            return unit.analyses.current(life.name, org)

    def _rival(self, challenger: AnalysisVersion) -> AnalysisVersion:
        life = life_named(challenger.content.analysis)
        found = self._current(life, challenger.content.org)
        if found is None:
            raise NotFound(f"{life.label}还没有现行版本，无从对比。", "请写明与哪个版本对比：--with 版本编号。")
        return found

    def _study(self, life: Life, org: str) -> Study:
        """The unit's past, read once for this desk."""
        unit = self._desk.org(org).code
        if (life.name, unit) not in self._studies:
            found = life.study(self._desk.bench(), unit, self._today)
            if isinstance(found, str):
                raise BadRequest(f"{life.label}没有可用的历史：{found}。", "请核对数据源，或换有大客户、有历史的单位。")
            self._studies[life.name, unit] = found
        return self._studies[life.name, unit]


def retrain_when_due(runner: Runner) -> list[Trained | str]:
    """By `GMA_RETRAIN_DAYS` and `GMA_RETRAIN_AS`; [] when switched off or nothing is due."""
    settings = runner.settings
    if not settings.retrain_days:
        return []
    if not settings.retrain_as:
        raise BadRequest(
            "设了自动训练的间隔，但没有设以谁的身份训练。", "请设置 GMA_RETRAIN_AS 为分析师或数据运维员的账号。"
        )
    return AnalysisDesk.open(runner, settings.retrain_as).retrain(settings.retrain_days)
