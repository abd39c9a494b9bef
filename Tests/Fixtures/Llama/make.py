#!/usr/bin/env python3
"""Writes a small Llama as Hugging Face stores it, the same quantized as llama.cpp stores it, and how far apart they are.

usage: make.py [OUTPUT FOLDER]        needs numpy, ml_dtypes, safetensors and gguf

Writes beside this file unless told otherwise. Weights are normal values with a few columns of outliers, two layers, four query heads
to a key head. The GGUF file has llama.cpp's names and its order of the rows of Q and K; gguf-py quantizes and reads back.
  original.safetensors   BF16, norms too
  model-q8_0.gguf        Q8_0, of ffn_down Q4_0, output F16, norms F32; rope_freqs is in this file alone
  pairs.json             for each pair of names what the second makes of the first, in Float64 with the rows back in their places.
                         Undefined values (SQNR without any error) are null.
"""
import json, math, pathlib, sys
import gguf
import ml_dtypes
import numpy as np
import safetensors
from gguf import GGMLQuantizationType as T, quants
from safetensors.numpy import save_file

folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
rng = np.random.default_rng(20261126)
layers, hidden, heads, kv_heads, inner, vocab = 2, 256, 8, 2, 384, 96
head = hidden // heads

def matrix(rows, columns):
    x = rng.normal(0, columns ** -.5, (rows, columns))
    x[:, rng.choice(columns, 3, replace=False)] *= rng.uniform(4, 12, 3)
    return x.astype(np.float32).astype(ml_dtypes.bfloat16)

def norm(): return rng.normal(1, .1, hidden).astype(np.float32).astype(ml_dtypes.bfloat16)

original = {"model.embed_tokens.weight": matrix(vocab, hidden)}
for i in range(layers):
    original |= {f"model.layers.{i}.{name}.weight": value for name, value in [
        ("input_layernorm", norm()),
        ("self_attn.q_proj", matrix(hidden, hidden)), ("self_attn.k_proj", matrix(kv_heads * head, hidden)),
        ("self_attn.v_proj", matrix(kv_heads * head, hidden)), ("self_attn.o_proj", matrix(hidden, hidden)),
        ("post_attention_layernorm", norm()),
        ("mlp.gate_proj", matrix(inner, hidden)), ("mlp.up_proj", matrix(inner, hidden)), ("mlp.down_proj", matrix(hidden, inner))]}
original |= {"model.norm.weight": norm(), "lm_head.weight": matrix(vocab, hidden)}
save_file(original, folder / "original.safetensors", {"format": "pt"})

def renamed(name): return gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, layers).get_name(name, (".weight",))
def type_of(name):
    return T.F32 if "norm" in name else T.F16 if name == "output.weight" else T.Q4_0 if "ffn_down" in name else T.Q8_0
def heads_of(name): return heads if "attn_q." in name else kv_heads if "attn_k." in name else None
# Halves of a head (as Hugging Face turns them) become neighbours, and neighbours halves again.
def permuted(x, n): return x.reshape(n, 2, x.shape[0] // n // 2, x.shape[1]).swapaxes(1, 2).reshape(x.shape)
def restored(x, n): return x.reshape(n, x.shape[0] // n // 2, 2, x.shape[1]).swapaxes(1, 2).reshape(x.shape)

w = gguf.GGUFWriter(folder / "model-q8_0.gguf", "llama")
w.add_type("model")
w.add_name("Small Llama")
w.add_block_count(layers)
w.add_context_length(512)
w.add_embedding_length(hidden)
w.add_feed_forward_length(inner)
w.add_head_count(heads)
w.add_head_count_kv(kv_heads)
w.add_rope_freq_base(10000.)
w.add_layer_norm_rms_eps(1e-5)
w.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
w.add_vocab_size(vocab)
w.add_rope_dimension_count(head)
w.add_quantization_version(gguf.GGML_QUANT_VERSION)
w.add_tensor("rope_freqs.weight", np.linspace(1, 8, head // 2, dtype=np.float32))
for name, value in original.items():
    name = renamed(name)
    value = value.astype(np.float32)
    if n := heads_of(name): value = permuted(value, n)
    w.add_tensor(name, quants.quantize(value, type_of(name)), raw_dtype=type_of(name))
w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()

# Both files as they are read back.
read = {t.name: t for t in gguf.GGUFReader(folder / "model-q8_0.gguf").tensors}
stored = dict(safetensors.deserialize((folder / "original.safetensors").read_bytes()))
pairs = []
for name, value in original.items():
    assert stored[name]["dtype"] == "BF16" and list(value.shape) == stored[name]["shape"], name
    assert value.tobytes() == bytes(stored[name]["data"]), name
    other = read[renamed(name)]
    x, y = value.astype(np.float64), quants.dequantize(other.data, other.tensor_type).astype(np.float64).reshape(value.shape)
    assert other.tensor_type == type_of(other.name) and other.shape.tolist() == list(value.shape)[::-1], name
    if n := heads_of(other.name):
        assert np.array_equal(restored(permuted(x, n), n), x)
        y = restored(y, n)
    e = y - x
    pairs.append({"a": name, "b": other.name, "mse": float(np.mean(e * e)),
                  "sqnr_db": 10 * math.log10((x * x).sum() / (e * e).sum()) if e.any() else None,
                  "cosine": float((x * y).sum() / math.sqrt((x * x).sum() * (y * y).sum())), "max_abs_error": float(abs(e).max())})
found = {pair["b"] for pair in pairs}
result = {"pairs": pairs, "only_a": sorted(set(stored) - {pair["a"] for pair in pairs}), "only_b": sorted(set(read) - found)}
assert result["only_a"] == [] and result["only_b"] == ["rope_freqs.weight"]
(folder / "pairs.json").write_text(json.dumps(result, indent=1, allow_nan=False) + "\n")
print(len(pairs), "pairs")
