#!/usr/bin/env python3
"""Writes a large BF16 checkpoint to time scans with.

usage: make_checkpoint.py FILE [--tensors 200] [--bytes 2.1e9]        needs numpy

A safetensors file of about that many bytes with the matrices of a language model's layers: normal values of standard deviation about
0.02, another in every tensor, and outliers, in some tensors more than in others. It is written piece by piece and never in memory
as a whole; the same arguments give the same file.
"""
import argparse, json, math, struct
import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--tensors", type=int, default=200)
parser.add_argument("--bytes", type=float, default=2.1e9)
options = parser.parse_args()

PARTS = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
         "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"]

# Attention takes 2.5 hidden² of a layer, the rest 3 hidden · inner, with inner about three times hidden.
elements = options.bytes / 2
hidden = max(128, int(math.sqrt(elements * len(PARTS) / options.tensors / 11.5)) // 128 * 128)
parts = [PARTS[i % len(PARTS)] for i in range(options.tensors)]
attention = {"q_proj": 1, "o_proj": 1, "k_proj": .25, "v_proj": .25}
rest = elements - sum(attention.get(part[10:], 0) for part in parts) * hidden * hidden
count = sum(part.startswith("mlp") for part in parts)
inner = max(128, round(rest / max(count, 1) / hidden / 128) * 128)
shapes = {"q_proj": [hidden, hidden], "o_proj": [hidden, hidden], "k_proj": [hidden // 4, hidden], "v_proj": [hidden // 4, hidden],
          "gate_proj": [inner, hidden], "up_proj": [inner, hidden], "down_proj": [hidden, inner]}

header, at = {"__metadata__": {"format": "pt"}}, 0
for i, part in enumerate(parts):
    shape = shapes[part.split(".")[1]]
    size = 2 * math.prod(shape)
    header[f"model.layers.{i // len(PARTS)}.{part}.weight"] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, at + size]}
    at += size
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)

rng = np.random.default_rng(20261126)
block = rng.standard_normal(1 << 24, dtype=np.float32)
with open(options.file, "wb") as f:
    f.write(struct.pack("<Q", len(text)) + text)
    for name, entry in header.items():
        if name == "__metadata__": continue
        left = math.prod(entry["shape"])
        deviation, rate = np.float32(.02 * rng.uniform(.5, 2)), 10 ** rng.uniform(-5, -2.5)
        while left:
            # Pieces from anywhere in the block.
            start = rng.integers(0, block.size)
            piece = block[start:start + min(left, 1 << 22)] * deviation
            piece[rng.integers(0, piece.size, int(piece.size * rate))] *= np.float32(rng.uniform(8, 24))
            bits = piece.view(np.uint32)
            # To BF16, to the nearest and in ties to even.
            f.write(((bits + np.uint32(0x7FFF) + (bits >> 16 & 1)) >> 16).astype("<u2").tobytes())
            left -= piece.size
print(f"{options.file}: {len(parts)} tensors, {8 + len(text) + at} bytes, hidden {hidden}, inner {inner}")
