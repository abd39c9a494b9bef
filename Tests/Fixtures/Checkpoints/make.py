#!/usr/bin/env python3
"""Writes the fixtures beside this file, each with its format's own library, and what is in them.

usage: make.py        needs numpy, torch and safetensors

NAME.values holds the tensors of NAME as Float32: for each its name, a zero byte, the number of values in 32 bits, the values.
"""
import io, pathlib, pickle, struct, zipfile
import numpy as np
import torch
from safetensors.numpy import save_file

folder = pathlib.Path(__file__).parent
rng = np.random.default_rng(20261124)
torch.manual_seed(20261124)

def record(name, tensors):
    with open(folder / (name + ".values"), "wb") as f:
        for key, value in tensors.items():
            if isinstance(value, torch.Tensor):
                value = value.detach()
                value = torch.view_as_real(value.resolve_conj()) if value.is_complex() else value
                value = value.to(torch.float32).contiguous().numpy() if value.dtype != torch.float64 else value.numpy().astype("f4")
            value = np.ascontiguousarray(value)
            if value.dtype.kind == "c": value = np.stack([value.real, value.imag], -1)
            f.write(key.encode() + b"\0" + np.uint32(value.size).tobytes() + value.astype("<f4").tobytes())

# NumPy archives: all types, both orders, both byte orders, stored, deflated, zip64.
types = ["?", "i1", "u1", "<i2", ">i2", "<u2", "<i4", ">i4", "<u4", "<i8", "<u8", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "<c8", "<c16"]
arrays = {("t" + t).replace("<", "l").replace(">", "b").replace("?", "bool"): (rng.normal(0, 40, (4, 3)) + (rng.normal(0, 9, (4, 3)) * 1j if "c" in t else 0)).astype(t) if t[-2] != "u" else rng.integers(0, 200, (4, 3)).astype(t) for t in types if len(t) > 1}
arrays["tbool"] = rng.integers(0, 2, (4, 3)).astype(bool)
arrays["fortran"] = np.asfortranarray(rng.normal(size=(3, 4, 2)).astype("f4"))
arrays["scalar"] = np.float32(1.5)
arrays["empty"] = np.zeros((0, 3), "f4")
arrays["naïve/名"] = np.arange(3, dtype="f4")
np.savez(folder / "stored.npz", **arrays)
np.savez_compressed(folder / "deflated.npz", **arrays, objects=np.array([{"a": 1}], dtype=object))
record("stored.npz", arrays); record("deflated.npz", arrays)
with zipfile.ZipFile(folder / "zip64.npz", "w") as z:
    for key in ["tlf4", "fortran"]:
        with z.open(key + ".npy", "w", force_zip64=True) as f: np.lib.format.write_array(f, np.asanyarray(arrays[key]))
record("zip64.npz", {k: arrays[k] for k in ["tlf4", "fortran"]})

# Longer than what is read of a member to know its array.
pattern = {"pattern": (np.arange(20_000) % 97).astype("f4").reshape(100, 200)}
np.savez_compressed(folder / "pattern.npz", **pattern)
record("pattern.npz", pattern)

# PyTorch: every dtype, shared storages, views, nested containers.
base = torch.randn(6, 8)
state = {"shared": base, "rows": base[2:4], "columns": base[:, 1:7:2], "transposed": base.t(), "expanded": base[0].expand(3, 8),
         "scalar": torch.tensor(2.5), "empty": torch.zeros(0, 4), "parameter": torch.nn.Parameter(torch.randn(3, 3)),
         "permuted": torch.randn(2, 3, 4).permute(2, 0, 1), "channels_last": torch.randn(2, 3, 4, 4).to(memory_format=torch.channels_last)}
for dtype in ["float64", "float32", "float16", "bfloat16", "int8", "uint8", "int16", "int32", "int64", "bool", "complex64",
              "complex128", "float8_e4m3fn", "float8_e5m2", "uint16", "uint32", "uint64"]:
    t = getattr(torch, dtype)
    x = torch.randn(5) * 30
    state[dtype] = (x.abs() if dtype.startswith("u") else x).to(t) if not dtype.startswith("c") else torch.randn(5, dtype=t)
nested = {"model": {"state_dict": state, "list": [torch.ones(2), {"inner": torch.zeros(2)}], "tuple": (torch.full((2,), 3.),)},
          "epoch": 7, "lr": 0.001, "name": "naïve", "big": 2 ** 100, 3: torch.arange(3.)}
flat = {f"model.state_dict.{k}": v for k, v in state.items()}
flat |= {"model.list.0": torch.ones(2), "model.list.1.inner": torch.zeros(2), "model.tuple.0": torch.full((2,), 3.), "3": torch.arange(3.)}
for protocol in [2, 3, 4, 5]:
    torch.save(nested, folder / f"protocol{protocol}.pt", pickle_protocol=protocol)
    record(f"protocol{protocol}.pt", flat)
legacy = {k: v for k, v in state.items() if not k.startswith(("float8", "uint16", "uint32", "uint64"))}
torch.save({"state_dict": legacy}, folder / "legacy.pth", _use_new_zipfile_serialization=False)
record("legacy.pth", {f"state_dict.{k}": v for k, v in legacy.items()})

class Network(torch.nn.Module):  # a class of __main__, unknown to any reader
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3), torch.nn.ReLU())
        self.head = torch.nn.Linear(3, 2)
Network.__module__ = "my_package.networks"
import sys, types as kinds
sys.modules["my_package"] = kinds.ModuleType("my_package"); sys.modules["my_package.networks"] = kinds.ModuleType("networks")
sys.modules["my_package.networks"].Network = Network
network = Network()
torch.save(network, folder / "module.pth")
record("module.pth", network.state_dict())
optimizer = torch.optim.Adam(network.parameters())
network(torch.randn(1, 2, 3, 3)[:, :, :, :]).sum() if False else None
torch.save({"model": network.state_dict(), "optimizer": optimizer.state_dict()}, folder / "statedict.bin")
record("statedict.bin", {f"model.{k}": v for k, v in network.state_dict().items()})
torch.jit.script(torch.nn.Linear(3, 2)).save(str(folder / "script.pt"))
script = torch.jit.load(str(folder / "script.pt"))
record("script.pt", dict(script.state_dict()))
numbers = {"w": rng.normal(size=(3, 4)).astype("f4"), "f": np.asfortranarray(rng.normal(size=(3, 4))), "i": np.arange(4), "b": np.arange(3).astype(">i4")}
for protocol in [2, 4, 5]:
    with open(folder / f"arrays{protocol}.pkl", "wb") as f: pickle.dump(numbers, f, protocol=protocol)
    record(f"arrays{protocol}.pkl", numbers)

# safetensors and npy of the same arrays, as their own libraries write them.
import ml_dtypes  # noqa: registers bfloat16
some = {k: np.ascontiguousarray(v) for k, v in arrays.items() if v.dtype.byteorder != ">" and v.dtype.kind != "c" and k not in ("naïve/名",)}
save_file(some, folder / "arrays.safetensors", metadata={"made by": "safetensors"})
record("arrays.safetensors", some)
np.save(folder / "fortran.npy", arrays["fortran"])
record("fortran.npy", {"fortran": arrays["fortran"]})
