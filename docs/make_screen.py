#!/usr/bin/env python3
"""Draws a screen as SVG from a snapshot of the tests: the very cells and colours that the program paints.

usage: docs/make_screen.py Tests/Snapshots/tensor-120x36.txt > docs/screen.svg

Needs only Python's standard library.
"""
import html, re, sys

CELL, ROW = 8.4, 17
NAMED = ["#1c1c1c", "#d75f5f", "#5faf5f", "#d7af5f", "#5f87d7", "#af5fd7", "#5fafaf", "#d0d0d0",
         "#626262", "#ff8787", "#87d787", "#ffd787", "#87afff", "#d787ff", "#87d7d7", "#ffffff"]
TEXT, GROUND = "#d0d0d0", "#161618"


def colour(number, default):
    """A colour of the 256-colour palette."""
    if number < 0:
        return default
    if number < 16:
        return NAMED[number]
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    levels = [0, 95, 135, 175, 215, 255]
    red, green, blue = (number - 16) // 36, (number - 16) // 6 % 6, (number - 16) % 6
    return f"#{levels[red]:02x}{levels[green]:02x}{levels[blue]:02x}"


blocks = open(sys.argv[1], encoding="utf-8").read().rstrip("\n").split("\n")
# Glyphs, a blank line, styles of as many rows, a blank line, the legend.
legend = {}
while blocks and (found := re.match(r"(.) = colour (-?\d+) on (-?\d+), attributes (\d+)$", blocks[-1])):
    legend[found[1]] = tuple(map(int, found.groups()[1:]))
    blocks.pop()
rows = (len(blocks) - 2) // 2
glyphs, styles = blocks[:rows], blocks[rows + 1:2 * rows + 1]
columns = max(map(len, styles))

print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{columns * CELL + 16:.0f}" height="{rows * ROW + 16}" '
      f'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">')
print(f'<rect width="100%" height="100%" rx="6" fill="{GROUND}"/>')
for row, (line, letters) in enumerate(zip(glyphs, styles)):
    # A combining mark belongs to the cell before it.
    cells = []
    for character in line:
        if "\u0300" <= character <= "\u036f" and cells:
            cells[-1] += character
        else:
            cells.append(character)
    cells += [" "] * (len(letters) - len(cells))
    start = 0
    while start < len(letters):
        end = start
        while end < len(letters) and letters[end] == letters[start]:
            end += 1
        front, back, attributes = legend[letters[start]]
        ink, paper = colour(front, TEXT), colour(back, GROUND)
        if attributes & 4:
            ink, paper = paper, ink
        x, y = 8 + start * CELL, 8 + row * ROW
        if paper != GROUND:
            print(f'<rect x="{x:.1f}" y="{y}" width="{(end - start) * CELL:.1f}" height="{ROW}" fill="{paper}"/>')
        bars, dots, text, places = [], [], [], []
        for place, cell in enumerate(cells[start:end]):
            at = x + place * CELL
            if "\u2581" <= cell <= "\u2588":
                # Blocks and dots are drawn: fonts leave gaps between them, or have none.
                height = ROW * (ord(cell) - 0x2580) / 8
                bars.append(f"M{at:.1f} {y + ROW - height:.1f}h{CELL:.1f}v{height:.1f}h-{CELL:.1f}z")
            elif "\u2801" <= cell <= "\u28ff":
                for bit, (column, line) in enumerate([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]):
                    if ord(cell) - 0x2800 >> bit & 1:
                        dots.append(f"M{at + CELL * (column + 0.5) / 2:.1f} {y + ROW * (line + 0.5) / 4:.1f}h0")
            elif cell != " ":
                text.append(html.escape(cell))
                # A combining mark takes the place of its letter.
                places.append(" ".join([f"{at:.1f}"] * len(cell)))
        if bars:
            print(f'<path d="{"".join(bars)}" fill="{ink}"/>')
        if dots:
            print(f'<path d="{"".join(dots)}" stroke="{ink}" stroke-width="1.8" stroke-linecap="round"/>')
        if text:
            bold = ' font-weight="bold"' if attributes & 1 else ""
            dim = ' opacity="0.6"' if attributes & 2 else ""
            print(f'<text x="{" ".join(places)}" y="{y + 13}" fill="{ink}"{bold}{dim}>{"".join(text)}</text>')
        start = end
print("</svg>")
