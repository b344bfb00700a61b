#!/usr/bin/env python3
"""Makes the manual page and the shell completions of smash from its --help.

    describe-tool.py --smash FILE --version TEXT --output DIR

Asks the program for its commands, for the flags of each, and, with a value that
no flag takes, for the values that a flag does take. Writes DIR/smash.1,
DIR/smash.bash, DIR/_smash (zsh) and DIR/smash.fish.
"""

import argparse
import os
import re
import subprocess


def run(smash, *arguments):
    done = subprocess.run([smash, *arguments], capture_output=True, text=True,
                          check=False)
    return done.returncode, done.stdout, done.stderr


class Flag:
    def __init__(self, name, value, text):
        self.name, self.value, self.text = name, value, text
        self.values = []

    @property
    def spelling(self):
        if not self.value:
            return self.name
        return self.name + ("=" if self.name.startswith("--") else " ")


class Command:
    """A command and the blocks of its help: (title, lines)."""

    def __init__(self, name, usage, summary, text):
        self.name, self.usage, self.summary = name, usage, summary
        self.blocks = [("", [])]
        for line in text.rstrip("\n").split("\n"):
            title = re.match(r"([A-Z][^:]*):$", line)
            if title and title.group(1) != "Usage":
                self.blocks.append((title.group(1), []))
            else:
                self.blocks[-1][1].append(line)
        self.flags = [flag for _, lines in self.blocks
                      for flag in read_flags(lines)]


def read_flags(lines):
    """The flags that the lines of a group tell about."""
    flags = []
    for line in lines:
        start = re.match(r"  (--?[a-z][\w-]*)(?:[= ](\S+))?(?:  +(.*))?$", line)
        if start:
            flags.append(Flag(start.group(1), start.group(2),
                              start.group(3) or ""))
        elif flags and re.match(r" {20,}\S", line):
            flags[-1].text = (flags[-1].text + " " + line.strip()).strip()
    return flags


def read_values(smash, command, flag):
    """What the program says that the flag takes, where it is a choice."""
    if not flag.value or not flag.name.startswith("--"):
        return []
    code, _, err = run(smash, command, flag.name + "=?")
    takes = re.search(r"takes (?:one of )?(.+), not '\?'", err)
    if code == 0 or not takes:
        # A list of names that the help spells out.
        names = re.findall(r"\b[a-z]+_[a-z]+\b", flag.text)
        return names if flag.name == "--semiring" else []
    words = re.split(r",\s*|\s+or\s+", takes.group(1))
    return words if all(re.fullmatch(r"[\w<>-]+", w) for w in words) else []


def read_commands(smash):
    _, text, _ = run(smash, "--help")
    commands = []
    listing = text.split("Commands:\n", 1)[1].split("\n\n", 1)[0]
    for line in listing.split("\n"):
        match = re.match(r"  (([a-z]+)(?: \S+)*)  +(\S.*)$", line)
        if not match or "not there yet" in match.group(3):
            continue
        usage, name, summary = match.groups()
        code, help_text, _ = run(smash, name, "--help")
        if code == 0:
            command = Command(name, usage, summary, help_text)
            for flag in command.flags:
                flag.values = read_values(smash, name, flag)
            commands.append(command)
    if not commands:
        raise SystemExit("describe-tool.py: 'smash --help' lists no command")
    return commands


# ---------------------------------------------------------------------------
# The manual page
# ---------------------------------------------------------------------------

def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def write_man(commands, version, out):
    out.write(f'.TH SMASH 1 "" "smash {version}" "User Commands"\n')
    out.write(".SH NAME\nsmash \\- a compiler for products of sparse "
              "matrices\n.SH SYNOPSIS\n")
    for command in commands:
        out.write(f".B smash {roff(command.name)}\n"
                  f"{roff(command.usage[len(command.name):].strip())}"
                  " [FLAGS]\n.br\n")
    out.write(".SH DESCRIPTION\nYou say what product you want: two matrices, "
              "a value type, a semiring. The compiler decides how, writes a "
              "kernel for exactly that product, and runs it.\n.SH COMMANDS\n")
    for command in commands:
        out.write(f".TP\n.B {roff(command.usage)}\n{roff(command.summary)}\n")
    for command in commands:
        out.write(f".SH SMASH {roff(command.name.upper())}\n")
        for title, lines in command.blocks:
            if title:
                out.write(f".SS {roff(title)}\n")
            flags = read_flags(lines)
            if flags:
                for flag in flags:
                    value = f"\\fI{roff(flag.value)}\\fR" if flag.value else ""
                    out.write(f".TP\n\\fB{roff(flag.spelling)}\\fR{value}\n"
                              f"{roff(flag.text)}\n")
                continue
            verbatim = bool(title) and any(l.startswith("  ") for l in lines)
            out.write(".nf\n" if verbatim else "")
            for line in lines:
                if line.strip() or verbatim:
                    out.write(roff(line) + "\n" if line.strip() else "\n")
                else:
                    out.write(".PP\n")
            out.write(".fi\n" if verbatim else "")
    out.write(".SH EXIT STATUS\n0, or 1 when something failed; then one line "
              "says what, and no file is written.\n"
              ".SH SEE ALSO\n.BR smash\\-opt (1),\n.BR mlir\\-opt (1)\n")


