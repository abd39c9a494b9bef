#!/usr/bin/env python3
"""Reads exported files with the libraries that they are for.

usage: read_back.py QLENS MODEL.safetensors
needs: pip install numpy safetensors gguf torch torchvision compressed-tensors aimet-torch nvidia-modelopt

Exports the model in every layout, reads it with the layout's own library (NumPy, safetensors, gguf, compressed-tensors; MLX by its
documentation, as it needs a Mac) and compares every value with the values that `qlens export` writes. AIMET and Model Optimizer get
their settings and quantize the model's weights themselves. Prints a line a layout.
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
    # AIMET and Model Optimizer divide by a scale that they have rounded once more, MLX adds a bias.
    assert worst == 0 or layout in ("mlx", "aimet", "modelopt-config") and worst < 1e-6


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

from compressed_tensors.compressors.naive_quantized.base import IntQuantizationCompressor

count = worst = 0
for recipe in ["int8 sym channel:0", "int8 symfull channel:0 scale:bf16"]:
    expected, out = values(recipe), export(recipe, "int-quantized", recipe.replace(" ", "-"))
    stored = load_torch(out + "/model.safetensors")
    config = QuantizationConfig.model_validate(json.load(open(out + "/config.json"))["quantization_config"])
    (scheme,) = config.config_groups.values()
    assert scheme.input_activations.dynamic and len(scheme.targets) > 0
    for key in [k for k in stored if k.endswith(".weight_scale")]:
        module = key[: -len(".weight_scale")]
        assert sum(bool(re.match(target[len("re:") :], module)) for target in scheme.targets) == 1
        parts = {"weight": stored[module + ".weight"], "weight_scale": stored[key].float()}
        own = IntQuantizationCompressor.decompress(parts, scheme)["weight"].numpy()
        worst, count = max(worst, np.abs(own - expected[module + ".weight"]).max()), count + 1
report("int-quantized", count, worst)

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

from aimet_torch.v2.quantization.affine import QuantizeDequantize

count = worst = 0
for recipe in ["int8 sym tensor", "int8 asym channel:0", "int4 symfull channel:0", "int4 sym group:64", "int4 asym group:64"]:
    expected, encodings = values(recipe), json.load(open(export(recipe, "aimet", "aimet.json")))
    assert encodings["version"] == "1.0.0"
    for entry in encodings["param_encodings"]:
        weight, bits = torch.tensor(source[entry["name"]]), entry["bw"]
        if weight.dim() != 2:
            continue
        rows, columns = weight.shape
        block = entry.get("block_size", columns)
        shape = () if entry["enc_type"] == "PER_TENSOR" else (rows, columns // block)
        is_block = entry["enc_type"] == "PER_BLOCK"
        quantizer = QuantizeDequantize(
            shape, bitwidth=bits, symmetric=entry["is_sym"], block_size=(1, block) if is_block else None
        )
        scale, offset = (torch.tensor(entry[k], dtype=torch.float64).reshape(shape) for k in ("scale", "offset"))
        quantizer.set_range(scale * offset, scale * (offset + 2**bits - 1))
        # What it writes of this quantizer is what was read.
        hinted = quantizer.get_encodings()._hint_input_shape(weight.shape)
        for key, value in hinted.to_qnn_encoding_dict("1.0.0").items():
            assert np.allclose(value, entry[key], rtol=3e-7, atol=0) if key == "scale" else value == entry[key], key
        own, want = quantizer(weight).detach().numpy(), expected[entry["name"]]
        # A value half-way between codes may go the other way: symfull puts the largest ones there.
        same = np.abs(own - want) < 1e-6 * np.abs(want).max()
        steps = np.repeat(scale.broadcast_to(rows, columns // block).numpy(), block, 1)
        assert (np.abs(np.abs(source[entry["name"]] / steps) % 1 - 0.5)[~same] < 1e-4).all()
        worst, count = max(worst, (np.abs(own - want)[same] / np.abs(want).max()).max()), count + 1
report("aimet", count, worst)

import modelopt.torch.quantization as mtq

count = worst = 0
names = [name for name, weight in source.items() if weight.ndim == 2 and "embed" not in name][:12]
for recipe in ["int8 sym channel:0", "int4 sym group:64", "fp8-e4m3 tensor", "int4 sym tensor"]:
    expected, scope = values(recipe), {}
    exec(open(export(recipe, "modelopt-config", "modelopt.py")).read(), scope)
    model_ = torch.nn.Module()
    for name in names:
        inner, parts = model_, name.split(".")[:-1]
        for part in parts[:-1]:
            if not hasattr(inner, part):
                inner.add_module(part, torch.nn.Module())
            inner = getattr(inner, part)
        rows, columns = source[name].shape
        linear = torch.nn.Linear(columns, rows, bias=False)
        linear.weight.data = torch.tensor(source[name])
        inner.add_module(parts[-1], linear)
    quantized = mtq.quantize(model_, scope["QUANT_CFG"], None)
    for name in names:
        layer = quantized.get_submodule(name.rsplit(".", 1)[0])
        assert layer.weight_quantizer.is_enabled and not layer.input_quantizer.is_enabled
        own, want = layer.weight_quantizer(layer.weight).detach().numpy(), expected[name]
        same = np.abs(own - want) < 1e-6 * np.abs(want).max()
        assert (~same).mean() < 1e-5
        worst, count = max(worst, (np.abs(own - want)[same] / np.abs(want).max()).max()), count + 1
report("modelopt-config", count, worst)
