#!/usr/bin/env python3
"""Writes the fixtures beside this file: blocks of every ggml type and what ggml itself makes of them.

usage: make.py [PATH OF libggml-base.so]

Needs numpy and gguf, and a built libggml-base (pip install pywhispercpp brings one). Blocks are random bytes whose scales
are made finite, so that every code and every place of a table occurs; values are those of ggml's C decoders, and where gguf-py
has a decoder of its own, the two are checked against each other.
  types.gguf    every type, two rows of two blocks; F16, F32, F64, BF16 and integers
  values.bin    its values: name, a zero byte, their number in 32 bits, the values as Float32
"""
import ctypes, glob, pathlib, site, sys
import numpy as np
import gguf
from gguf import GGMLQuantizationType as T, quants

folder = pathlib.Path(__file__).parent
found = sys.argv[1:] or [p for s in site.getsitepackages() for p in glob.glob(s + "/**/libggml-base.so", recursive=True)]
ggml = ctypes.CDLL(found[0])
ggml.ggml_type_size.restype = ctypes.c_size_t
rng = np.random.default_rng(20261124)

# Where the Float16 scales of a block stand.
halves = {T.Q1_0: [0], T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0], T.Q8_1: [0, 2],
          T.Q2_K: [80, 82], T.Q3_K: [108], T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208],
          T.IQ2_XXS: [0], T.IQ2_XS: [0], T.IQ2_S: [0], T.IQ3_XXS: [0], T.IQ3_S: [0], T.IQ1_S: [0],
          T.IQ4_NL: [0], T.IQ4_XS: [0], T.TQ1_0: [52], T.TQ2_0: [64]}
plain = {T.F32: np.float32, T.F16: np.float16, T.F64: np.float64, T.I8: np.int8, T.I16: np.int16, T.I32: np.int32,
         T.I64: np.int64}
names = {t: t.name.lower() if t.name[-2:] != "_K" else t.name[:-2].lower() + "_K" for t in T}

def blocks_of(t, elements, size, count):
    blocks = rng.integers(0, 256, (count, size), dtype=np.uint8)
    for at in halves.get(t, []):
        blocks[:, at:at + 2] = rng.normal(0, .05, (count, 1)).astype(np.float16).view(np.uint8)
    if t == T.Q8_K: blocks[:, :4] = rng.normal(0, .05, (count, 1)).astype(np.float32).view(np.uint8)
    if t == T.IQ1_M:  # d in the highest four bits of four words
        d = rng.normal(0, .05, count).astype(np.float16).view(np.uint16)
        for i in range(4):
            blocks[:, 49 + 2 * i] = blocks[:, 49 + 2 * i] & 0x0F | ((d >> (4 * i)) & 0xF).astype(np.uint8) << 4
    if t == T.MXFP4: blocks[:, 0] = [0, 1, 2, 127, 130, 200, 250, 120][:count]
    return blocks

def decoded(t, data, count):
    out = np.zeros(count, np.float32)
    c = getattr(ggml, "dequantize_row_" + names[t], None)
    if t == T.Q8_1:  # ggml has no decoder: d times the code
        return (data[:, :2].copy().view(np.float16).astype(np.float32) * data[:, 4:].view(np.int8)).reshape(-1)
    c.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
    c(data.ctypes.data, out.ctypes.data, count)
    return out

values = {}
writer = gguf.GGUFWriter(folder / "types.gguf", "llama")
writer.add_string("fixture.text", "naïve – 量子化")
for name, kind, value in [("u8", "uint8", 255), ("i8", "int8", -128), ("u16", "uint16", 65535), ("i16", "int16", -32768),
                          ("u32", "uint32", 2**32 - 1), ("i32", "int32", -2**31), ("u64", "uint64", 2**64 - 1),
                          ("i64", "int64", -2**63), ("f32", "float32", 0.1), ("f64", "float64", 0.1), ("bool", "bool", True)]:
    getattr(writer, "add_" + kind)("fixture." + name, value)
writer.add_array("fixture.numbers", list(range(20)))
writer.add_array("fixture.words", ["one", "two"])
for t in T:
    if t in plain or t == T.BF16:
        x = rng.normal(0, 100, (3, 5))
        if t == T.BF16:
            bits = (x.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
            writer.add_tensor(t.name, bits.view(np.uint8), raw_dtype=t)
            values[t.name] = (bits.astype(np.uint32) << 16).view(np.float32)
        else:
            x = x.astype(plain[t])
            writer.add_tensor(t.name, x)
            values[t.name] = x.astype(np.float32)
        continue
    elements, size = gguf.GGML_QUANT_SIZES[t]
    if t == T.Q8_1:
        size = 36  # gguf-py 0.19 says 40, as ggml did before its scales became halves
        gguf.GGML_QUANT_SIZES[t] = (elements, size)
    assert ggml.ggml_type_size(int(t)) == size, t
    data = blocks_of(t, elements, size, 4)
    out = decoded(t, data, 4 * elements)
    if t in quants._type_traits:
        assert np.array_equal(quants.dequantize(data, t).reshape(-1).view(np.uint32) << 1, out.view(np.uint32) << 1), t
    writer.add_tensor(t.name, data.reshape(2, 2 * size), raw_dtype=t)
    values[t.name] = out.reshape(2, 2 * elements)
writer.write_header_to_file(); writer.write_kv_data_to_file(); writer.write_tensors_to_file(); writer.close()
with open(folder / "values.bin", "wb") as f:  # name, a zero byte, the number of values, the values
    for name, v in values.items():
        f.write(name.encode() + b"\0" + np.uint32(v.size).tobytes() + v.astype("<f4").tobytes())
print(len(values), "types")
