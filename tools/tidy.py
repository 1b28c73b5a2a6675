#!/usr/bin/env python3
"""The rules of the house that a machine can see. Each message says what to write instead.

EXCEPTIONS holds what is over a limit, by name and with its exact size: a grown or new one fails, a shrunk one must
be lowered here, so the list can only shrink.
"""

import ast
import re
import sys
from pathlib import Path

from cpp_shape import enum_switches_with_default, functions
from source_files import Layers, code_only, files, line_of

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
MODULE_README_LINES_MAX = 40

# (path, "" for the file or the function's name) -> lines. Tables and a machine's one big switch only.
EXCEPTIONS: dict[tuple[str, str], int] = {}

# What an attacker could guess byte by byte, by its name.
SECRET = r"\b(?:[\w.]|->)*(?:secret|password|csrf|signature|nonce|verifier|cookie|refresh_token|\bmac|_mac|(?:key|token|refresh)_hash)\b"

# (pattern over code without comments and strings, message, where it is the right thing to write)
BANNED = [
    (r"\basio::detached\b", "asio::detached: spawn it in a TaskGroup, which cancels and joins it", r"src/base/task_group\.cpp"),
    (r"\bstd::(?:cout|cerr|clog)\b", "iostreams: write fmt::print(stdout, ...), or log it", None),
    (r"\bstd::endl\b", "std::endl: write '\\n'", None),
    (r"\busing\s+namespace\b(?!\s+[\w:]*literals\s*;)", "using namespace: name what you use, or an alias", None),
    (r"\bstd::(?:basic_)?w?regex\b|#\s*include\s*<regex>", "std::regex can be made to crash: use RE2", None),
    (r"^(?![^\n]*_ptr<)[^\n]*?(?<!operator )\bnew\s+(?:\(|[A-Za-z_:])", "raw new: write std::make_unique, std::make_shared or a value", None),
    (r"(?<![=\w]\s)(?<!operator )\bdelete\s+(?:\[\]\s*)?[A-Za-z_(*]", "raw delete: let the owner's destructor do it", None),
    (r"\)\s*\.value\(\)", ".value() of a Result throws: test it first, then use *x", r".*_test\.[ch]pp"),
    (r"\bthis_thread::sleep_(?:for|until)\b|\busleep\s*\(|\bnanosleep\s*\(", "a blocked thread: co_await sleep_for of base/task.hpp", r".*_test\.[ch]pp|src/app/.*|src/cli/.*"),
    (r"\bstd::format(?:_to)?\b|#\s*include\s*<format>", "<format> is not in g++ 12: use fmt", None),
    (r"\basio::awaitable\b", "asio::awaitable: write Task<T> of base/task.hpp", r"src/base/.*"),
    (r"\bany_io_executor\b", "any_io_executor: write Executor of base/task.hpp", r"src/base/.*"),
    (r"\bsystem_clock::now\s*\(", "hidden input: take a TimePoint, or ask the Clock at the edge", r"src/base/clock\.cpp|src/http/.*|.*_test\.[ch]pp"),
    (r"^[ \t]*#[ \t]*define\b", "a macro: write a constexpr, an enum or a function", r"src/base/assert\.hpp"),
    (r"\b(?:NULL)\b", "NULL: write nullptr", None),
    (r"\b(?:s?rand|random_shuffle|mt19937(?:_64)?)\b\s*[({ ]", "weak randomness: use crypto/random.hpp", r".*_test\.[ch]pp"),
    (r"\[[^\[\]\n]+\]\s*\([^()]*\)\s*(?:mutable\s*)?->\s*(?:xzepr::)?Task<", "a capturing coroutine lambda dies before its coroutine: pass the data to a function", r".*_test\.[ch]pp"),
    (rf"{SECRET}(?:\(\))?\s*[!=]=(?!\s*(?:nullptr|std::nullopt)\b)|[!=]=\s*{SECRET}(?:\(\))?\s*(?:[;,){{]|&&|\|\|)",
     "a secret compared byte by byte (B16): use equal_in_constant_time of crypto/digest.hpp, or look it up by its SHA-256", r".*_test\.[ch]pp"),
    (r"\bassert\s*\(", "assert() is off in release: write XZEPR_ASSERT", None),
]

