#!/usr/bin/env python3
"""Writes weights exported wrongly, with one fault to a tensor, and weights exported rightly in many ways.

usage: make.py [OUTPUT FOLDER]        needs numpy, ml_dtypes, safetensors and gguf

Writes beside this file unless told otherwise, and prints the SQNR of every export. Weights are normal values, every row and to a
lesser degree every column on a scale of its own, with a few outliers; means of rows are off zero where zero-points matter.
  original.safetensors         F32; a tensor is named for its fault, which is the part of the name before the first dot
  export.safetensors           the same names, F32 and some BF16 or F16, every one of them wrong; vectors of batch norms are gone
  sound-original.safetensors   F32; a tensor is named for its recipe
  sound-export.safetensors     the same names, with no error but that of quantization
The faults are made as an exporter would make them: with codes, scales and zero-points that are right, put together wrongly.
"""
import pathlib, sys, zlib
import gguf
import ml_dtypes
import numpy as np
from gguf import GGMLQuantizationType as T, quants
from safetensors.numpy import load_file, save_file

folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
F32, F16, BF16 = np.float32, np.float16, ml_dtypes.bfloat16

def random(name): return np.random.default_rng([20261203, zlib.crc32(name.encode())])

def weights(rng, *shape, mean=0.):
    """A mean is in standard deviations of a row: about as large as it says, and of both signs."""
    rows, columns = shape[0], int(np.prod(shape[1:]))
    x = rng.normal(0, 1, (rows, columns)) * np.exp(rng.normal(0, .2, columns))
    n = rows * columns // 1000 + 2
    x[rng.integers(0, rows, n), rng.integers(0, columns, n)] *= rng.uniform(3, 6, n)
    x += mean * rng.uniform(.5, 1.5, (rows, 1)) * rng.choice([-1, 1], (rows, 1), p=[.3, .7])
    return (x * np.exp(rng.normal(0, .45, (rows, 1))) * columns ** -.5).astype(F32).reshape(shape)

# Codes and scales (and zero-points), groups apart: [rows, groups, size] and [rows, groups, 1]. A group is a row unless told otherwise.
def grouped(x, size=None): return x.reshape(x.shape[0], -1, size or int(np.prod(x.shape[1:])))

def symmetric(x, bits, size=None, limit=None):
    g, top = grouped(x, size), 2 ** (bits - 1) - 1
    s = (np.abs(g).max(2, keepdims=True) if limit is None else limit) / top
    if size: s = s.astype(F16).astype(F32)
    return np.clip(np.rint(g / s), -top - 1, top), s

def asymmetric(x, bits, size=None):
    g, top = grouped(x, size), 2 ** bits - 1
    low, high = np.minimum(g.min(2, keepdims=True), 0), np.maximum(g.max(2, keepdims=True), 0)
    s = (high - low) / top
    if size: s = s.astype(F16).astype(F32)
    z = np.clip(np.rint(-low / s), 0, top)
    return np.clip(np.rint(g / s) + z, 0, top), s, z

def sqnr(x, y):
    x, y = x.astype(np.float64), y.astype(np.float64)
    error = ((x - y) ** 2).sum()
    return 10 * np.log10((x ** 2).sum() / error) if error else float("inf")

# Wrong exports.
original, export, right_db = {}, {}, {}

def planted(name, x, right, wrong, kind=F32):
    assert np.isfinite(wrong.astype(kind).astype(F32)).all() and not np.array_equal(right, wrong), name
    original[name], export[name] = x, np.ascontiguousarray(wrong.reshape(x.shape)).astype(kind)
    right_db[name] = sqnr(x, right.reshape(x.shape).astype(kind))

# Zero-points: those of signed codes with unsigned ones and the like.
def zero_point_offset(name, shape, bits, size, offset, kind=F32):
    x = weights(random(name), *shape, mean=.5)
    q, s, z = asymmetric(x, bits, size)
    planted(name, x, s * (q - z), s * (q - (z + offset)), kind)

