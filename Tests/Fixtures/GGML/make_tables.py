#!/usr/bin/env python3
"""Writes Sources/Tensors/Blocks/LatticeTables.swift from the tables of gguf-py (pip install gguf).

usage: make_tables.py > Sources/Tensors/Blocks/LatticeTables.swift
"""
import numpy as np
from gguf import quants

print("""// Made by Tests/Fixtures/GGML/make_tables.py from the tables of gguf-py; do not edit.

/// The lattices of ggml's IQ types, points by number: two bits a value for eight values, three bits for four, the lowest first.
enum LatticeTables {""")
first = True
for name, quant in [("iq2xxs", quants.IQ2_XXS), ("iq2xs", quants.IQ2_XS), ("iq2s", quants.IQ2_S),
                    ("iq1", quants.IQ1_S), ("iq3xxs", quants.IQ3_XXS), ("iq3s", quants.IQ3_S)]:
    quant.init_grid()
    grid = quant.grid.reshape(quant.grid_shape).astype(int)
    places = np.vectorize({v: i for i, v in enumerate(quant.grid_map)}.get)(grid)
    width = 2 if grid.shape[1] == 8 else 3
    words = (places << (width * np.arange(grid.shape[1]))).sum(axis=1)
    if not first: print()
    first = False
    print(f"    static let {name}: [UInt16] = [")
    for i in range(0, len(words), 14):
        print("        " + ", ".join(f"0x{w:04X}" for w in words[i:i + 14]) + ",")
    print("    ]")
print("}")
