"""Values and gradients of the lab's operations as PyTorch has them.

usage: python3 make.py          writes operations.json beside this file

Made with PyTorch 2.15. For each operation: the inputs by name with their shapes, the result, the gradient that came back to the
result, and the gradients of all inputs.
"""
import json, math, os
import torch

torch.manual_seed(11)
torch.set_default_dtype(torch.float64)


def numbers(t):
    return [round(float(x), 9) for x in t.detach().flatten()]


def case(name, inputs, operation):
    for t in inputs.values():
        t.requires_grad_(True)
    y = operation(*inputs.values())
    given = torch.randn_like(y)
    (y * given).sum().backward()
    return {
        "name": name,
        "inputs": [{"name": k, "shape": list(t.shape), "values": numbers(t), "gradient": numbers(t.grad)} for k, t in inputs.items()],
        "shape": list(y.shape), "values": numbers(y), "given": numbers(given),
    }


def attention(q, k, v, heads=2):
    n, t, f = q.shape
    split = lambda x: x.view(n, t, heads, f // heads).transpose(1, 2)
    q, k, v = split(q), split(k), split(v)
    p = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(f // heads), -1)
    return (p @ v).transpose(1, 2).reshape(n, t, f)


MEAN = torch.tensor([0.3, -0.2, 0.1])
VARIANCE = torch.tensor([0.8, 1.3, 0.5])


def statistics(x):
    axes = (0, 2, 3)
    mean, deviation = x.mean(axes), (x.var(axes, unbiased=False) + 1e-5).sqrt()
    return ((mean - MEAN) ** 2 + (deviation - (VARIANCE + 1e-5).sqrt()) ** 2).mean().reshape(1)


def patches(x, side=2):
    n, c, h, w = x.shape
    x = x[:, :, : h // side * side, : w // side * side]
    x = x.reshape(n, c, h // side, side, w // side, side)
    return x.permute(0, 2, 4, 1, 3, 5).reshape(n, (h // side) * (w // side), c * side * side)


r = torch.randn
cases = [
    case("dense", {"x": r(9, 4, 5), "weight": r(3, 5), "bias": r(3)}, torch.nn.functional.linear),
    case("layerNorm", {"x": r(9, 4, 6), "gamma": r(6), "beta": r(6)},
         lambda x, g, b: torch.nn.functional.layer_norm(x, (6,), g, b, 1e-5)),
    case("gelu", {"x": 2 * r(9, 7)}, torch.nn.functional.gelu),
    case("attention", {"query": r(9, 5, 6), "key": r(9, 5, 6), "value": r(9, 5, 6)}, attention),
    case("addToEach", {"x": r(9, 4, 3), "table": r(4, 3)}, lambda x, p: x + p),
    case("patches", {"x": r(9, 2, 5, 4)}, patches),
    case("upsample", {"x": r(9, 2, 3, 2)}, lambda x: torch.nn.functional.interpolate(x, scale_factor=2, mode="nearest")),
    case("sigmoid", {"x": 3 * r(9, 7)}, lambda x: -1 + 3 * torch.sigmoid(x)),
    case("statisticsMatching", {"x": r(9, 3, 4, 2)}, statistics),
]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "operations.json"), "w") as file:
    json.dump({"cases": cases}, file)