zero_point_offset("zero-point-offset.int8", (64, 128), 8, None, 128)
zero_point_offset("zero-point-offset.int4", (32, 128), 4, 64, -8, F16)

def missing_zero_point(name, shape, bits, size, kind=F32):
    x = weights(random(name), *shape, mean=.7)
    q, s, z = asymmetric(x, bits, size)
    planted(name, x, s * (q - z), s * q, kind)

missing_zero_point("missing-zero-point.uint8", (64, 96), 8, None)
missing_zero_point("missing-zero-point.uint4", (32, 128), 4, 64, BF16)

# Signs of codes.
def read_as_unsigned(name, shape, bits, size, kind=F32):
    x = weights(random(name), *shape)
    q, s = symmetric(x, bits, size)
    planted(name, x, s * q, s * np.where(q < 0, q + 2 ** bits, q), kind)

def read_as_signed(name, shape, bits, kind=F32):
    x = weights(random(name), *shape, mean=.3)
    q, s, z = asymmetric(x.reshape(1, -1), bits)
    planted(name, x, s * (q - z), s * (np.where(q >= 2 ** (bits - 1), q - 2 ** bits, q) - z), kind)

read_as_unsigned("signed-unsigned.int8", (48, 128), 8, None)
read_as_unsigned("signed-unsigned.int4", (32, 128), 4, 32, BF16)
read_as_signed("signed-unsigned.uint8-per-tensor", (48, 96), 8)

# Scales: not applied, divided by, or those of other rows, columns or groups.
def scales(name, shape, bits, size, wrong, kind=F32):
    x = weights(random(name), *shape)
    q, s = symmetric(x, bits, size)
    planted(name, x, q * s, wrong(q, s), kind)

def shuffled(name):
    rng = random(name + " order")
    return lambda q, s: q * s[rng.permutation(len(s))]

scales("wrong-axis.int8", (128, 128), 8, None, lambda q, s: q * s.reshape(1, 1, -1), BF16)
scales("wrong-axis.int4", (96, 96), 4, None, lambda q, s: q * s.reshape(1, 1, -1))
# A table of rows by groups written as such and read as one of groups by rows, or the other way about.
scales("transposed-scales.int4", (64, 128), 4, 32, lambda q, s: q * s.reshape(s.shape[1], s.shape[0]).T[..., None], F16)
scales("transposed-scales.int4-written", (48, 256), 4, 32, lambda q, s: q * s[..., 0].T.reshape(s.shape), BF16)
scales("permuted-scales.int8", (64, 128), 8, None, shuffled("permuted-scales.int8"))
scales("permuted-scales.int8-reversed", (48, 128), 8, None, lambda q, s: q * s[::-1], BF16)
scales("permuted-scales.int4", (64, 96), 4, None, shuffled("permuted-scales.int4"))
scales("scale-not-applied.int8", (48, 128), 8, None, lambda q, s: q, BF16)
scales("scale-inverted.int8", (48, 128), 8, None, lambda q, s: q / s)
scales("scale-inverted.int4", (32, 128), 4, 32, lambda q, s: q / s, BF16)

def codes_alone(name, shape, bits, size, centred, kind=F32):
    x = weights(random(name), *shape, mean=.4)
    q, s, z = asymmetric(x, bits, size)
    planted(name, x, s * (q - z), q - z if centred else q, kind)

codes_alone("scale-not-applied.uint4", (32, 128), 4, 64, False, F16)
codes_alone("scale-not-applied.uint4-centred", (32, 128), 4, 64, True, F16)

# Halves of bytes: neighbours in a row share a byte, or as in GGML's blocks the first with the seventeenth.
def swapped_nibbles(name, shape, apart, kind=F32):
    x = weights(random(name), *shape)
    q, s = symmetric(x, 4, 32)
    swapped = q.reshape(-1, 2, apart)[:, ::-1].reshape(q.shape)
    planted(name, x, q * s, swapped * s, kind)

