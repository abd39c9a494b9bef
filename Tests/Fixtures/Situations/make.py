"""Files as people have them and readers refuse: made with PyTorch 2.13, NumPy 2 and gguf.

    python3 make.py

Every file is beside others that can be read: one tensor must not cost the rest.
"""

import argparse
import dataclasses
import io
import json
import os
import struct
import sys
import zipfile

import gguf
import ml_dtypes
import numpy as np
import safetensors.numpy
import torch

here = os.path.dirname(os.path.abspath(__file__))


def path(*parts):
    result = os.path.join(here, *parts)
    os.makedirs(os.path.dirname(result), exist_ok=True)
    return result


# Training scripts keep their own objects beside the model: classes of __main__, one within another, and NumPy's random state.
class Settings:
    class Optimizer:
        def __init__(self):
            self.rate = 0.5

    def __init__(self):
        self.depth = 3
        self.optimizer = Settings.Optimizer()
        self.table = torch.arange(3.0)


@dataclasses.dataclass
class Progress:
    step: int = 7
    best: float = 0.25


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv1d(1, 2, 3)
        self.norm = torch.nn.BatchNorm1d(2)


torch.manual_seed(5)
torch.save(
    {
        "settings": Settings(),
        "progress": Progress(),
        "arguments": argparse.Namespace(batch=4),
        "random": np.random.RandomState(1),
        "model": {"w": torch.arange(6.0).reshape(2, 3)},
    },
    path("script-objects.pt"),
)
torch.save(Network(), path("script-module.pt"))
torch.backends.quantized.engine = "qnnpack" if "fbgemm" not in torch.backends.quantized.supported_engines else "fbgemm"
linear = torch.nn.Sequential(torch.nn.Linear(4, 3))
torch.save(torch.ao.quantization.quantize_dynamic(linear, {torch.nn.Linear}), path("dynamic.pt"))

# Types that are newer than a reader, beside ones that are not.
bytes_of_pairs = torch.tensor([[0x21, 0x43], [0x65, 0x87]], dtype=torch.uint8)
torch.save(
    {"pairs": bytes_of_pairs.view(torch.float4_e2m1fn_x2), "plain": torch.arange(2.0)}, path("float4.pt"))
header = {
    "known": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
    "new": {"dtype": "F5_E2M2", "shape": [8], "data_offsets": [8, 13]},
}
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open(path("new-type.safetensors"), "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + struct.pack("<2f", 1, 2) + bytes(5))
writer = gguf.GGUFWriter(path("new-type.gguf"), "test")
writer.add_tensor("known", np.arange(4, dtype=np.float32))
writer.add_tensor("new", np.arange(32, dtype=np.float32))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
with open(path("new-type.gguf"), "r+b") as file:
    content = bytearray(file.read())
    place = content.index(b"new") + 3 + 4 + 8
    assert struct.unpack_from("<I", content, place)[0] == 0
    struct.pack_into("<I", content, place, 201)
    file.seek(0)
    file.write(content)

# A storage of a checkpoint that is not there.
whole = io.BytesIO()
torch.save({"here": torch.arange(3.0), "gone": torch.arange(4.0)}, whole)
with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path("lost-storage.pt"), "w") as target:
    for name in source.namelist():
        if not name.endswith("data/1"):
            target.writestr(name, source.read(name))

# ml_dtypes' arrays, an array of texts, and a structured one.
values = np.array([[1.5, -2.25], [0.125, 384]], dtype=np.float32)
np.save(path("bfloat16.npy"), values.astype(ml_dtypes.bfloat16))
np.savez(
    path("mixed.npz"),
    half=values.astype(ml_dtypes.bfloat16), eight=values.astype(ml_dtypes.float8_e4m3fn), plain=values,
    texts=np.array(["a", "bc"]), pairs=np.zeros(2, dtype=[("x", "<f4"), ("y", "<i2", (2,))]),
)

# An archive packed by hand on a Mac.
def array(values):
    room = io.BytesIO()
    np.save(room, values)
    return room.getvalue()


with zipfile.ZipFile(path("mac.npz"), "w") as archive:
    archive.writestr("w.npy", array(values))
    archive.writestr("__MACOSX/._w.npy", b"\0\5\x16\7" + bytes(60))
    archive.writestr(".DS_Store", b"Bud1" + bytes(20))
    archive.writestr("cut.npy", array(values)[:40])

# A member that inflates to far more than its array.
with zipfile.ZipFile(path("long-member.npz"), "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("w.npy", array(values) + bytes(1 << 20))
    archive.writestr("v.npy", array(values))

# What downloads leave under a model's name.
with open(path("pointer.safetensors"), "w") as file:
    file.write("version https://git-lfs.github.com/spec/v1\noid sha256:" + "7" * 64 + "\nsize 4976698672\n")
with open(path("page.gguf"), "w") as file:
    file.write("\n<!doctype html>\n<html><head><title>Sign in</title></head></html>\n")
with open(path("answer.pt"), "w") as file:
    file.write('{"error":"Repository not found"}')
with open(path("zeros.safetensors"), "wb") as file:
    file.write(bytes(256))
import gzip
with open(path("packed.npy"), "wb") as file:
    file.write(gzip.compress(array(values), mtime=0))

# A download that is not complete, and one whose index expects more than a shard has.
safetensors.numpy.save_file({"a": values, "b": values + 1}, path("incomplete", "model-00001-of-00002.safetensors"))
with open(path("incomplete", "model.safetensors.index.json"), "w") as file:
    first, second = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
    json.dump({"weight_map": {"a": first, "b": first, "c": second, "d": second, "e": first}}, file)

# A folder of a diffusers pipeline: variants of the same tensors, and a folder a model.
safetensors.numpy.save_file({"conv": values}, path("pipeline", "unet", "diffusion_pytorch_model.safetensors"))
safetensors.numpy.save_file(
    {"conv": values.astype(np.float16)}, path("pipeline", "unet", "diffusion_pytorch_model.fp16.safetensors"))
safetensors.numpy.save_file({"conv": values * 2}, path("pipeline", "vae", "diffusion_pytorch_model.safetensors"))
with open(path("pipeline", "model_index.json"), "w") as file:
    json.dump({"_class_name": "StableDiffusionPipeline"}, file)
os.makedirs(path("pipeline", "scheduler"), exist_ok=True)
with open(path("pipeline", "scheduler", "scheduler_config.json"), "w") as file:
    json.dump({}, file)