# ---------------------------------------------------------------------------
# Completions
# ---------------------------------------------------------------------------

def write_bash(commands, out):
    out.write("# Completion of smash for bash.\n_smash() {\n"
              "  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}\n"
              "  local line=${COMP_LINE:0:COMP_POINT} flags= values= flag\n"
              "  # Bash splits at '=': the word as it was typed.\n"
              "  word=${line##* }\n"
              "  COMPREPLY=()\n  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
              "    COMPREPLY=($(compgen -W '")
    out.write(" ".join(c.name for c in commands))
    out.write(" --help --version' -- \"$word\"))\n    return\n  fi\n"
              "  flag=${word%%=*}\n  case $command in\n")
    for command in commands:
        out.write(f"  {command.name})\n    flags='")
        out.write(" ".join(f.spelling.strip() for f in command.flags))
        out.write("'\n    case $flag in\n")
        for flag in command.flags:
            if flag.values:
                out.write(f"    {flag.name}) values='"
                          f"{' '.join(flag.values)}' ;;\n")
        out.write("    esac ;;\n")
    out.write("  esac\n  case $word in\n"
              "  --*=*)\n"
              "    if [ -n \"$values\" ]; then\n"
              "      COMPREPLY=($(compgen -W \"$values\" -- \"${word#*=}\"))\n"
              "    else\n"
              "      COMPREPLY=($(compgen -f -- \"${word#*=}\"))\n"
              "    fi ;;\n"
              "  -*)\n"
              "    COMPREPLY=($(compgen -W \"$flags\" -- \"$word\"))\n"
              "    case ${COMPREPLY[0]} in *=) compopt -o nospace 2>/dev/null "
              ";; esac ;;\n"
              "  *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
              "  esac\n}\n"
              "complete -o filenames -F _smash smash\n")


def quote(text):
    return "'" + text.replace("'", "'\\''") + "'"


def write_zsh(commands, out):
    out.write("#compdef smash\n# Completion of smash for zsh.\n"
              "_smash() {\n  local -a commands\n  commands=(\n")
    for command in commands:
        out.write("    " + quote(f"{command.name}:{command.summary}") + "\n")
    out.write("  )\n  if (( CURRENT == 2 )); then\n"
              "    _describe command commands\n    return\n  fi\n"
              "  case $words[2] in\n")
    for command in commands:
        out.write(f"  {command.name})\n    _arguments \\\n")
        for flag in command.flags:
            text = re.sub(r"[\[\]:]", " ", flag.text)
            spec = f"{flag.spelling.strip()}[{text}]"
            if flag.value:
                values = f"({' '.join(flag.values)})" if flag.values else "_files"
                spec += f":{flag.value.replace(':', ' ')}:{values}"
            out.write("      " + quote(spec) + " \\\n")
        out.write("      '*:matrix:_files' ;;\n")
    out.write("  esac\n}\n_smash \"$@\"\n")


def write_fish(commands, out):
    out.write("# Completion of smash for fish.\n")
    for command in commands:
        out.write("complete -c smash -n __fish_use_subcommand -f "
                  f"-a {command.name} -d {quote(command.summary)}\n")
    for command in commands:
        for flag in command.flags:
            kind = "-l" if flag.name.startswith("--") else "-s"
            out.write("complete -c smash -n '__fish_seen_subcommand_from "
                      f"{command.name}' {kind} {flag.name.lstrip('-')}")
            if flag.values:
                out.write(f" -x -a {quote(' '.join(flag.values))}")
            elif flag.value:
                out.write(" -r")
            out.write(f" -d {quote(flag.text)}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("smash", "version", "output"):
        parser.add_argument("--" + name, required=True)
    options = parser.parse_args()
    commands = read_commands(options.smash)
    os.makedirs(options.output, exist_ok=True)
    for name, write in [
            ("smash.1", lambda out: write_man(commands, options.version, out)),
            ("smash.bash", lambda out: write_bash(commands, out)),
            ("_smash", lambda out: write_zsh(commands, out)),
            ("smash.fish", lambda out: write_fish(commands, out))]:
        with open(os.path.join(options.output, name), "w",
                  encoding="utf-8") as out:
            write(out)


if __name__ == "__main__":
    main()
