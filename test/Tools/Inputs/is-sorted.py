"""Says whether the rows of a coordinate file ascend as they are stored."""
import sys

last = {}
ascend = True
with open(sys.argv[1]) as file:
    entries = [line.split() for line in file if not line.startswith("%")][1:]
for row, col, *_ in entries:
    ascend &= last.get(row, 0) < int(col)
    last[row] = int(col)
print("rows ascend" if ascend else "rows do not ascend")