swapped_nibbles("swapped-nibbles.int4", (48, 128), 1, BF16)
swapped_nibbles("swapped-nibbles.int4-blocks", (32, 128), 16, F16)

# Batch norms folded into what comes before them. The second is one of a block's two.
def batch_norm(prefix, rng, channels, negative=0):
    gamma = rng.uniform(.3, 1.6, channels)
    gamma[rng.choice(channels, negative, replace=False)] *= -.2
    vectors = {"weight": gamma, "bias": rng.normal(0, .3, channels), "running_mean": rng.normal(0, .5, channels),
               "running_var": np.exp(rng.normal(-1, .9, channels))}
    return {f"{prefix}.{key}": value.astype(F32) for key, value in vectors.items()}

def folded_batch_norm(name, bn, shape, negative, kind=F32):
    rng = random(name)
    x, vectors = weights(rng, *shape), batch_norm(bn, rng, shape[0], negative)
    original.update(vectors)
    factor = vectors[bn + ".weight"] / np.sqrt(vectors[bn + ".running_var"] + F32(1e-5))
    (q, s), (q_folded, s_folded) = symmetric(x, 8), symmetric(x * factor.reshape(-1, 1, 1, 1), 8)
    planted(name, x, q * s, q_folded * s_folded, kind)

folded_batch_norm("folded-batch-norm.conv.conv.weight", "folded-batch-norm.conv.bn", (32, 16, 3, 3), 0)
folded_batch_norm("folded-batch-norm.layer1.0.conv2.weight", "folded-batch-norm.layer1.0.bn2", (32, 16, 3, 3), 3, F16)
original |= batch_norm("folded-batch-norm.layer1.0.bn1", random("bn1"), 32)

# Rows in another order: any, or as between Hugging Face's halves of a head and Meta's neighbours, both ways.
def rows_moved(name, shape, bits, size, order, kind=F32):
    x = weights(random(name), *shape)
    q, s = symmetric(x, bits, size)
    planted(name, x, q * s, (q * s)[order], kind)

def neighbours(rows, heads): return np.arange(rows).reshape(heads, 2, -1).swapaxes(1, 2).reshape(-1)
def halves(rows, heads): return np.arange(rows).reshape(heads, -1, 2).swapaxes(1, 2).reshape(-1)

rows_moved("row-permutation.int8", (64, 96), 8, None, random("row order").permutation(64), F16)
rows_moved("row-permutation.q_proj", (64, 128), 4, 32, neighbours(64, 4), BF16)
rows_moved("row-permutation.k_proj", (64, 96), 8, None, halves(64, 4), BF16)

# Groups: scales in another order along every row, or columns quantized in an order of their own (the largest inputs first).
scales("wrong-group-order.reversed", (32, 256), 4, 32, lambda q, s: q * s[:, ::-1])
scales("wrong-group-order.rolled", (32, 256), 4, 32, lambda q, s: q * np.roll(s, 1, axis=1), BF16)

def act_order(name, x):
    """Codes where their columns were, scales of groups in the order of quantization, that order, and the group of every column."""
    energy = np.exp(random(name + " inputs").normal(0, 1, x.shape[1]))
    order = np.argsort(-energy, kind="stable")
    q, s = symmetric(x[:, order], 4, 32)
    g_idx = np.empty(len(order), int)
    g_idx[order] = np.arange(len(order)) // 32
    codes = np.empty(x.shape, F32)
    codes[:, order] = q.reshape(x.shape)
    return codes, s[..., 0], order, g_idx

