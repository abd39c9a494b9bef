#!/usr/bin/env python3
"""Asks other libraries what number formats do to some values, and writes cases.json beside this file.

    pip install numpy torch torchao bitsandbytes ml_dtypes kmeans1d && python3 make.py

Inputs are Float32 values that the cases carry along. `codes` are all values of the OCP types as ml_dtypes decodes them; `casts`
are its casts of values around every level and every middle between two; `tensors` are what torchao makes of block formats, what
bitsandbytes makes of NF4, and the squared error that kmeans1d, which is exact, leaves.
"""
import importlib.metadata as metadata
import json
import pathlib

import bitsandbytes.functional as bnb
import kmeans1d
import ml_dtypes
import numpy as np
import torch
from torchao.prototype.mx_formats import mx_tensor
from torchao.prototype.mx_formats.config import ScaleCalculationMode
from torchao.prototype.mx_formats.nvfp4_tensor import NVFP4Tensor

TYPES = {
    "fp8-e4m3": ml_dtypes.float8_e4m3fn,
    "fp8-e5m2": ml_dtypes.float8_e5m2,
    "fp6-e3m2": ml_dtypes.float6_e3m2fn,
    "fp6-e2m3": ml_dtypes.float6_e2m3fn,
    "fp4-e2m1": ml_dtypes.float4_e2m1fn,
}
MX = {
    "mxfp8-e4m3": torch.float8_e4m3fn,
    "mxfp8-e5m2": torch.float8_e5m2,
    "mxfp6-e3m2": mx_tensor.DTYPE_FP6_E3M2,
    "mxfp6-e2m3": mx_tensor.DTYPE_FP6_E2M3,
    "mxfp4": torch.float4_e2m1fn_x2,
}


def numbers(values):
    return [float(v) if np.isfinite(v) else None for v in np.asarray(values, dtype=np.float64).ravel()]


def values_of(dtype, bits):
    return np.arange(2**bits, dtype=np.uint8).view(np.uint8).astype(np.uint8).view(dtype).astype(np.float32)


def casts(dtype, values):
    levels = np.unique(values[np.isfinite(values)])
    middles = (levels[1:] + levels[:-1]) / 2
    points = np.concatenate([levels, middles, np.nextafter(middles, np.inf), np.nextafter(middles, -np.inf)])
    points = np.concatenate([points, levels[-1] * np.array([1.01, 1.04, 2, 1000]), levels[0] * np.array([1.05, 3])])
    points = points.astype(np.float32)
    # Saturating, as block formats want it.
    clipped = np.clip(points, levels[0], levels[-1])
    return {"values": numbers(points), "results": numbers(clipped.astype(dtype).astype(np.float32))}


def main():
    random = np.random.default_rng(20240611)
    bell = random.standard_normal((6, 64)).astype(np.float32)
    wide = (random.standard_normal((4, 64)) * 10.0 ** random.integers(-6, 6, (4, 1))).astype(np.float32)
    outlier = (random.standard_normal((3, 64)) * 0.05).astype(np.float32)
    outlier[1, 7] = 11.0
    zeros = bell[:2].copy()
    zeros[0, :32] = 0
    inputs = {"bell": bell, "wide": wide, "outlier": outlier, "zeros": zeros}
    tensors = []
    for name, x in inputs.items():
        t = torch.from_numpy(x)
        for recipe, dtype in MX.items():
            back = mx_tensor.MXTensor.to_mx(t, dtype, 32, ScaleCalculationMode.FLOOR).dequantize(torch.float32)
            tensors.append((name, recipe, back.numpy()))
        if name != "wide":
            scale = t.abs().max() / (6 * 448)
            padded = torch.zeros(16, 64)
            padded[: x.shape[0]] = t
            back = NVFP4Tensor.to_nvfp4(padded, per_tensor_scale=scale).dequantize(torch.float32)[: x.shape[0]]
            tensors.append((name, "nvfp4", back.numpy()))
        codes, state = bnb.quantize_4bit(t.flatten(), blocksize=64, quant_type="nf4")
        tensors.append((name, "nf4 group:64", bnb.dequantize_4bit(codes, state).numpy().reshape(x.shape)))
    clusters = []
    for count, levels in [(40, 3), (300, 4), (1000, 16), (2000, 7)]:
        x = np.concatenate([random.standard_normal(count), random.standard_normal(count // 3) * 0.2 + 4])
        x = x.astype(np.float32)
        labels, centres = kmeans1d.cluster(x.astype(np.float64), levels)
        error = float(((x.astype(np.float64) - np.array(centres)[labels]) ** 2).sum())
        clusters.append({"values": numbers(x), "levels": levels, "squared_error": error})
    book = {
        "versions": {n: metadata.version(n) for n in ["torch", "torchao", "bitsandbytes", "ml_dtypes", "kmeans1d"]},
        "codes": {n: numbers(values_of(d, int(n[2]))) for n, d in TYPES.items()},
        "casts": {n: casts(d, values_of(d, int(n[2]))) for n, d in TYPES.items()},
        "inputs": {n: {"shape": list(x.shape), "values": numbers(x)} for n, x in inputs.items()},
        "tensors": [{"input": n, "recipe": r, "results": numbers(y)} for n, r, y in tensors],
        "clusters": clusters,
    }
    path = pathlib.Path(__file__).parent / "cases.json"
    path.write_text(json.dumps(book, separators=(",", ":")) + "\n")
    print(len(tensors), "tensors,", path.stat().st_size, "bytes")


main()
