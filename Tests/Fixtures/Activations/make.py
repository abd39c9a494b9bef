#!/usr/bin/env python3
"""Writes the weights of three linear layers, inputs for them, and what quantizing the weights does to their outputs.

usage: make.py [OUTPUT FOLDER]        needs numpy and safetensors

Writes beside this file unless told otherwise.
  layers.safetensors   fc1.weight, fc2.weight, fc3.weight, Float32, outputs × inputs
  activations.npz      their inputs under the layers' names, features last, with two large columns
  expected.json        by recipe and layer: ‖(Ŵ−W)Xᵀ‖ / ‖WXᵀ‖ in Frobenius norms and Float64, Ŵ in Float32 as the recipe has it
"""
import json, pathlib, sys
import numpy as np
from safetensors.numpy import save_file

folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
rng = np.random.default_rng(20261126)

weights = {f"{name}.weight": rng.normal(0, shape[1] ** -.5, shape).astype("f4")
           for name, shape in [("fc1", (24, 32)), ("fc2", (16, 24)), ("fc3", (8, 16))]}
inputs = {}
for name, shape in [("fc1", (40, 32)), ("fc2", (5, 8, 24)), ("fc3", (40, 16))]:
    x = rng.normal(0, 1, shape)
    x[..., rng.choice(shape[-1], 2, replace=False)] *= [15, 30]
    inputs[name] = x.astype("f4")
save_file(weights, folder / "layers.safetensors")
np.savez(folder / "activations.npz", **inputs)

def by_channel(w):
    """int4 sym channel:0"""
    most = np.abs(w).max(1, keepdims=True)
    scale = np.where(most > 0, most / np.float32(7), np.float32(1))
    code = np.clip(np.rint(w * (np.float32(1) / scale)), -7, 7)
    back = scale * code
    assert back.dtype == np.float32
    return back

expected = {}
for recipe in [by_channel]:
    errors = expected[recipe.__doc__] = {}
    for name, x in inputs.items():
        w, x = weights[name + ".weight"], x.reshape(-1, x.shape[-1]).astype("f8")
        change = recipe(w).astype("f8") - w.astype("f8")
        errors[name] = float(np.linalg.norm(change @ x.T) / np.linalg.norm(w.astype("f8") @ x.T))
(folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
print(expected)
