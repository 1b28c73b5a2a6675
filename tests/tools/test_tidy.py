"""tidy.py on seeded mistakes: each rule fires on the mistake, names the replacement, and lets the right form pass."""

import pytest
import tidy
from cpp_shape import enum_switches_with_default, functions
from source_files import code_only

HEAD = "// What it is.\n#pragma once\n"


def faults(tree, path, text):
    tree.write(path, text)
    folder = path.split("/")
    if folder[0] == "src" and not path.endswith(".md"):
        tree.write("/".join(folder[:-1]) + "/README.md", "# module\n")
    return tidy.check(tree.root)


@pytest.mark.parametrize(
    "line, advice",
    [
        ("co_spawn(ex, run(), asio::detached);", "TaskGroup"),
        ('std::cout << "x";', "fmt::print"),
        ("using namespace std;", "name what you use"),
        ("std::regex pattern(text);", "RE2"),
        ("#include <regex>", "RE2"),
        ("auto* p = new Thing();", "make_unique"),
        ("delete p;", "destructor"),
        ("return parse(text).value();", "test it first"),
        ("std::format(x);", "fmt"),
        ("asio::awaitable<int> f();", "Task<T>"),
        ("asio::any_io_executor executor;", "Executor"),
        ("auto now = std::chrono::system_clock::now();", "TimePoint"),
        ("#define LIMIT 3", "constexpr"),
        ("void* p = NULL;", "nullptr"),
        ("std::mt19937 engine(1);", "crypto/random.hpp"),
        ("auto f = [this, &hub](int n) -> Task<void> { co_return; };", "capturing coroutine lambda"),
        ("assert(x);", "XZEPR_ASSERT"),
        ("if (sent.csrf == stored) return;", "equal_in_constant_time"),
        ("return mac != mac_of(query);", "equal_in_constant_time"),
        ("if (typed == user->password) return;", "equal_in_constant_time"),
        ("return query.client_secret() == secret;", "equal_in_constant_time"),
        ("bool is_same = hash == record.key_hash;", "equal_in_constant_time"),
    ],
)
def test_banned_tokens_name_their_replacement(tree, line, advice):
    found = faults(tree, "src/app/x.cpp", f"void f() {{}}\n{line}\n")
    assert len(found) == 1 and advice in found[0] and found[0].startswith("src/app/x.cpp:2:"), found


@pytest.mark.parametrize(
    "line",
    [
        "if (secret == nullptr || sent.csrf.size() != csrf.size()) return;",
        "if (crypto::equal_in_constant_time(mac, mac_of(query))) return;",
        "const bool is_machine = machine == other.machine;",
        "// std::cout and using namespace in a comment",
        'auto s = "new Thing() std::cout";',
        'auto s = R"(using namespace std;)";',
        "using namespace std::chrono_literals;",
        "Thing(const Thing&) = delete;",
        "auto v = id.value; auto w = gauge.value(); auto u = object.find(key)->value();",
        "auto t = std::chrono::steady_clock::now();",
        "auto f = [](int n) -> Task<void> { co_return; };",
        "int news = renew (3);",
        "return std::shared_ptr<const X>(new X(a));",
        "std::unique_ptr<X> x(new (std::nothrow) X());",
        "std::this_thread::sleep_for(1s);",
        "XZEPR_ASSERT(x);",
        "static_assert(x);",
        "char c = '\"'; int big = 1'000'000;",
    ],
)
def test_what_only_looks_banned_passes(tree, line):
    assert faults(tree, "src/app/x.cpp", line + "\n") == []


def test_threads_may_wait_only_where_no_shard_runs(tree):
    [fault] = faults(tree, "src/store/x.cpp", "std::this_thread::sleep_for(1s);\n")
    assert "co_await sleep_for" in fault


