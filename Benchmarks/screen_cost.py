#!/usr/bin/env python3
"""What the explorer's screen costs, on a pseudo-terminal.

usage: screen_cost.py PATH/TO/qlens [ELEMENTS]

First the processor time of the screen's thread for each key at 200x60, and with no key at all, on the built-in samples; then
the time from a key to its first output while a search over a tensor of ELEMENTS (64M by default, written into the temporary
folder) keeps all cores busy: for a key that moves, and for one that changes the recipe. Needs only Python's standard library.
"""
import fcntl, os, pty, random, select, struct, sys, tempfile, termios, time

import large_tensor

program = sys.argv[1]
elements = int(sys.argv[2]) if len(sys.argv) > 2 else 1 << 26


def start(arguments, rows, columns):
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", XDG_STATE_HOME=tempfile.mkdtemp())
        os.execv(program, [program] + arguments)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    return process, terminal


def drain(terminal, seconds):
    end, count = time.time() + seconds, 0
    while time.time() < end:
        if select.select([terminal], [], [], max(0, end - time.time()))[0]:
            count += len(os.read(terminal, 1 << 20))
    return count


def processor_time(process, thread):
    """Milliseconds that a thread has run."""
    return int(open(f"/proc/{process}/task/{thread}/schedstat").read().split()[0]) / 1e6


process, terminal = start(["--recipe", "int4 sym tensor"], 60, 200)
drain(terminal, 1.5)
plots = b"\x1b[Z" * 5  # from the recipe back to the distribution
for name, opening, keys in [
    ("no key", b"", []), ("cursor in a plot", plots, [b"h", b"l"]), ("metric by metric", b"\t" * 6, [b"j", b"k"]),
    ("another recipe", b"", [b"b", b"B"]), ("help and back", b"", [b"?", b"q"]),
]:
    os.write(terminal, opening)
    drain(terminal, 0.3)
    count, written, before = 100, 0, processor_time(process, process)
    for index in range(count):
        if keys:
            os.write(terminal, keys[index % 2])
        written += drain(terminal, 0.012)
    written += drain(terminal, 0.3)
    spent = processor_time(process, process) - before
    print(f"{name:18} {spent / count:6.3f} ms of processor time, {written // count:6} bytes a key")
os.kill(process, 15)

path = large_tensor.cached(elements)
process, terminal = start([path, "--recipe", "int4 asym group:16 clip:mse"], 50, 200)
drain(terminal, 2)
random.seed(3)


def first_output(key, marks):
    while select.select([terminal], [], [], 0.003)[0]:
        os.read(terminal, 1 << 20)
    begin, seen = time.perf_counter(), b""
    os.write(terminal, key)
    while True:
        if select.select([terminal], [], [], 2)[0]:
            seen += os.read(terminal, 1 << 20)
            if not marks or any(mark in seen for mark in marks):
                return (time.perf_counter() - begin) * 1e3


for name, opening, keys, marks in [
    ("a key that moves", b"\t", [b"j", b"k"], []),
    ("a key of the recipe", b"", [b"m"], [b"sym", b"full", b"asym"]),
]:
    os.write(terminal, opening)
    drain(terminal, 0.3)
    times, begin = [], time.time()
    before = sum(processor_time(process, thread) for thread in os.listdir(f"/proc/{process}/task"))
    for index in range(400):
        times.append(first_output(keys[index % len(keys)], marks))
        drain(terminal, random.uniform(0.005, 0.03))
    spent = sum(processor_time(process, thread) for thread in os.listdir(f"/proc/{process}/task")) - before
    times.sort()
    print(
        f"{name:19} median {times[200]:5.2f}, p99 {times[395]:5.2f}, worst {times[-1]:5.2f} ms to the screen; "
        f"{spent / 1e3 / (time.time() - begin):.1f} cores busy")
os.kill(process, 15)
