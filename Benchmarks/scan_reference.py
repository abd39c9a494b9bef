#!/usr/bin/env python3
"""Compares a scan of a BF16 checkpoint under `int4 sym group:128` with NumPy.

usage: scan_reference.py FILE SCAN.json        needs numpy

SCAN.json is what `qlens scan FILE --recipe "int4 sym group:128" --json` prints. Values are quantized in Float32: for each run of 128
along a row with the largest magnitude t the scale is t / 7 (1 where t is 0), codes are x times the scale's reciprocal, to the nearest
and in ties to even, from -7 to 7, and values scale times code; errors are summed in Float64. Prints the largest relative difference
of an MSE, the largest difference of an SQNR, and whether the order of names is the same. Exit status 1 if the order or the names
differ, or an MSE by more than a millionth. Names whose SQNRs are within a billionth of a decibel may come in any order.
"""
import json, math, pathlib, struct, sys
import numpy as np

path, scan = sys.argv[1:]
GROUP = 128

def metrics(x):
    """The MSE and the SQNR of a matrix, some rows at a time."""
    errors = signal = 0.
    for start in range(0, len(x), step := max(1, (1 << 21) // x.shape[1])):
        rows = (x[start:start + step].astype(np.uint32) << 16).view(np.float32)
        if cut := -rows.shape[1] % GROUP: rows = np.pad(rows, ((0, 0), (0, cut)))  # zeros stay zeros
        rows = rows.reshape(-1, GROUP)
        most = np.abs(rows).max(1, keepdims=True)
        scale = np.where(most > 0, most / np.float32(7), np.float32(1))
        back = np.clip(np.rint(rows * (np.float32(1) / scale)), -7, 7) * scale
        assert back.dtype == np.float32
        e, rows = back.astype(np.float64) - rows, rows.astype(np.float64)
        errors += float(np.vdot(e, e))
        signal += float(np.vdot(rows, rows))
    return errors / x.size, 10 * math.log10(signal / errors) if errors and signal else math.inf

with open(path, "rb") as f:
    size, = struct.unpack("<Q", f.read(8))
    header = json.loads(f.read(size))
reference = {}
for name, entry in header.items():
    if name == "__metadata__" or len(entry["shape"]) < 2: continue
    if entry["dtype"] != "BF16": sys.exit(f"{name}: found {entry['dtype']}, expected BF16")
    begin, end = entry["data_offsets"]
    data = np.fromfile(path, "<u2", (end - begin) // 2, offset=8 + size + begin)
    reference[name] = metrics(data.reshape(-1, entry["shape"][-1]))

rows = {row["name"]: row["metrics"] for row in json.loads(pathlib.Path(scan).read_text())["rows"]}
if set(rows) != set(reference):
    sys.exit(f"names differ: {sorted(set(rows) ^ set(reference))[:5]}")
def relative(found, expected): return abs(found - expected) / expected if expected else abs(found)
worst = max(reference, key=lambda name: relative(rows[name]["mse"], reference[name][0]))
largest = relative(rows[worst]["mse"], reference[worst][0])
decibels = max((abs(rows[name]["sqnr_db"] - sqnr) for name, (_, sqnr) in reference.items()
                if sqnr < math.inf and rows[name]["sqnr_db"] is not None), default=0)
expected = sorted(reference, key=lambda name: reference[name][1])
differing = [i for i, (a, b) in enumerate(zip(rows, expected))
             if a != b and not abs(reference[a][1] - reference[b][1]) <= 1e-9]
print(f"{len(rows)} tensors")
print(f"MSE: largest relative difference {largest:.3g} ({worst})")
print(f"SQNR: largest difference {decibels:.3g} dB")
if differing:
    i = differing[0]
    print(f"order: differs in {len(differing)} places, first at {i}: found {list(rows)[i]}, expected {expected[i]}")
else:
    print("order: equal")
sys.exit(1 if differing or not largest <= 1e-6 else 0)
