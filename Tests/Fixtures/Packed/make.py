#!/usr/bin/env python3
"""Writes checkpoints of quantized tensors beside this file, packed by the tools' own code, and the values that they stand for.

usage: make.py [FOLDER OF AUTOGPTQ] [FOLDER OF AUTOAWQ]        needs numpy, torch, safetensors, bitsandbytes, transformers

The folders are unpacked wheels or source archives of auto-gptq and autoawq, of which single files are loaded. NAME.values holds the
tensors of NAME as Float32: for each its name, a zero byte, the number of values in 32 bits, the values.
"""
import importlib.util, pathlib, sys
import numpy as np
import torch
from safetensors.torch import save_file

folder = pathlib.Path(__file__).parent
gptq_folder, awq_folder = (pathlib.Path(p) for p in sys.argv[1:3])
torch.manual_seed(20261125)

def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

def record(name, state, values, metadata=None):
    save_file({k: v.contiguous() for k, v in state.items()}, folder / name, metadata or {"format": "pt"})
    with open(folder / (name + ".values"), "wb") as f:
        for key, value in values.items():
            value = value.detach().to(torch.float32).contiguous().numpy()
            f.write(key.encode() + b"\0" + np.uint32(value.size).tobytes() + value.astype("<f4").tobytes())

# GPTQ: weights that lie on the grid, packed by AutoGPTQ, so that they come back as they are.
module = load(gptq_folder / "auto_gptq/nn_modules/qlinear/qlinear_cuda_old.py", "gptq")
wide = load(gptq_folder / "auto_gptq/nn_modules/qlinear/qlinear_cuda.py", "gptq_order")
state, values = {}, {}
for bits in [2, 3, 4, 8]:
    for name, symmetric, size in [("sym", True, 16), ("asym", False, 32), ("channel", False, -1)]:
        inputs, outputs = 64, 32
        groups = 1 if size < 0 else inputs // size
        scale = (torch.rand(outputs, groups) * .05 + .01).half()
        zero = torch.full((outputs, groups), 2 ** (bits - 1)) if symmetric else torch.randint(1, 2 ** bits, (outputs, groups))
        code = torch.randint(0, 2 ** bits, (outputs, inputs))
        index = torch.arange(inputs) // (inputs if size < 0 else size)
        weight = scale.float()[:, index] * (code - zero[:, index]).float()
        linear = torch.nn.Linear(inputs, outputs, bias=False)
        linear.weight.data = weight
        layer = module.QuantLinear(bits, size, inputs, outputs, False)
        layer.pack(linear, scale.float(), zero.float().clone(), None)
        for part in ["qweight", "qzeros", "g_idx"]: state[f"{name}{bits}.{part}"] = getattr(layer, part)
        state[f"{name}{bits}.scales"] = layer.scales.half()
        values[f"{name}{bits}.weight"] = weight
# Inputs in any order of groups.
inputs, outputs, size = 64, 32, 16
index = torch.randperm(inputs) // size
scale, zero = (torch.rand(outputs, 4) * .05 + .01).half(), torch.randint(1, 16, (outputs, 4))
weight = scale.float()[:, index] * (torch.randint(0, 16, (outputs, inputs)) - zero[:, index]).float()
linear = torch.nn.Linear(inputs, outputs, bias=False)
linear.weight.data = weight
layer = wide.QuantLinear(4, size, inputs, outputs, False)
layer.pack(linear, scale.float(), zero.float().clone(), index.to(torch.int32))
for part in ["qweight", "qzeros", "g_idx"]: state[f"order.{part}"] = getattr(layer, part)
state["order.scales"] = layer.scales.half()
values["order.weight"] = weight
state["norm.weight"] = torch.ones(4)
values["norm.weight"] = state["norm.weight"]
record("gptq.safetensors", state, values)

