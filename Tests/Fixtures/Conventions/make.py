#!/usr/bin/env python3
"""Asks toolkits what they make of some small tensors, and writes cases.json beside this file.

    pip install numpy torch onnx onnxruntime torchao brevitas && pip install --no-deps nvidia-modelopt
    python3 make.py

Inputs are Float32 values that the cases carry along. Each case holds what the toolkit's own code gave: its scale and
zero-point (moved to codes from 0 on for asymmetric mappings, as qlens writes them), its codes, and its reconstruction.
The entropy limits are those of NVIDIA's calibrator on tensors of ../Golden whose first bins are not empty (where they are,
its divergence is not a number, which it takes for the least). AIMET's C++ quantizer and TensorRT itself cannot be had from PyPI; for
their scales tests hold the rules of the documents that name them.
"""
import ast
import collections
import importlib.metadata as metadata
import importlib.util
import json
import pathlib

import numpy as np
import torch
from onnxruntime.quantization import quant_utils
import onnx
import safetensors.torch
import onnxruntime
from torch.ao.quantization import observer
from torchao.quantization import quant_primitives as ao

GOLDEN = pathlib.Path(__file__).parent.parent / "Golden" / "inputs.safetensors"


def inputs():
    """Named tensors of different character, by a generator of their own so that they stay the same."""
    state = np.uint64(88172645463325252)
    def uniform(count):
        nonlocal state
        out = np.empty(count)
        with np.errstate(over="ignore"):
            for i in range(count):
                state ^= state << np.uint64(13)
                state ^= state >> np.uint64(7)
                state ^= state << np.uint64(17)
                out[i] = float(state >> np.uint64(11)) / 2.0**53
        return out
    bell = uniform(12 * 48).reshape(48, 12).sum(1) - 6
    return {
        "bell": bell,
        "relu": np.maximum(0, bell[:32]),
        "shifted": bell[:24] * 0.1 + 3,
        "negative": -np.abs(bell[:24]) - 0.25,
        "skewed": np.where(bell[:40] > 0, bell[:40] * 3, bell[:40]),
        "ties": np.array([-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1.0, 127.5 / 255, 0.1, -0.3]),
        "halves": np.array([k * 0.5 for k in range(-15, 16)]),
        "tiny": bell[:16] * 1e-9,
        "subnormal": np.array([1e-39, -2e-39, 3e-39]),
        "large": bell[:16] * 1e37,
        "zero": np.zeros(4),
        "one": np.array([0.3]),
        "outlier": np.append(bell[:31] * 0.02, 6.5),
    }


def by_torch(x, bits, symmetric):
    """torch.ao's MinMaxObserver and fake_quantize."""
    half = 1 << (bits - 1)
    low, high = (-half, half - 1) if symmetric else (0, 2 * half - 1)
    scheme = torch.per_tensor_symmetric if symmetric else torch.per_tensor_affine
    watcher = observer.MinMaxObserver(
        dtype=torch.qint8 if symmetric else torch.quint8, qscheme=scheme, quant_min=low, quant_max=high)
    t = torch.tensor(x)
    watcher(t)
    scale, zero = watcher.calculate_qparams()
    back = torch.fake_quantize_per_tensor_affine(t, float(scale), int(zero), low, high)
    codes = torch.clamp(torch.round(t * (1 / scale)) + zero, low, high)
    return float(scale), int(zero), codes.int().tolist(), back.tolist()


def by_torchao(x, bits, symmetric):
    """torchao's choose_qparams_affine and quantize_affine."""
    half = 1 << (bits - 1)
    low, high = (-half, half - 1) if symmetric else (0, 2 * half - 1)
    kind = ao.MappingType.SYMMETRIC_NO_CLIPPING_ERR if symmetric else ao.MappingType.ASYMMETRIC
    t, shape = torch.tensor(x), [len(x)]
    dtype = torch.int16
    scale, zero = ao.choose_qparams_affine(t, kind, shape, dtype, low, high, zero_point_dtype=torch.int32)
    codes = ao.quantize_affine(t, shape, scale, zero, dtype, low, high)
    back = ao.dequantize_affine(codes, shape, scale, zero, dtype, low, high)
    return float(scale), int(zero), codes.tolist(), back.tolist()