# header prefix -> (folders of src/ that may include it, the door that others use)
FENCES = [
    (r"boost/json(?:/|\.hpp)", ("json",), '"json/value.hpp" and its neighbours'),
    (r"openssl/", ("crypto", "http", "redis"), '"crypto/..."'),
    (r"sodium", ("crypto",), '"crypto/..."'),
    (r"re2/", ("jsonschema",), '"jsonschema/..."'),
    (r"libpq|postgres", ("store/postgres",), 'the ports in "store/"'),
    (r"sqlite3", ("store/sqlite",), 'the ports in "store/"'),
    (r"librdkafka/", ("journal/kafka",), '"journal/transport.hpp"'),
    (r"spdlog/", ("telemetry",), '"telemetry/log.hpp"'),
    (r"prometheus/", ("telemetry",), '"telemetry/metrics.hpp"'),
    (r"curl/", ("http",), '"http/client.hpp" or "http/sender.hpp"'),
    (r"yaml-cpp/", ("yaml",), '"yaml/tree.hpp" and its neighbours'),
    (r"CLI/", ("cli", "app"), '"cli/..."'),
    (r"boost/beast(?:/|\.hpp)", ("http",), '"http/..."'),
    (r"boost/asio(?:/|\.hpp)", ("base", "http", "redis", "store", "app"), '"base/task.hpp"'),
    (r"utf8proc", ("base",), '"base/text.hpp"'),
]
TESTED_FOLDERS = ("src/service/", "src/domain/", "src/json/", "src/yaml/", "src/graphql/")
# connection_socket.hpp is for the three sources of one class.
ASIO_HEADERS = {"src/base/task.hpp", "src/http/connection_socket.hpp"}


class Report:
    def __init__(self, root: Path):
        self.root = root
        self.faults: list[str] = []
        self.unused_exceptions = dict(EXCEPTIONS)

    def add(self, path: Path, line: int, message: str):
        self.faults.append(f"{path.relative_to(self.root)}:{line}: {message}")

    def limit(self, path: Path, line: int, name: str, lines: int, limit: int, advice: str):
        key = (str(path.relative_to(self.root)), name)
        self.unused_exceptions.pop(key, None)
        excused = EXCEPTIONS.get(key)
        if excused is not None and lines < excused:
            self.add(path, line, f"{name or 'file'} has shrunk to {lines} lines: lower (or drop) its exception of {excused} in tools/tidy.py")
        elif lines > (excused or limit):
            self.add(path, line, f"{name or 'file'} has {lines} lines, at most {excused or limit}: {advice}")


def check_banned(report: Report, path: Path, code: str):
    shown = str(path.relative_to(report.root))
    for pattern, message, allowed in BANNED_COMPILED:
        if allowed and allowed.fullmatch(shown):
            continue
        for match in pattern.finditer(code):
            report.add(path, line_of(code, match.start()), message)


BANNED_COMPILED = [(re.compile(p, re.MULTILINE), m, re.compile(a) if a else None) for p, m, a in BANNED]
FENCES_COMPILED = [(re.compile(p), folders, door) for p, folders, door in FENCES]
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^">\n]+)[">]', re.MULTILINE)


def check_fences(report: Report, path: Path, code: str):
    shown = str(path.relative_to(report.root))
    is_test = path.stem.endswith("_test")
    for match in INCLUDE.finditer(code):
        header = match.group(1)
        line = line_of(code, match.start())
        for pattern, folders, door in FENCES_COMPILED:
            if not pattern.match(header):
                continue
            asio = header.startswith("boost/asio")
            if not any(shown.startswith(f"src/{folder}/") for folder in folders) and not (asio and is_test):
                report.add(path, line, f"<{header}> stays inside {', '.join(folders)}: use {door}")
            elif asio and path.suffix == ".hpp" and not is_test and shown not in ASIO_HEADERS:
                report.add(path, line, f'<{header}> in a header: include "base/task.hpp", keep sockets in the source')
        if header.startswith(("gtest/", "gmock/")) and not is_test:
            report.add(path, line, f"<{header}> outside a test: name the file *_test.cpp or *_test.hpp")


def check_cpp(report: Report, path: Path):
    text = path.read_text(encoding="utf-8")
    with_strings = code_only(text, keep_strings=True)
    code = code_only(text)
    check_banned(report, path, code)
    check_fences(report, path, with_strings)
    report.limit(path, 1, "", text.count("\n"), FILE_LINES_MAX, "split it by what it knows")
    for function in functions(code):
        report.limit(path, function.line, function.name, function.lines, FUNCTION_LINES_MAX, "the parent keeps the branches, leaves are straight lines")
    for line in enum_switches_with_default(code):
        report.add(path, line, "default: in a switch over an enum: one case per enumerator, std::unreachable() after it")
    for match in re.finditer(r"\b(?:TODO|FIXME|XXX)\b", text):
        report.add(path, line_of(text, match.start()), f"{match.group(0)}: do it, or write an ADR")
    if path.suffix == ".hpp" and not re.search(r"^#pragma once$", text, re.MULTILINE):
        report.add(path, 1, "no #pragma once")
    if path.suffix == ".hpp" and not text.startswith("//"):
        report.add(path, 1, "a header begins with 1-5 comment lines: what it is, which thread may use it, who owns it")
    if not re.fullmatch(r"[a-z0-9_]+", path.stem):
        report.add(path, 1, "file names are snake_case")


