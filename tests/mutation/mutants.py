# SPDX-License-Identifier: LGPL-2.1-or-later
"""Single broken operators of a C file, found by its tokens.

No parser: comments, strings and preprocessor lines are skipped, and what a change makes of the rest is left to the compiler, which
refuses some of them.
"""
import bisect
import re
from collections import namedtuple

# One change: TEXT[start:end] becomes `new`.
Mutant = namedtuple("Mutant", "path line column start end new")
Token = namedtuple("Token", "kind text start end at_margin")

TOKENS = re.compile(
    r"(?P<skip>/\*.*?\*/|//[^\n]*|^[ \t]*\#(?:\\\n|[^\n])*|\s+)"
    r"|(?P<string>\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')"
    r"|(?P<number>\d[\w.]*)|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<sign><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[^\s\w])",
    re.S | re.M)
SWAPPED = {
    "==": ["!="], "!=": ["=="], "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"],
    "&&": ["||"], "||": ["&&"], "+=": ["-="], "-=": ["+="], "|=": ["&="], "&=": ["|="],
    "true": ["false"], "false": ["true"], "TRUE": ["FALSE"], "FALSE": ["TRUE"], "0": ["1"], "1": ["0"],
}
# Between two values only; elsewhere they are a sign, an address or a declaration.
BINARY = {"+": "-", "-": "+", "&": "|", "|": "&"}


def tokens_of(text):
    return [Token(found.lastgroup, found.group(), found.start(), found.end(), text[found.start() - 1] == "\n")
            for found in TOKENS.finditer(text) if found.lastgroup != "skip"]


def closing(tokens, index):
    """Of the bracket at INDEX."""
    depth = 0
    for place in range(index, len(tokens)):
        depth += (tokens[place].text in ("(", "[", "{")) - (tokens[place].text in (")", "]", "}"))
        if depth == 0:
            return place
    return index


def is_value(token):
    return token.kind in ("number", "string") or token.text in (")", "]") or \
        token.kind == "word" and token.text not in ("return", "case", "sizeof")


def of_conditions(tokens, index):
    """A condition that is always true, or always false; it is still evaluated."""
    token = tokens[index]
    if token.text in ("if", "while") and tokens[index + 1].text == "(":
        first, last = tokens[index + 1], tokens[closing(tokens, index + 1)]
        for word in ["|| true", "&& false"] if token.text == "if" else ["&& false"]:
            yield first.start, last.end, lambda text, word=word: f"({text} {word})"
    if token.text == "?":
        yield token.start, token.end, lambda _: "|| true ?"
        yield token.start, token.end, lambda _: "&& false ?"


def of_jumps(tokens, index):
    """A jump that isn't taken; without the last `return` of a function there is hardly one that compiles."""
    token = tokens[index]
    if token.text in ("break", "continue") and tokens[index + 1].text == ";":
        yield token.start, token.end, lambda _: ""
    if token.text == "return":
        end = index
        while tokens[end].text != ";":
            end = closing(tokens, end) + 1
        after = tokens[end + 1]
        if not (after.text == "}" and after.at_margin):
            yield token.start, tokens[end].start, lambda _: ""


def of_signs(tokens, index):
    token, before = tokens[index], tokens[index - 1]
    if token.text in SWAPPED and token.kind != "string":
        # {0} and -1 are words of their own: empty, all.
        is_empty = token.text == "0" and before.text == "{" and tokens[index + 1].text == "}"
        is_all = token.text == "1" and before.text == "-" and not is_value(tokens[index - 2])
        if not is_empty and not is_all:
            for new in SWAPPED[token.text]:
                yield token.start, token.end, lambda _, new=new: new
    if token.text in BINARY and is_value(before) and not is_cast(tokens, index - 1):
        yield token.start, token.end, lambda _: BINARY[token.text]
    if token.text == "!":
        yield token.start, token.end, lambda _: ""


def is_cast(tokens, index):
    """(gunichar) -1: what follows is a sign."""
    return tokens[index].text == ")" and tokens[index - 1].kind == "word" and tokens[index - 2].text == "(" and \
        (tokens[index - 3].kind != "word" or tokens[index - 3].text in ("return", "sizeof"))


def mutants_of(path, text):
    """All of one file, in its order."""
    starts = [0] + [found.end() for found in re.finditer("\n", text)]
    tokens = tokens_of(text)
    found = []
    for index in range(1, len(tokens) - 1):
        for rule in (of_conditions, of_jumps, of_signs):
            for start, end, change in rule(tokens, index):
                line = bisect.bisect_right(starts, start)
                found.append(Mutant(path, line, start - starts[line - 1] + 1, start, end, change(text[start:end])))
    return found


def apply(text, mutant):
    return text[:mutant.start] + mutant.new + text[mutant.end:]


def lines_of(text, mutant):
    """The line, or lines, as they are and as they become, each in one."""
    first = text.rfind("\n", 0, mutant.start) + 1
    last = text.find("\n", mutant.end)
    new = text[first:mutant.start] + mutant.new + text[mutant.end:last]
    return tuple(" ".join(part.split()) for part in (text[first:last], new))