def by_onnxruntime(x, bits, symmetric):
    """compute_scale_zp of the quantization tool, then QuantizeLinear and DequantizeLinear of the runtime."""
    kind = {(8, True): onnx.TensorProto.INT8, (8, False): onnx.TensorProto.UINT8,
            (16, True): onnx.TensorProto.INT16, (16, False): onnx.TensorProto.UINT16,
            (4, True): onnx.TensorProto.INT4, (4, False): onnx.TensorProto.UINT4}[bits, symmetric]
    low, high = quant_utils.get_qmin_qmax_for_qType(kind, symmetric=symmetric)
    zero, scale = quant_utils.compute_scale_zp(x.min(), x.max(), low, high, symmetric)
    codes = quant_utils.quantize_nparray(kind, x, np.float32(scale), np.array(zero, dtype=low.dtype), low, high)
    codes = np.asarray(codes).astype(np.int32)
    back = ((codes - int(zero)).astype(np.float32) * np.float32(scale))
    if bits == 8:  # the runtime itself
        node = onnx.helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"])
        again = onnx.helper.make_node("DequantizeLinear", ["q", "s", "z"], ["y"])
        graph = onnx.helper.make_graph(
            [node, again], "g", [onnx.helper.make_tensor_value_info("x", 1, [len(x)])],
            [onnx.helper.make_tensor_value_info("y", 1, [len(x)])],
            [onnx.helper.make_tensor("s", 1, [], [float(scale)]), onnx.helper.make_tensor("z", kind, [], [int(zero)])])
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 21)])
        model.ir_version = 10
        run = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        ran = run.run(None, {"x": x})[0]
        if symmetric:  # the runtime clamps at -128, the tool at -127: they agree where no code lies beyond
            assert np.array_equal(ran[codes > -127], back[codes > -127])
        else:
            assert np.array_equal(ran, back)
    return float(np.float32(scale)), int(zero), codes.tolist(), back.tolist()


def by_brevitas(x, bits, symmetric):
    """Brevitas' weight quantizers without narrow range: Int8 and its bit width, or the shifted unsigned one."""
    from brevitas.inject.enum import QuantType
    from brevitas.quant.scaled_int import Int8WeightPerTensorFloat
    from brevitas.quant.shifted_scaled_int import ShiftedUint8WeightPerTensorFloat
    from brevitas.core.function_wrapper import RoundSte
    import brevitas.nn as qnn
    base = Int8WeightPerTensorFloat if symmetric else ShiftedUint8WeightPerTensorFloat
    layer = qnn.QuantLinear(
        len(x), 1, bias=False, weight_quant=base, weight_bit_width=bits, weight_narrow_range=False,
        weight_scaling_min_val=None)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(x).reshape(1, -1))
    layer.eval()
    w = layer.quant_weight()
    scale, zero = float(w.scale), int(round(float(w.zero_point)))
    codes = torch.round(w.value.detach() / w.scale.detach() + w.zero_point.detach())
    return scale, zero, [int(c) for c in codes.flatten().tolist()], w.value.detach().flatten().tolist()


def entropy_limit():
    """NVIDIA's search for the least divergence, taken out of a package whose other parts need more than PyPI has."""
    from scipy.stats import entropy
    root = pathlib.Path(importlib.util.find_spec("modelopt").origin).parent
    tree = ast.parse((root / "torch/quantization/calib/histogram.py").read_text())
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "_compute_amax_entropy"]
    space = {"np": np, "torch": torch, "entropy": entropy, "Counter": collections.Counter}
    exec(compile(ast.Module(found, []), "histogram.py", "exec"), space)
    search = space["_compute_amax_entropy"]

    def limit(x, bits):
        magnitudes = np.abs(x.astype(np.float64))
        counts, edges = np.histogram(magnitudes, bins=2048, range=(0, magnitudes.max()))
        return float(search(counts, edges, bits, bool(x.min() >= 0)))
    return limit


TOOLKITS = {"torch": by_torch, "torchao": by_torchao, "onnxruntime": by_onnxruntime, "brevitas": by_brevitas}


def main():
    cases = []
    for name, values in inputs().items():
        x = values.astype(np.float32)
        for toolkit, ask in TOOLKITS.items():
            for bits in (4, 8, 16):
                for symmetric in (True, False):
                    try:
                        scale, zero, codes, back = ask(x, bits, symmetric)
                    except Exception as problem:  # what a toolkit refuses is no case
                        print(f"{toolkit} int{bits} {'sym' if symmetric else 'asym'} {name}: {type(problem).__name__} {problem}"[:150])
                        continue
                    if not all(np.isfinite(back)) or not np.isfinite(scale):
                        print(f"{toolkit} int{bits} {'sym' if symmetric else 'asym'} {name}: not finite")
                        continue
                    cases.append({
                        "toolkit": toolkit, "recipe": f"int{bits} {'sym' if symmetric else 'asym'} tensor convention:{toolkit}",
                        "input": name, "scale": scale, "zero_point": zero, "codes": codes, "values": back})
    names = ("numpy", "torch", "onnxruntime", "torchao", "brevitas", "nvidia-modelopt")
    versions = {name: metadata.version(name) for name in names}
    limit = entropy_limit()
    entropies = [
        {"recipe": f"int{bits} sym tensor clip:entropy convention:tensorrt", "tensor": name,
         "limit": limit(safetensors.torch.load_file(GOLDEN)[name].float().numpy().ravel(), bits)}
        for name in ("gauss", "laplace", "outliers", "relu", "channels", "conv", "brain") for bits in (4, 6, 8)]
    book = {"made_by": "make.py", "versions": versions,
            "inputs": {k: [float(v) for v in x.astype(np.float32)] for k, x in inputs().items()}, "entropies": entropies, "cases": cases}
    path = pathlib.Path(__file__).parent / "cases.json"
    text = json.dumps(book, indent=None, separators=(",", ":"))
    path.write_text(text.replace('{"toolkit"', '\n{"toolkit"') + "\n")
    print(len(cases), "cases")


main()
