"""The shape of C++ text, found by its braces: where functions begin and end, and what switches hold.

No parser: it reads what clang-format writes and is right about that. Text comes in through code_only().
"""

import re
from dataclasses import dataclass

_SCOPE = re.compile(r"^\s*(?:inline\s+)?(?:namespace\b|extern\s*\"\s*\")")
_TYPE = re.compile(r"^\s*(?:template\s*<.*>\s*)?(?:typedef\s+)?(?:class|struct|union|enum)\b", re.DOTALL)
_FUNCTION_TAIL = re.compile(
    r"\)\s*(?:const|noexcept(?:\s*\([^()]*\))?|override|final|mutable|&&?|requires\b.*|->\s*[^=;]+|try|\s)*$", re.DOTALL
)
_NAME = re.compile(r"([A-Za-z_~][\w:~]*|operator\s*[^\s(]+)\s*\(")


@dataclass(frozen=True)
class Function:
    name: str
    line: int
    lines: int


def _is_function(head: str) -> bool:
    """Whether the text before a brace, back to the statement's begin, declares a function."""
    if _SCOPE.match(head) or (_TYPE.match(head) and not _FUNCTION_TAIL.search(head)):
        return False
    before_parenthesis = head.split("(", 1)[0]
    if "=" in before_parenthesis and "operator" not in before_parenthesis:
        return False
    if _FUNCTION_TAIL.search(head):
        return True
    # A constructor whose list initialises a member with braces: Foo(int a) : a_{a} ...
    return re.search(r"\)\s*(?:noexcept\s*)?:\s*[\w:<>, ]+$", head) is not None


def functions(code: str) -> list[Function]:
    """Every function that is not inside another one, with the number of lines from its declaration to its end."""
    found = []
    stack = []  # one (is_function, begin, head) per open brace
    inside = 0
    head_begin = 0
    without_directives = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), code, flags=re.MULTILINE)
    for match in re.finditer(r"[{};]", without_directives):
        at, brace = match.start(), match.group(0)
        if brace == "{":
            head = without_directives[head_begin:at]
            opens = inside == 0 and _is_function(head)
            stack.append((opens, head_begin + len(head) - len(head.lstrip()), head))
            inside += opens
        elif brace == "}" and stack:
            opened, begin, head = stack.pop()
            if opened:
                inside -= 1
                names = _NAME.findall(head)
                first, last = without_directives.count("\n", 0, begin) + 1, without_directives.count("\n", 0, at) + 1
                found.append(Function(names[0] if names else "?", first, last - first + 1))
        head_begin = at + 1
    return found


def _closing(code: str, opening: int) -> int:
    depth = 0
    for match in re.finditer(r"[{}]", code[opening:]):
        depth += 1 if match.group(0) == "{" else -1
        if depth == 0:
            return opening + match.start()
    return len(code)


def _own_text(body: str) -> str:
    """The body of a switch without the switches inside it."""
    while inner := re.search(r"\bswitch\s*\([^{]*\)\s*\{", body):
        body = body[: inner.start()] + body[_closing(body, inner.end() - 1) + 1 :]
    return body


def enum_switches_with_default(code: str) -> list[int]:
    """Lines of switches that name enumerators (case A::b) and have a default too."""
    found = []
    for match in re.finditer(r"\bswitch\s*\([^{]*\)\s*\{", code):
        body = _own_text(code[match.end() : _closing(code, match.end() - 1)])
        if re.search(r"\bdefault\s*:(?!:)", body) and re.search(r"\bcase\s+[\w:]*\w::\w+\s*:", body):
            found.append(code.count("\n", 0, match.start()) + 1)
    return found
