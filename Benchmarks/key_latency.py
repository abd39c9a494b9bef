#!/usr/bin/env python3
"""Times the explorer as a user meets it: from a key to what the screen says, on a pseudo-terminal.

usage: key_latency.py PATH/TO/qlens [ELEMENTS]

Writes a Float32 tensor of ELEMENTS (64M by default) into the temporary folder, opens it, presses setting keys, and prints
for each recipe the time to the first `≈` and to the exact result, both as medians of five presses; then the time from a key
to its estimate while exact work is running; then the anonymous memory. Needs only Python's standard library.
"""
import fcntl, os, pty, select, statistics, struct, sys, termios, time

import large_tensor

program = sys.argv[1]
elements = int(sys.argv[2]) if len(sys.argv) > 2 else 1 << 26
rows, columns = 50, 160
path = large_tensor.cached(elements)

pid, master = pty.fork()
if pid == 0:
    os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
    os.execv(program, [program, path, "--recipe", "int4 sym tensor"])
fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
ESTIMATE, EXACT = "≈".encode(), "●".encode()


def wait_for(marks, seconds=60):
    """The times at which each mark came, in the order asked for."""
    start, seen, found = time.perf_counter(), b"", {}
    while time.perf_counter() - start < seconds:
        if select.select([master], [], [], 0.05)[0]:
            seen += os.read(master, 1 << 16)
            for mark in marks:
                if mark not in found and mark in seen:
                    found[mark] = time.perf_counter() - start
            if marks[-1] in found:
                return found
    sys.exit("no answer in time")


def quiet(milliseconds):
    while select.select([master], [], [], milliseconds / 1000)[0]:
        os.read(master, 1 << 16)


def memory():
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024


gigabytes = elements * 4 / 1e9
first = wait_for([ESTIMATE, EXACT])
print(f"open: ≈ after {first[ESTIMATE] * 1e3:.0f} ms, exact after {first[EXACT] * 1e3:.0f} ms")
quiet(500)
# Going up the same keys each time: sixteen bits are fifteen steps, and no setting comes twice with the same recipe.
# Every format by its name: from Enter on, with the granularity that is its usual one.
FORMATS = ["fp4-e2m1 tensor", "fp8-e4m3 tensor", "mxfp4", "mxint8", "nvfp4", "nf4 group:64", "nf4 group:64 scale:dq", "quantile4 tensor",
           "kmeans4 tensor", "kmeans8 tensor", "pow2-4 tensor", "apot4 tensor", "bcq3 tensor", "bcq8 tensor", "pq2x16", "pq8x256",
           "binary tensor", "ternary tensor", "ternary-opt tensor", "int4 sym group:128"]
for text in FORMATS:
    os.write(master, f":{text}".encode())
    quiet(150)
    os.write(master, b"\r")
    took = wait_for([ESTIMATE, EXACT])
    print(f"{text:24} ≈ {took[ESTIMATE] * 1e3:6.1f} ms   exact {took[EXACT] * 1e3:7.0f} ms")
    quiet(1500)
os.write(master, b":int4 sym tensor\r")
quiet(2000)
for name, key in [("bits", "b"), ("mapping", "m"), ("rounding", "r"), ("granularity", "s"), ("scale type", "w"), ("clipping", "c")]:
    estimates, exacts = [], []
    for _ in range(5):
        os.write(master, b"b")  # another number of bits, so that the result is not kept from before
        wait_for([ESTIMATE, EXACT])
        quiet(300)
        os.write(master, key.encode())
        found = wait_for([ESTIMATE, EXACT])
        estimates.append(found.get(ESTIMATE, found[EXACT]))
        exacts.append(found[EXACT])
        quiet(300)
    estimate, exact = statistics.median(estimates), statistics.median(exacts)
    print(f"{name:12} ≈ median {estimate * 1e3:5.1f} worst {max(estimates) * 1e3:5.1f} ms, "
          f"exact median {exact * 1e3:6.1f} ms ({gigabytes / exact:.2f} GB/s), worst {max(exacts) * 1e3:.1f}")
print(f"anonymous memory {memory():.0f} MB")
# Back to the fastest granularity; then each pair of keys makes a recipe that was not seen before.
os.write(master, b"S" * 5 + b"C" * 5)
quiet(3000)
busy = []
for _ in range(20):
    os.write(master, b"b")
    time.sleep(0.045)  # the exact pass of that key is running now
    quiet(1)
    os.write(master, b"r")
    busy.append(wait_for([ESTIMATE])[ESTIMATE])
    quiet(300)
print(f"a key pressed while exact work runs: ≈ median {statistics.median(busy) * 1e3:.1f} ms, worst {max(busy) * 1e3:.1f} ms")
burst = time.perf_counter()
os.write(master, b"m" * 40)
wait_for([EXACT])
print(f"forty keys at once: exact after {(time.perf_counter() - burst) * 1e3:.0f} ms")
print(f"anonymous memory {memory():.0f} MB")
os.write(master, b"q")
os.waitpid(pid, 0)