# AWQ: likewise, and read back by AutoAWQ.
sys.path.insert(0, str(awq_folder))
packing = load(awq_folder / "awq/utils/packing_utils.py", "packing")
from_source = (awq_folder / "awq/modules/linear/gemm.py").read_text()
order = eval(from_source[from_source.index("order_map = ") + 12:].split("\n")[0])
state, values = {}, {}
inputs, outputs, size = 128, 40, 32
scale, zero = (torch.rand(inputs // size, outputs) * .05 + .01).half(), torch.randint(0, 16, (inputs // size, outputs))
code = torch.randint(0, 16, (inputs, outputs))
def pack(x):
    words = torch.zeros(x.shape[0], x.shape[1] // 8, dtype=torch.int64)
    for column in range(words.shape[1]):
        for i in range(8): words[:, column] |= x[:, column * 8 + order[i]].long() << (4 * i)
    return words.to(torch.int64).numpy().astype(np.uint32).view(np.int32)
state["proj.qweight"], state["proj.qzeros"], state["proj.scales"] = torch.from_numpy(pack(code)), torch.from_numpy(pack(zero)), scale
back = packing.dequantize_gemm(state["proj.qweight"], state["proj.qzeros"], scale.float(), 4, size)
assert torch.equal(back, scale.float().repeat_interleave(size, 0) * (code - zero.repeat_interleave(size, 0)))
values["proj.weight"] = back.t()
record("awq.safetensors", state, values)

# bitsandbytes: NF4 and FP4, block scales plain and quantized again; rows that blocks do not divide; LLM.int8.
import bitsandbytes.functional as F
state, values = {}, {}
for kind in ["nf4", "fp4"]:
    for name, shape, nested in [("plain", (32, 128), False), ("double", (96, 384), True), ("odd", (7, 50), False)]:
        weight = torch.randn(shape) * .02
        codes, info = F.quantize_4bit(weight, blocksize=64, compress_statistics=nested, quant_type=kind)
        key = f"{name}.{kind}.weight"
        state[key] = codes
        for part, tensor in info.as_dict(packed=True).items(): state[f"{key}.{part}"] = tensor
        values[key] = F.dequantize_4bit(codes, info)
weight = torch.randn(24, 40)
codes, stats, _ = F.int8_vectorwise_quant(weight.half())
state["int8.weight"], state["int8.SCB"] = codes, stats
values["int8.weight"] = F.int8_vectorwise_dequant(codes, stats)
record("bitsandbytes.safetensors", state, values)

# Eight-bit floats and integers with scales: one, one a channel, one a run, one a tile.
state, values = {}, {}
for name, dtype, most in [("e4m3", torch.float8_e4m3fn, 448), ("e5m2", torch.float8_e5m2, 57344), ("int8", torch.int8, 127)]:
    def put(kind, weight, scale, expanded, ending):
        codes = (weight / expanded).clamp(-most, most)
        codes = codes.round().to(dtype) if dtype == torch.int8 else codes.to(dtype)
        key = f"{name}.{kind}.weight"
        state[key], state[key + ending] = codes, scale
        values[key] = codes.float() * expanded.float()
    weight = torch.randn(12, 160)
    put("tensor", weight, (weight.abs().max() / most).reshape(1), weight.abs().max() / most, "_scale")
    channel = weight.abs().amax(1, keepdim=True) / most
    put("channel", weight, channel, channel, "_scale")
    put("bf16", weight, channel.bfloat16(), channel.bfloat16().float(), "_scale")
    if name != "e4m3": continue
    group = weight.reshape(12, 5, 32).abs().amax(2) / most
    put("group", weight, group, group.repeat_interleave(32, 1), "_scale")
    weight = torch.randn(130, 140)
    tiles = torch.stack([torch.stack([weight[i:i + 128, j:j + 128].abs().max() for j in range(0, 140, 128)]) for i in range(0, 130, 128)]) / most
    put("tile", weight, tiles, tiles.repeat_interleave(128, 0)[:130].repeat_interleave(128, 1)[:, :140], "_scale_inv")
# Asymmetric integers, as compressed-tensors writes them, and runs of 64 of which the last is cut.
codes, scale, zero = torch.randint(-128, 128, (6, 200), dtype=torch.int8), torch.rand(6, 1), torch.randint(-20, 20, (6, 1), dtype=torch.int8)
state["zeros.weight"], state["zeros.weight_scale"], state["zeros.weight_zero_point"] = codes, scale, zero
values["zeros.weight"] = (codes.float() - zero.float()) * scale
scale = torch.rand(6, 4)
state["cut.weight"], state["cut.weight_scale"] = codes.clone(), scale
values["cut.weight"] = codes.float() * scale.repeat_interleave(64, 1)[:, :200]
state["alone.weight"] = weight[:4].to(torch.float8_e4m3fn)
values["alone.weight"] = state["alone.weight"]
record("scaled.safetensors", state, values)

# A little of each, from which fuzzing begins.
state, values = {}, {}
for bits in [3, 4]:
    scale, zero = (torch.rand(32, 2) * .05 + .01).half(), torch.randint(1, 2 ** bits, (32, 2))
    index = torch.arange(32) // 16
    weight = scale.float()[:, index] * (torch.randint(0, 2 ** bits, (32, 32)) - zero[:, index]).float()
    linear = torch.nn.Linear(32, 32, bias=False)
    linear.weight.data = weight
    layer = module.QuantLinear(bits, 16, 32, 32, False)
    layer.pack(linear, scale.float(), zero.float().clone(), None)
    for part in ["qweight", "qzeros", "g_idx"]: state[f"g{bits}.{part}"] = getattr(layer, part)
    state[f"g{bits}.scales"] = layer.scales.half()
    values[f"g{bits}.weight"] = weight
codes, info = F.quantize_4bit(torch.randn(2, 64), blocksize=64, compress_statistics=True, quant_type="nf4")
state["b.weight"] = codes
for part, tensor in info.as_dict(packed=True).items(): state[f"b.weight.{part}"] = tensor
values["b.weight"] = F.dequantize_4bit(codes, info)
weight, scale = torch.randn(4, 6), torch.rand(4, 1)
state["f.weight"], state["f.weight_scale"] = weight.to(torch.float8_e4m3fn), scale
values["f.weight"] = state["f.weight"].float() * scale
record("small.safetensors", state, values)

# PyTorch's own quantized tensors, in both containers.
state = {}
weight = torch.randn(6, 10) * 2
state["tensor"] = torch.quantize_per_tensor(weight, 0.03, 5, torch.qint8)
state["unsigned"] = torch.quantize_per_tensor(weight, 0.017, 130, torch.quint8)
state["wide"] = torch.quantize_per_tensor(weight, 1e-4, 0, torch.qint32)
scales, zeros = torch.rand(6, dtype=torch.float64) * .05 + .01, torch.zeros(6, dtype=torch.int64)
state["channels"] = torch.quantize_per_channel(weight, scales, zeros, 0, torch.qint8)
state["columns"] = torch.quantize_per_channel(weight, torch.rand(10, dtype=torch.float64) * .05 + .01, torch.randint(100, 150, (10,)), 1, torch.quint8)
state["turned"] = state["tensor"].t()
state["large"] = torch._make_per_tensor_quantized_tensor(torch.tensor([16777217, 16777219, -2 ** 30 - 1, 2 ** 31 - 1], dtype=torch.int32), 0.5, 16777216)
state["large turned"] = torch._make_per_tensor_quantized_tensor(torch.arange(16777210, 16777222, dtype=torch.int32).reshape(3, 4), 0.5, 16777216).t()
for name, old in [("quantized.pt", False), ("quantized.pth", True)]:
    torch.save(state, folder / name, _use_new_zipfile_serialization=not old)
    with open(folder / (name + ".values"), "wb") as f:
        for key, value in state.items():
            value = value.dequantize().contiguous().numpy()
            f.write(key.encode() + b"\0" + np.uint32(value.size).tobytes() + value.astype("<f4").tobytes())

# MXFP4 as in gpt-oss, read by transformers.
from transformers.integrations.mxfp4 import convert_moe_packed_tensors
blocks = torch.randint(0, 256, (3, 10, 4, 16), dtype=torch.uint8)
scales = torch.randint(110, 140, (3, 10, 4), dtype=torch.uint8)
back = convert_moe_packed_tensors(blocks, scales, dtype=torch.float32)
# transformers gives experts × inputs × outputs.
record("mxfp4.safetensors", {"mlp.gate_up_proj_blocks": blocks, "mlp.gate_up_proj_scales": scales},
       {"mlp.gate_up_proj": back.transpose(1, 2)})