def check_tests_beside(report: Report, path: Path):
    shown = str(path.relative_to(report.root))
    if shown.startswith(TESTED_FOLDERS) and path.suffix == ".cpp" and not path.stem.endswith("_test"):
        if not path.with_name(path.stem + "_test.cpp").exists():
            report.add(path, 1, f"no {path.stem}_test.cpp beside it: write one")


def check_module_readmes(report: Report):
    layers = Layers((report.root / "src/LAYERS").read_text(encoding="utf-8"))
    for module in layers.allowed:
        folder = report.root / "src" / module
        if not any(folder.glob("*.[ch]pp")):
            continue
        readme = folder / "README.md"
        if not readme.exists():
            report.add(folder / "README.md", 1, "missing: purpose, entry points, what the module must not know")
        elif (lines := readme.read_text(encoding="utf-8").count("\n")) > MODULE_README_LINES_MAX:
            report.add(readme, 1, f"{lines} lines, at most {MODULE_README_LINES_MAX}: keep purpose, entry points, what it must not know")


def outside_fences(text: str) -> str:
    """Markdown without its fenced blocks; lines stay where they are."""
    return re.sub(r"^(```|~~~).*?^\1", lambda m: re.sub(r"[^\n]", " ", m.group(0)), text, flags=re.MULTILINE | re.DOTALL)


def check_markdown(report: Report, path: Path):
    text = outside_fences(path.read_text(encoding="utf-8"))
    titles = re.findall(r"^# \S", text, re.MULTILINE)
    if len(titles) != 1:
        report.add(path, 1, f"{len(titles)} titles: exactly one line begins with '# '")
    elif not text.startswith("# "):
        report.add(path, 1, "the title is the first line")


PARENT_PATH = re.compile(r"(?<![\w./])((?:\.\./)+[\w.-]+(?:/[\w.-]+)*)")
MACHINE_PATH = re.compile(r"(?<![\w./}$~-])/(?:home|root|work)/\w")


def check_paths(report: Report, path: Path):
    """What is named must be inside the clone: nothing above it, nothing of one machine."""
    text = path.read_text(encoding="utf-8", errors="replace")
    for match in PARENT_PATH.finditer(text):
        target = (path.parent / match.group(1)).resolve()
        if match.group(1).split("/")[-1] == "shared" or "../shared" in match.group(0):
            report.add(path, line_of(text, match.start()), f"{match.group(1)} is outside the clone: say it in the project's own words")
        elif path.suffix == ".md" and not target.is_relative_to(report.root.resolve()):
            report.add(path, line_of(text, match.start()), f"{match.group(1)} is outside the clone")
    for match in MACHINE_PATH.finditer(text):
        report.add(path, line_of(text, match.start()), f"{match.group(0)}... exists on one machine only: use a path of the clone")


def check_python(report: Report, path: Path):
    text = path.read_text(encoding="utf-8")
    report.limit(path, 1, "", text.count("\n"), FILE_LINES_MAX, "split it by what it knows")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            report.limit(path, node.lineno, node.name, lines, FUNCTION_LINES_MAX, "split it")


def check_case(report: Report, path: Path):
    if not re.match(r"# \S", path.read_text(encoding="utf-8")):
        report.add(path, 1, "a case begins with '# ' and what it shows")


def check(root: Path) -> list[str]:
    report = Report(root)
    for folder in ("src", "bin"):
        if (root / folder).is_dir():
            for path in files(root / folder, ".cpp", ".hpp"):
                check_cpp(report, path)
                check_tests_beside(report, path)
    check_module_readmes(report)
    for path in files(root):
        if path.suffix == ".md":
            check_markdown(report, path)
        if path.suffix == ".py":
            check_python(report, path)
        if path.suffix == ".case":
            check_case(report, path)
        if path.suffix in {".md", ".py", ".sh", ".cpp", ".hpp", ".cmake", ".txt", ".case", ".yaml", ".json", ".sql", ""}:
            if path != Path(__file__).resolve() and path.name != "test_tidy.py":
                check_paths(report, path)
    for (path_text, name), lines in report.unused_exceptions.items():
        report.faults.append(f"tools/tidy.py: exception for {path_text} {name} ({lines} lines) fits nothing: drop it")
    return report.faults


def main() -> int:
    root = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    faults = check(root)
    print("\n".join(faults) if faults else "tidy: nothing to say")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
