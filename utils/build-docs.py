#!/usr/bin/env python3
#
# Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Build the documentation as a static site that opens without a network."""

import argparse
import html
import os
import pathlib
import re
import shutil
import subprocess
import sys

import markdown

# What the navigation shows: (title, page, source) by group. A source is a file
# of the repository, or a definition and what mlir-tblgen makes of it.
PAGES = [
    ("Start", [
        ("smash", "index", "README.md"),
        ("Tutorial", "tutorial", "docs/tutorial.md"),
    ]),
    ("Design", [
        ("Architecture", "architecture", "docs/architecture.md"),
        ("Strategies", "strategies", "docs/strategies.md"),
        ("Why smash is so", "rationale/smash", "docs/rationale/smash.md"),
        ("Why piuma is so", "rationale/piuma", "docs/rationale/piuma.md"),
        ("Extending", "extending", "docs/extending.md"),
        ("How good the choice is", "choice", "docs/choice.md"),
        ("The thesis, simulated", "experiments/smash",
         "docs/experiments/smash.md"),
        ("Beside upstream", "experiments/sparsifier",
         "docs/experiments/sparsifier.md"),
    ]),
    ("Reference", [
        ("The smash dialect", "reference/smash",
         ("dialect", "smash", "dialects/Smash/IR/SmashOps.td")),
        ("The piuma dialect", "reference/piuma",
         ("dialect", "piuma", "dialects/Piuma/IR/PiumaOps.td")),
        ("Passes on smash", "reference/smash-passes",
         ("passes", None, "dialects/Smash/Transforms/Passes.td")),
        ("Passes on piuma", "reference/piuma-passes",
         ("passes", None, "dialects/Piuma/Transforms/Passes.td")),
        ("Choosing", "reference/strategy-passes",
         ("passes", None, "include/smash/Strategy/Passes.td")),
        ("Conversions", "reference/conversion-passes",
         ("passes", None, "include/smash/Conversion/Passes.td")),
        ("Within upstream", "reference/pipeline-passes",
         ("passes", None, "include/smash/Pipelines/Passes.td")),
    ]),
]

STYLE = """
body { margin: 0; display: flex; font: 16px/1.5 sans-serif; color: #222; }
nav { flex: 0 0 13em; padding: 1.5em; background: #f4f4f1; min-height: 100vh;
  box-sizing: border-box; font-size: 15px; }
nav b { display: block; margin: 1em 0 .2em; }
nav a { display: block; padding: .1em 0; }
main { padding: 1em 2.5em 4em; max-width: 52em; min-width: 0; flex: 1; }
a { color: #0b57a4; text-decoration: none; } a:hover { text-decoration: underline; }
nav .here { font-weight: bold; color: #222; }
pre { background: #f7f7f4; padding: .8em 1em; overflow-x: auto; font-size: 13px;
  line-height: 1.4; } code { font-family: monospace; font-size: 13px; }
table { border-collapse: collapse; } td, th { border: 1px solid #ccc;
  padding: .25em .6em; text-align: left; vertical-align: top; }
img { max-width: 100%; } h1, h2, h3 { line-height: 1.2; }
@media (max-width: 700px) { body { display: block; } nav { min-height: 0; } }
"""


def generate(kind, name, source, options):
    flags = (["-gen-dialect-doc", f"-dialect={name}"] if kind == "dialect" else
             ["-gen-pass-doc"])
    text = subprocess.run(
        [options.tblgen, *flags, "-I", options.include, "-I",
         str(options.root / "dialects"), "-I", str(options.root / "include"),
         str(options.root / source)], check=True, capture_output=True,
        text=True).stdout
    # What is for the machine, and what Hugo would replace.
    text = re.sub(r"<!--.*?-->\n*", "", text, flags=re.S)
    return text.replace("[TOC]\n", "")


