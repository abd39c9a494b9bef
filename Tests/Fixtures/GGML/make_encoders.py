#!/usr/bin/env python3
"""Writes encoders.bin beside this file: values, and what ggml's quantizers make of them.

usage: make_encoders.py [PATH OF libggml-base.so]

Records of a name, a zero byte, a count in 32 bits and Float32: "x", "weights" (importances of columns), for every type with a fixed
rule its decoded values (TYPE), and for the searched types the sum of squared errors of ggml's result (TYPE), and the same weighted
by "weights" where ggml was given them (TYPE weighted).
"""
import ctypes, glob, pathlib, site, sys
import numpy as np
from gguf import GGMLQuantizationType as T

folder = pathlib.Path(__file__).parent
found = sys.argv[1:] or [p for s in site.getsitepackages() for p in glob.glob(s + "/**/libggml-base.so", recursive=True)]
ggml = ctypes.CDLL(found[0])
ggml.ggml_quantize_chunk.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]
ggml.ggml_quantize_chunk.restype = ctypes.c_size_t
ggml.ggml_type_size.restype = ctypes.c_size_t
ggml.ggml_blck_size.restype = ctypes.c_int64
rng = np.random.default_rng(20261124)
columns = 1024
rows = [rng.normal(0, .05, columns), rng.laplace(0, .02, columns), rng.standard_t(3, columns), rng.uniform(-1, 1, columns),
        rng.uniform(.2, .5, columns), rng.normal(0, 1, columns) * (rng.random(columns) < .1), rng.normal(1, .1, columns),
        -np.abs(rng.normal(0, 3, columns)), 0.1 + 2 * np.cos(np.arange(columns)), np.zeros(columns), rng.normal(0, 1e-4, columns),
        np.round(rng.normal(0, 3, columns)), rng.normal(0, 1, columns) * np.repeat(10. ** rng.integers(-3, 3, columns // 32), 32)]
x = np.array(rows, dtype=np.float32)
weights = (rng.exponential(1, columns) + .01).astype(np.float32)

def decode(t, data, count):
    out = np.zeros(count, np.float32)
    name = t.name.lower() if t.name[-2:] != "_K" else t.name[:-2].lower() + "_K"
    c = getattr(ggml, "dequantize_row_" + name)
    c.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
    c(data.ctypes.data, out.ctypes.data, count)
    return out.reshape(x.shape)

def quantized(t, importance):
    size = x.size // ggml.ggml_blck_size(int(t)) * ggml.ggml_type_size(int(t))
    data = np.zeros(size, np.uint8)
    ggml.ggml_quantize_chunk(int(t), x.ctypes.data, data.ctypes.data, 0, x.shape[0], columns, importance.ctypes.data if importance is not None else None)
    return decode(t, data, x.size)

records = {"x": x, "weights": weights}
for t in [T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q8_0, T.MXFP4]: records[t.name] = quantized(t, None)
for t in [T.Q2_K, T.Q3_K, T.Q4_K, T.Q5_K, T.Q6_K, T.IQ4_NL, T.IQ4_XS]:
    e = (quantized(t, None).astype(float) - x) ** 2
    w = (quantized(t, weights).astype(float) - x) ** 2 * weights
    records[t.name] = e.sum(1); records[t.name + " weighted"] = w.sum(1)
with open(folder / "encoders.bin", "wb") as f:
    for name, v in records.items(): f.write(name.encode() + b"\0" + np.uint32(v.size).tobytes() + v.astype("<f4").tobytes())
