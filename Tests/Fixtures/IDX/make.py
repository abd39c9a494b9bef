#!/usr/bin/env python3
"""Writes images.idx and numbers.idx beside this script, in the format of the MNIST files, from NumPy arrays."""
import os
import numpy

folder = os.path.dirname(os.path.abspath(__file__))
CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def write(name, array, kind):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(bytes([0, 0, CODES[kind], array.ndim]))
        file.write(numpy.array(array.shape, ">u4").tobytes())
        file.write(array.astype(">" + kind).tobytes())


write("images.idx", numpy.arange(12 * 7 * 5).reshape(12, 7, 5) * 37 % 256, "u1")
write("numbers.idx", numpy.linspace(-2, 2, 30).reshape(5, 6), "f4")