def g_idx_ignored(name, shape, kind=F32):
    x = weights(random(name), *shape)
    q, s, _, g_idx = act_order(name, x)
    planted(name, x, q * s[:, g_idx], q * s[:, np.arange(shape[1]) // 32], kind)

def left_sorted(name, shape, kind=F32):
    x = weights(random(name), *shape)
    q, s, order, g_idx = act_order(name, x)
    right = q * s[:, g_idx]
    planted(name, x, right, right[:, order], kind)

g_idx_ignored("wrong-group-order.g_idx-ignored", (48, 256))
left_sorted("wrong-group-order.columns-left-sorted", (32, 256), F16)

# Right exports.
sound_original, sound_export = {}, {}

def sound(name, recipe, *shape, mean=0., kind=F32, change=None):
    rng = random(name)
    x = weights(rng, *shape, mean=mean)
    if change: change(x)
    y = recipe(x, rng)
    sound_original[name], sound_export[name] = x, np.ascontiguousarray(y.reshape(shape)).astype(kind)

def sym(bits, size=None):
    def recipe(x, rng): q, s = symmetric(x, bits, size); return q * s
    return recipe

def asym(bits, size=None):
    def recipe(x, rng): q, s, z = asymmetric(x, bits, size); return s * (q - z)
    return recipe

def per_tensor(recipe): return lambda x, rng: recipe(x.reshape(1, -1), rng)

def clipped(x, rng):
    q, s = symmetric(x, 4, limit=np.percentile(np.abs(grouped(x)), 99, axis=2, keepdims=True).astype(F32))
    return q * s

def fp8(x, rng):
    s = np.abs(x).max() / F32(448)
    return (x / s).astype(ml_dtypes.float8_e4m3fn).astype(F32) * s

def nearest(x, levels): return levels[np.abs(x[..., None] - levels).argmin(-1)]

nf4_levels = np.array([-1, -.6961928009986877, -.5250730514526367, -.39491748809814453, -.28444138169288635, -.18477343022823334,
                       -.09105003625154495, 0, .07958029955625534, .16093020141124725, .24611230194568634, .33791524171829224,
                       .44070982933044434, .5626170039176941, .7229568362236023, 1], F32)
def nf4(x, rng):
    g = grouped(x, 64)
    s = np.abs(g).max(2, keepdims=True)
    return nearest(g / s, nf4_levels) * s

def mxfp4(x, rng):
    g = grouped(x, 32)
    s = np.exp2(np.floor(np.log2(np.abs(g).max(2, keepdims=True))) - 2)
    return np.clip(g / s, -6, 6).astype(ml_dtypes.float4_e2m1fn).astype(F32) * s

def ternary(x, rng):
    a = np.abs(x)
    kept = a > .7 * a.mean(1, keepdims=True)
    return np.sign(x) * kept * ((a * kept).sum(1, keepdims=True) / kept.sum(1, keepdims=True))

def binary(x, rng): return np.where(x < 0, F32(-1), F32(1)) * np.abs(x).mean(1, keepdims=True)

def kmeans(x, rng):
    levels = np.quantile(x, (np.arange(16) + .5) / 16)
    for _ in range(30):
        nearest_to = np.abs(x.reshape(-1, 1) - levels).argmin(1)
        levels = np.array([x.reshape(-1)[nearest_to == i].mean() if (nearest_to == i).any() else levels[i] for i in range(16)])
    return nearest(x, levels.astype(F32))

def ggml(kind): return lambda x, rng: quants.dequantize(quants.quantize(x, kind), kind)

def q4_k(x, rng):
    """Super-blocks of eight groups of 32, the scales and minima of which are six bits on a scale of their own."""
    g = x.reshape(-1, 8, 32)
    low = np.minimum(g.min(2, keepdims=True), 0)
    s, m = (g.max(2, keepdims=True) - low) / 15, -low
    def six_bits(v):
        d = (v.max(1, keepdims=True) / 63).astype(F16).astype(F32)
        return np.clip(np.rint(v / d), 0, 63) * d
    s, m = six_bits(s), six_bits(m)
    return np.clip(np.rint((g + m) / s), 0, 15) * s - m

def stochastic(x, rng):
    g = grouped(x, 32)
    s = np.abs(g).max(2, keepdims=True) / 7
    return np.clip(np.floor(g / s + rng.random(g.shape)), -8, 7) * s

def columns_scaled(x, rng):
    """Columns with the larger inputs are made larger before quantization and smaller after it."""
    factor = np.exp(rng.normal(0, .5, x.shape[1])).astype(F32)
    return sym(4, 64)(x * factor, rng).reshape(x.shape) / factor

def by_act_order(x, rng):
    q, s, _, g_idx = act_order("int4-act-order-group32", x)
    return q * s[:, g_idx]

def one_outlier(x): x[5, 17] = 12 * x.std()

sound("int8-symmetric-per-channel", sym(8), 32, 128)
sound("int8-asymmetric-per-tensor", per_tensor(asym(8)), 32, 128, mean=.5)
sound("int8-asymmetric-per-channel-bf16", asym(8), 32, 128, mean=.5, kind=BF16)
sound("int6-symmetric-per-channel", sym(6), 32, 128, kind=F16)
sound("int4-symmetric-group32", sym(4, 32), 32, 128, kind=F16)
sound("int4-symmetric-group64-bf16", sym(4, 64), 32, 128, kind=BF16)
sound("int4-symmetric-per-channel-square", sym(4), 64, 64)
sound("int4-asymmetric-group128", asym(4, 128), 16, 256, mean=.5)
sound("int4-clipped-percentile99", clipped, 32, 128)
sound("int4-per-tensor-one-outlier", per_tensor(sym(4)), 32, 128, change=one_outlier)
sound("int4-stochastic-group32", stochastic, 32, 128)
sound("int4-columns-scaled-group64", columns_scaled, 32, 128)
sound("int4-act-order-group32", by_act_order, 16, 256)
sound("int3-symmetric-per-channel", sym(3), 32, 128)
sound("int2-asymmetric-group32", asym(2, 32), 32, 128, mean=.5, kind=BF16)
sound("fp8-e4m3-per-tensor", fp8, 32, 128)
sound("nf4-group64", nf4, 32, 128, kind=BF16)
sound("mxfp4", mxfp4, 32, 128, kind=BF16)
sound("ternary-per-channel", ternary, 32, 128)
sound("binary-per-channel", binary, 32, 128)
sound("bf16", lambda x, rng: x, 32, 128, kind=BF16)
sound("f16", lambda x, rng: x, 32, 128, kind=F16)
sound("kmeans16", kmeans, 32, 128)
sound("gguf-q4_0", ggml(T.Q4_0), 32, 128)
sound("gguf-q8_0", ggml(T.Q8_0), 32, 128, kind=F16)
sound("q4_k", q4_k, 16, 256, mean=.2)
# With a batch norm that was not folded.
sound("int8-conv.conv.weight", sym(8), 16, 16, 3, 3)
sound_original |= batch_norm("int8-conv.bn", random("int8-conv.bn"), 16)

for file, tensors in [("original", original), ("export", export), ("sound-original", sound_original), ("sound-export", sound_export)]:
    save_file(tensors, folder / f"{file}.safetensors", {"format": "pt"})

# As read back.
read = {file: load_file(folder / f"{file}.safetensors") for file in ["original", "export", "sound-original", "sound-export"]}
print(f"{'tensor':<44}{'shape':<16}{'type':<10}{'SQNR':>9}{'without the fault':>19}")
for prefix in ["", "sound-"]:
    for name, y in sorted(read[prefix + "export"].items()):
        x = read[prefix + "original"][name]
        assert x.dtype == F32 and x.shape == y.shape and np.isfinite(y.astype(F32)).all(), name
        line = f"{name:<44}{'x'.join(map(str, x.shape)):<16}{y.dtype.name:<10}{sqnr(x, y):>9.2f}"
        print(line + ("" if prefix else f"{right_db[name]:>19.2f}"))