def to_html(text):
    """Markdown to HTML; what stands behind a block's language is ours."""
    text = re.sub(r"(?m)^(\s*)```(\w+)[^\n]*$", r"\1```\2", text)
    # Generated lists often lack the empty line that Markdown wants.
    text = re.sub(r"(?m)^((?!\s*[-*|] ).*\S.*)\n(- )", r"\1\n\n\2", text)
    return markdown.markdown(text, extensions=["fenced_code", "tables", "toc",
                                               "sane_lists"])


def render_nav(page):
    parts = ["<nav>"]
    up = "../" * page.count("/")
    for group, pages in PAGES:
        parts.append(f"<b>{group}</b>")
        for title, name, _ in pages:
            here = ' class="here"' if name == page else ""
            parts.append(f'<a href="{up}{name}.html"{here}>'
                         f"{html.escape(title)}</a>")
    return "\n".join(parts) + "</nav>"


def build(options):
    output = options.output
    sources = {source: name for _, pages in PAGES
               for _, name, source in pages if isinstance(source, str)}
    shutil.rmtree(output, ignore_errors=True)
    for _, pages in PAGES:
        for title, name, source in pages:
            if isinstance(source, str):
                text = (options.root / source).read_text()
                folder = (options.root / source).parent
            else:
                text = f"# {title}\n\n" + generate(*source, options)
                folder = options.root
            body = to_html(text)
            up = "../" * name.count("/")

            def relink(match, folder=folder, up=up):
                """A link to a file: to its page, or to a copy of it."""
                attribute, link = match.groups()
                target, hash_, anchor = link.partition("#")
                if not target or re.match(r"[a-z]+:", target):
                    return match.group(0)
                path = (folder / target).resolve()
                if not path.exists():
                    sys.exit(f"{name}: '{link}' leads nowhere")
                relative = path.relative_to(options.root)
                if str(relative) in sources:
                    new = sources[str(relative)] + ".html" + hash_ + anchor
                elif path.is_dir():
                    sys.exit(f"{name}: '{link}' is a folder")
                else:
                    copy = output / "files" / relative
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, copy)
                    new = f"files/{relative}"
                return f'{attribute}="{up}{new}"'

            body = re.sub(r'\b(href|src)="([^"]*)"', relink, body)
            page = output / f"{name}.html"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(
                f'<!DOCTYPE html>\n<html lang="en">\n<head>\n'
                f'<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n'
                f'<meta name="viewport" content="width=device-width">\n'
                f"<style>{STYLE}</style>\n</head>\n<body>\n{render_nav(name)}\n"
                f"<main>\n{body}\n</main>\n</body>\n</html>\n")
    return check(output)


def check(output):
    """Every link inside leads to a file, and to a place in it; nothing is
    loaded from elsewhere."""
    errors, anchors = [], {}
    pages = sorted(output.rglob("*.html"))
    for page in pages:
        anchors[page.resolve()] = set(
            re.findall(r'\bid="([^"]*)"', page.read_text()))
    for page in pages:
        text = page.read_text()
        for attribute, link in re.findall(r'\b(href|src)="([^"]*)"', text):
            if re.match(r"[a-z]+:", link):
                if attribute == "src":
                    errors.append(f"{page}: loads '{link}'")
                continue
            target, _, anchor = html.unescape(link).partition("#")
            file = (page.parent / target).resolve() if target else page.resolve()
            if not file.exists():
                errors.append(f"{page}: '{link}' leads nowhere")
            elif anchor and file in anchors and anchor not in anchors[file]:
                errors.append(f"{page}: no '#{anchor}' in {file.name}")
        if re.search(r"<(script|link|iframe)\b|@import|url\(", text):
            errors.append(f"{page}: loads something")
    for error in errors:
        print(error)
    print(f"docs: {len(pages)} pages in {output}, {len(errors)} errors")
    return not errors


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--tblgen", required=True)
    parser.add_argument("--include", required=True)
    parser.add_argument("-o", dest="output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.root = options.root.resolve()
    sys.exit(0 if build(options) else 1)


if __name__ == "__main__":
    main()
