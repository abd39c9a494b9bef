#!/usr/bin/env python3
"""Writes importance matrices as llama.cpp stores them beside this file, now (GGUF) and before, the same as an array file, and the means.

usage: make.py        needs numpy and gguf
"""
import pathlib, struct
import numpy as np
from gguf import GGUFWriter

folder = pathlib.Path(__file__).parent
rng = np.random.default_rng(20261125)
sums = {"blk.0.ffn_up.weight": (rng.exponential(5, (1, 64)).astype("f4"), np.array([[512.]], "f4")),
        "blk.0.ffn_up_exps.weight": (rng.exponential(5, (2, 32)).astype("f4"), np.array([[300.], [212.]], "f4"))}
w = GGUFWriter(folder / "imatrix.gguf", "none")
w.add_type("imatrix")
w.add_array("imatrix.datasets", ["text.txt"])
w.add_uint32("imatrix.chunk_count", 1)
for name, (total, counts) in sums.items():
    w.add_tensor(name + ".in_sum2", total)
    w.add_tensor(name + ".counts", counts)
w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()
means = {name: (total / counts).astype("f4") for name, (total, counts) in sums.items()}
with open(folder / "imatrix.dat", "wb") as f:
    f.write(struct.pack("<i", len(means)))
    for name, mean in means.items():
        # Values are means times the number of calls.
        f.write(struct.pack("<i", len(name)) + name.encode() + struct.pack("<ii", 4, mean.size) + (mean * 4).astype("<f4").tobytes())
    f.write(struct.pack("<ii", 1, 8) + b"text.txt")
np.savez(folder / "means.npz", **{name: mean for name, mean in means.items()})
with open(folder / "means.values", "wb") as f:
    for name, mean in means.items(): f.write(name.encode() + b"\0" + np.uint32(mean.size).tobytes() + mean.tobytes())