@pytest.mark.parametrize(
    "path, header",
    [
        ("src/app/x.cpp", "boost/json.hpp"),
        ("src/service/x_test.cpp", "boost/json/value.hpp"),
        ("src/app/x.cpp", "openssl/sha.h"),
        ("src/app/x.cpp", "sodium.h"),
        ("src/service/x_test.cpp", "re2/re2.h"),
        ("src/store/sqlite/x.cpp", "libpq-fe.h"),
        ("src/app/x.cpp", "sqlite3.h"),
        ("src/app/x.cpp", "spdlog/spdlog.h"),
        ("src/app/x.cpp", "prometheus/counter.h"),
        ("src/app/x.cpp", "curl/curl.h"),
        ("src/app/x.cpp", "yaml-cpp/yaml.h"),
        ("src/store/sqlite/x.cpp", "CLI/CLI.hpp"),
        ("src/app/x.cpp", "boost/beast/http.hpp"),
        ("src/json/x_test.cpp", "boost/beast.hpp"),
    ],
)
def test_fenced_headers_stay_in_their_module(tree, path, header):
    [fault] = faults(tree, path, f"#include <{header}>\n")
    assert f"<{header}> stays inside" in fault


def test_a_fenced_header_passes_where_it_lives(tree):
    assert faults(tree, "src/store/sqlite/x.cpp", "#include <sqlite3.h>\n") == []
    assert faults(tree, "src/yaml/read_test.cpp", "#include <yaml-cpp/yaml.h>\n") == []


def test_asio_is_for_sources_of_the_edges_and_for_tests(tree):
    assert faults(tree, "src/app/x.cpp", "#include <boost/asio/post.hpp>\n") == []
    assert faults(tree, "src/base/task.hpp", HEAD + "#include <boost/asio/post.hpp>\n") == []
    assert faults(tree, "src/json/x_test.cpp", "#include <boost/asio/co_spawn.hpp>\n") == []
    [fault] = faults(tree, "src/store/pool.hpp", HEAD + "#include <boost/asio/post.hpp>\n")
    assert "in a header" in fault


def test_gtest_is_for_tests(tree):
    [fault] = faults(tree, "src/app/x.cpp", "#include <gtest/gtest.h>\n")
    assert "outside a test" in fault


def test_long_files_fail(tree):
    assert faults(tree, "src/app/x.cpp", "\n" * 500) == []
    [fault] = faults(tree, "src/app/x.cpp", "\n" * 501)
    assert "file has 501 lines, at most 500" in fault


def test_long_functions_fail_by_name(tree):
    assert faults(tree, "src/app/x.cpp", "int Gate::fold(int a) {\n" + "  a += 1;\n" * 68 + "}\n") == []
    [fault] = faults(tree, "src/app/x.cpp", "int Gate::fold(int a) {\n" + "  a += 1;\n" * 69 + "}\n")
    assert "Gate::fold has 71 lines, at most 70" in fault


def test_long_python_functions_fail(tree):
    [fault] = faults(tree, "tools/x.py", "def walk():\n" + "    pass\n" * 70)
    assert "walk has 71 lines" in fault


def test_exceptions_can_only_shrink(tree, monkeypatch):
    monkeypatch.setattr(tidy, "EXCEPTIONS", {("src/app/x.cpp", ""): 510})
    assert faults(tree, "src/app/x.cpp", "\n" * 510) == []
    assert "file has 511 lines, at most 510" in faults(tree, "src/app/x.cpp", "\n" * 511)[0]
    assert "lower (or drop) its exception" in faults(tree, "src/app/x.cpp", "\n" * 505)[0]
    (tree.root / "src/app/x.cpp").unlink()
    assert "fits nothing" in tidy.check(tree.root)[0]


def test_sources_of_tested_modules_need_a_test_beside_them(tree):
    [fault] = faults(tree, "src/service/event.cpp", "\n")
    assert "no event_test.cpp beside it" in fault
    tree.write("src/service/event_test.cpp", "\n")
    assert tidy.check(tree.root) == []


