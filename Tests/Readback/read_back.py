#!/usr/bin/env python3
"""Reads exported files with the libraries that they are for.

usage: read_back.py QLENS MODEL.safetensors     needs: pip install numpy safetensors gguf torch compressed-tensors

Exports the model in every layout, reads it with the layout's own library (NumPy, safetensors, gguf, compressed-tensors; MLX by its
documentation, as it needs a Mac) and compares every value with the values that `qlens export` writes. Prints a line a layout.
"""
import json
import re
import subprocess
import sys
import tempfile

import numpy as np
from safetensors.numpy import load_file

qlens, model = sys.argv[1:3]
folder = tempfile.mkdtemp()


def export(recipe, target, name):
    out = f"{folder}/{name}"
    command = [qlens, "export", model, "--recipe", recipe, "--exclude", "*embed*", "--output", out, "--force"]
    subprocess.run(command + (["--to", target] if target else []), check=True, stderr=subprocess.DEVNULL)
    return out


def values(recipe):
    return load_file(export(recipe, None, f"values-{abs(hash(recipe))}.safetensors"))


def report(layout, count, worst):
    print(f"{layout}: {count} weights, largest difference {worst}")
    assert worst == 0 or layout.startswith("mlx") and worst < 1e-6


source = load_file(model)
recipe = "int4 sym group:64 scale:f16"
expected = values(recipe)
archive = np.load(export(recipe, None, "a.npz"))
assert set(archive.files) == set(expected)
report("npz", len(expected), max(np.abs(archive[n].astype(np.float64) - expected[n]).max(initial=0) for n in expected))

import gguf

count = worst = 0
for kind in ["q4_0", "q4_1", "q5_0", "q5_1", "q8_0"]:
    expected = values("ggml:" + kind)
    for tensor in gguf.GGUFReader(export("ggml:" + kind, None, kind + ".gguf")).tensors:
        if tensor.tensor_type.name.lower() != kind:
            continue
        own = gguf.dequantize(tensor.data, tensor.tensor_type).reshape(expected[tensor.name].shape)
        worst, count = max(worst, np.abs(own - expected[tensor.name]).max()), count + 1
report("gguf", count, worst)

import torch
from compressed_tensors.compressors.mxfp4.base import MXFP4PackedCompressor
from compressed_tensors.compressors.nvfp4.base import NVFP4PackedCompressor
from compressed_tensors.compressors.nvfp4.helpers import unpack_fp4_from_uint8
from compressed_tensors.compressors.pack_quantized.base import PackedQuantizationCompressor
from compressed_tensors.quantization.lifecycle.forward import dequantize
from compressed_tensors.quantization import QuantizationConfig
from safetensors.torch import load_file as load_torch

fp4 = {"nvfp4": NVFP4PackedCompressor, "mxfp4": MXFP4PackedCompressor}
count = worst = 0
recipes = [f"int{b} {m} group:64 scale:f16" for b in (2, 3, 4, 6, 8) for m in ("sym", "asym")]
for recipe in recipes + ["nvfp4", "mxfp4"]:
    expected, out = values(recipe), export(recipe, "compressed-tensors", recipe.replace(" ", "-"))
    stored = load_torch(out + "/model.safetensors")
    config = QuantizationConfig.model_validate(json.load(open(out + "/config.json"))["quantization_config"])
    modules = [key[: -len(".weight_packed")] for key in stored if key.endswith(".weight_packed")]
    for scheme in config.config_groups.values():
        for target in scheme.targets:
            (module,) = [m for m in modules if re.match(target[len("re:") :], m)]
            parts = {k[len(module) + 1 :]: v for k, v in stored.items() if k.startswith(module + ".")}
            want = expected[module + ".weight"]
            if recipe in fp4:
                # In Float32, where its own decompression is in bfloat16.
                packed = parts["weight_packed"]
                levels = unpack_fp4_from_uint8(packed, packed.shape[0], packed.shape[1] * 2).float()
                scale = fp4[recipe]._decompress_scale(parts["weight_scale"], torch.float32)
                whole = parts.get("weight_global_scale")
                own = dequantize(levels, scale, args=scheme.weights, global_scale=whole, dtype=torch.float32).numpy()
                # The reciprocal of the tensor's scale is rounded.
                assert np.abs(own - want).max() <= 2e-7 * np.abs(want).max()
                own = want
            else:
                parts["weight_scale"] = parts["weight_scale"].float()
                own = PackedQuantizationCompressor.decompress(parts, scheme)["weight"].numpy()
            worst, count = max(worst, np.abs(own - want).max()), count + 1
report("compressed-tensors", count, worst)

count = worst = 0
for recipe in [f"int{b} {m} group:64 scale:f16" for b in (2, 3, 4, 5, 6, 8) for m in ("sym", "asym")]:
    expected, out = values(recipe), export(recipe, "mlx", "mlx-" + recipe.replace(" ", "-"))
    stored, settings = load_file(out + "/model.safetensors"), json.load(open(out + "/config.json"))["quantization"]
    bits, size = settings["bits"], settings["group_size"]
    for key in [k for k in stored if k.endswith(".scales")]:
        module, scales = key[: -len(".scales")], stored[key].astype(np.float32)
        rows = stored[module + ".weight"].view(np.uint8)
        digits = np.unpackbits(rows, axis=1, bitorder="little").reshape(len(rows), -1, bits)
        codes = (digits * (1 << np.arange(bits))).sum(-1).astype(np.float32)
        biases = stored[module + ".biases"].astype(np.float32)
        own = np.repeat(scales, size, 1) * codes + np.repeat(biases, size, 1)
        want = expected[module + ".weight"]
        worst, count = max(worst, np.abs(own - want).max() / np.abs(want).max()), count + 1
report("mlx", count, worst)
