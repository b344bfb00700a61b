"""Plots of the experiments, as SVG."""

import math

COLOURS = ["#b54a4a", "#4a7ab5", "#4ab57a", "#b58f4a", "#7a4ab5", "#4ab5b5",
           "#7a7a7a", "#b54a8f"]


def number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def bars(title, unit, values):
    """A bar chart of {name: value} on a logarithmic axis, as SVG."""
    width, left, line = 640, 250, 22
    lowest = math.log10(min(values.values())) - 0.3
    span = max(math.log10(max(values.values())) - lowest, 0.1)
    height = 40 + line * len(values)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
           f'height="{height}" font-family="sans-serif" font-size="12">',
           f'<text x="8" y="18" font-weight="bold">{title} ({unit}, '
           "logarithmic)</text>"]
    for i, (name, value) in enumerate(values.items()):
        y = 32 + i * line
        length = (width - left - 80) * (math.log10(value) - lowest) / span
        out.append(f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">'
                   f"{name}</text>")
        out.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" '
                   f'height="{line - 6}" fill="#4a7ab5"/>')
        out.append(f'<text x="{left + length + 6:.1f}" y="{y + 13}">'
                   f"{number(value)}</text>")
    return "\n".join(out + ["</svg>", ""])


def lines(title, unit, xs, series):
    """Lines of {name: values over xs}, both axes logarithmic, as SVG."""
    width, height, left, top = 640, 320, 60, 40
    right, bottom = width - 190, height - 40
    every = [v for values in series.values() for v in values]
    x0, x1 = math.log10(xs[0]), math.log10(xs[-1])
    y0, y1 = math.log10(min(every)) - 0.1, math.log10(max(every)) + 0.1
    at = lambda x, y: (left + (right - left) * (math.log10(x) - x0) / (x1 - x0),
                       bottom - (bottom - top) * (math.log10(y) - y0)
                       / (y1 - y0))
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
           f'height="{height}" font-family="sans-serif" font-size="12">',
           f'<text x="8" y="18" font-weight="bold">{title}</text>',
           f'<path d="M{left} {top}V{bottom}H{right}" fill="none" '
           'stroke="#888"/>']
    for x in xs:
        px, _ = at(x, 10 ** y0)
        out.append(f'<text x="{px:.1f}" y="{bottom + 16}" '
                   f'text-anchor="middle">{x}</text>')
    for value in (min(every), max(every)):
        _, py = at(xs[0], value)
        out.append(f'<text x="{left - 6}" y="{py + 4:.1f}" '
                   f'text-anchor="end">{number(value)}</text>')
    out.append(f'<text x="8" y="{top - 6}">{unit}</text>')
    for i, (name, values) in enumerate(series.items()):
        points = " ".join("%.1f,%.1f" % at(x, y) for x, y in zip(xs, values))
        out.append(f'<polyline points="{points}" fill="none" '
                   f'stroke="{COLOURS[i % len(COLOURS)]}" stroke-width="2"/>')
        out.append(f'<text x="{right + 10}" y="{top + 16 * i + 12}" '
                   f'fill="{COLOURS[i % len(COLOURS)]}">{name}</text>')
    return "\n".join(out + ["</svg>", ""])


def timelines(title, unit, series):
    """Values over the share of each one's run that is over, as SVG: a panel
    each, with a common axis."""
    panel, left, width, gap = 70, 230, 720, 14
    top = max(max(values) for values in series.values()) or 1
    height = 40 + (panel + gap) * len(series)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
           f'height="{height}" font-family="sans-serif" font-size="12">',
           f'<text x="8" y="18" font-weight="bold">{title} ({unit}, 0 to '
           f"{number(top)})</text>"]
    for i, (name, values) in enumerate(series.items()):
        base = 32 + (panel + gap) * i + panel
        step = (width - left - 10) / len(values)
        path = f"M{left} {base}" + "".join(
            f"V{base - panel * value / top:.1f}H{left + step * (k + 1):.1f}"
            for k, value in enumerate(values)) + f"V{base}Z"
        colour = COLOURS[i % len(COLOURS)]
        out.append(f'<text x="{left - 8}" y="{base - 4}" text-anchor="end">'
                   f"{name}</text>")
        out.append(f'<path d="{path}" fill="{colour}"/>')
        out.append(f'<path d="M{left} {base}H{width - 10}" stroke="#888"/>')
    return "\n".join(out + ["</svg>", ""])


def histograms(title, series):
    """How many threads were busy for which share of the run, as SVG."""
    counts = {name: [sum(1 for share in shares
                         if min(9, int(share * 10)) == k) / len(shares)
                     for k in range(10)] for name, shares in series.items()}
    return timelines(title + ": threads by the share of the run that they were "
                     "busy, 0 to 100 %", "share of the threads", counts)