def test_every_module_has_a_short_readme(tree):
    tree.write("src/app/x.cpp", "\n")
    [fault] = tidy.check(tree.root)
    assert fault.startswith("src/app/README.md:1: missing")
    tree.write("src/app/README.md", "# app\n" + "x\n" * 40)
    [fault] = tidy.check(tree.root)
    assert "41 lines, at most 40" in fault


def test_markdown_has_one_title_first(tree):
    assert faults(tree, "docs/a.md", "# one\n## two\n```\n# a comment\n```\n") == []
    assert "2 titles" in faults(tree, "docs/a.md", "# one\n# two\n")[0]
    assert "0 titles" in faults(tree, "docs/a.md", "one\n")[0]
    assert "first line" in faults(tree, "docs/a.md", "\n# one\n")[0]


@pytest.mark.parametrize("text", ["see ../shared/docs", "cd /work/x", "in /home/me/x", "../../../outside.txt"])
def test_paths_outside_the_clone_fail(tree, text):
    assert len(faults(tree, "docs/a.md", f"# a\n{text}\n")) == 1


@pytest.mark.parametrize("text", ["[x](../src/LAYERS)", "https://example.org/home/x", "$HOME/work/x", "docs/work/x"])
def test_paths_inside_the_clone_pass(tree, text):
    assert faults(tree, "docs/a.md", f"# a\n{text}\n") == []


def test_headers_say_what_they_are(tree):
    found = faults(tree, "src/app/x.hpp", "int a();\n")
    assert any("#pragma once" in fault for fault in found) and any("comment lines" in fault for fault in found)
    assert faults(tree, "src/app/x.hpp", HEAD) == []


def test_todo_and_file_names(tree):
    assert "TODO: do it" in faults(tree, "src/app/x.cpp", "// TODO later\n")[0]
    assert any("snake_case" in fault for fault in faults(tree, "src/app/MyFile.cpp", "\n"))


def test_cases_begin_with_their_title(tree):
    assert "begins with" in faults(tree, "tests/cases/a.case", "as writer\n")[0]


SWITCH = """
int f(Errc e) {
  switch (e) {
    case Errc::invalid: return 1;
    %s
  }
}
"""


def test_default_in_a_switch_over_an_enum_is_found():
    assert enum_switches_with_default(SWITCH % "default: return 2;") == [3]
    assert enum_switches_with_default(SWITCH % "case Errc::gone: return 2;") == []
    assert enum_switches_with_default(SWITCH.replace("Errc::invalid", "'a'") % "default: return 2;") == []


def test_a_default_of_an_inner_switch_over_characters_is_not_the_outer_ones():
    inner = "case Errc::gone: switch (c) { case 'a': return 1; default: return 2; }"
    assert enum_switches_with_default(SWITCH % inner) == []


def test_functions_are_found_by_their_shape():
    code = code_only(
        """
namespace xzepr::domain {
struct Gate {
  int size() const { return 1; }
  std::vector<int> ids = {1, 2};
};
constexpr std::array<int, 2> table = {{
    1,
    2,
}};
Gate::Gate(int a, int b)
    : a_{a},
      b_(b) {
  go([&](int x) {
    return x;
  });
}
auto make() -> std::vector<int> {
  return {};
}
template <class T>
bool operator==(const T& a, const T& b) noexcept {
  return true;
}
}  // namespace xzepr::domain
"""
    )
    found = {f.name: f.lines for f in functions(code)}
    assert found["size"] == 1 and found["make"] == 3 and found["operator=="] == 4
    assert "table" not in found and "Gate" not in found and len(found) <= 6


def test_code_only_keeps_lines_and_columns():
    text = 'a /* x\ny */ b "q\\"r" // z\nR"x(\n)x" c\n'
    code = code_only(text)
    assert len(code) == len(text) and code.count("\n") == text.count("\n")
    assert "x" not in code.replace('R"x', "").replace('x"', "") and "b" in code and "c" in code
