#!/usr/bin/env python3
"""Writes encoders.bin beside this file: values, and what ggml's quantizers make of them.

usage: make_encoders.py [PATH OF libggml-base.so]

Records of a name, a zero byte, a count in 32 bits and Float32: "x", "weights" (importances of columns), for every type with a fixed
rule its decoded values (TYPE), and for the searched types the sum of squared errors of ggml's result (TYPE), and the same weighted
by "weights" where ggml was given them (TYPE weighted). "wild" and three "uneven" weights are the same for inputs that are not tame.
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

def decode(t, data, shape):
    out = np.zeros(shape, np.float32)
    name = t.name.lower() if t.name[-2:] != "_K" else t.name[:-2].lower() + "_K"
    c = getattr(ggml, "dequantize_row_" + name)
    c.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
    c(data.ctypes.data, out.ctypes.data, out.size)
    return out

def quantized(t, importance, x=x):
    size = x.size // ggml.ggml_blck_size(int(t)) * ggml.ggml_type_size(int(t))
    data = np.zeros(size, np.uint8)
    ggml.ggml_quantize_chunk(int(t), x.ctypes.data, data.ctypes.data, 0, x.shape[0], x.shape[1], importance.ctypes.data if importance is not None else None)
    return decode(t, data, x.shape)

records = {"x": x, "weights": weights}
for t in [T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q8_0, T.MXFP4]: records[t.name] = quantized(t, None)
for t in [T.Q2_K, T.Q3_K, T.Q4_K, T.Q5_K, T.Q6_K, T.IQ4_NL, T.IQ4_XS]:
    e = (quantized(t, None).astype(float) - x) ** 2
    w = (quantized(t, weights).astype(float) - x) ** 2 * weights
    records[t.name] = e.sum(1); records[t.name + " weighted"] = w.sum(1)
# Inputs that are not tame: constants, near-constants, ties, one outlier, tiny values, and weights that are nearly all on a few columns.
rng = np.random.default_rng(77)
n = 512
z = lambda: rng.normal(0, 1, n)
wild = [np.full(n, c) for c in (3.25, -.71, 2e-5)] + [1 + .002 * z(), .8 + .0005 * z(), 7 + .2 * z(), -2 - .01 * z(),
        np.where(rng.random(n) < .4, .6, -.2), np.where(np.arange(n) % 48 == 5, 0, 2.), np.round(1.5 * z()), np.abs(z()), rng.lognormal(0, 1, n),
        -rng.lognormal(0, .8, n), np.where(np.arange(n) == 100, 300, z()), np.repeat(rng.normal(0, 1, n // 16), 16),
        np.repeat(rng.normal(0, 1, n // 32), 32) + .002 * z(), z() * np.repeat(10. ** rng.integers(-2, 3, n // 32), 32), 3e-6 * z()]
wild = np.array(wild, dtype=np.float32)
uneven = [np.where(np.arange(n) % 31 == 3, 20, 2e-3), rng.exponential(1, n) ** 4 + 1e-6, np.where(rng.random(n) < .04, 50, 1e-4)]
records["wild"] = wild
for i, w in enumerate(uneven): records["uneven %d" % i] = np.array(w, np.float32)
for t in [T.Q2_K, T.Q3_K, T.Q4_K, T.Q5_K, T.Q6_K, T.IQ4_NL, T.IQ4_XS, T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1]:
    def errors(w):
        return [(((quantized(t, w, row[None]).astype(float) - row) ** 2) * (1 if w is None else w)).sum() for row in wild]
    records["wild " + t.name] = np.array(errors(None))
    for i in range(3): records["uneven %d %s" % (i, t.name)] = np.array(errors(records["uneven %d" % i]))
with open(folder / "encoders.bin", "wb") as f:
    for name, v in records.items(): f.write(name.encode() + b"\0" + np.uint32(v.size).tobytes() + v.astype("<f4").tobytes())
