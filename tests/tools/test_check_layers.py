"""check_layers.py on seeded mistakes."""

import subprocess
import sys

import check_layers


def faults(tree, path, text):
    tree.write(path, text)
    return check_layers.check(tree.root)


def test_an_allowed_include_passes(tree):
    assert faults(tree, "src/json/parse.cpp", '#include "json/parse.hpp"\n#include "base/error.hpp"\n#include <vector>\n') == []


def test_an_include_upward_fails_with_its_place(tree):
    [fault] = faults(tree, "src/base/error.cpp", '// x\n#include "json/parse.hpp"\n')
    assert fault.startswith("src/base/error.cpp:2: base may not include json (json/parse.hpp)")


def test_the_longest_listed_folder_counts(tree):
    [fault] = faults(tree, "src/store/ports.hpp", '#include "store/sqlite/database.hpp"\n')
    assert "store may not include store/sqlite" in fault
    assert check_layers.check(tree.root) == [fault]


def test_a_deeper_folder_without_a_line_of_its_own_belongs_to_its_parent(tree):
    [fault] = faults(tree, "src/store/sqlite/statements/insert.cpp", '#include "json/parse.hpp"\n')
    assert "store/sqlite may not include json" in fault


def test_a_test_may_use_what_stands_above_but_not_below(tree):
    assert faults(tree, "src/service/event_test.cpp", '#include "store/sqlite/database.hpp"\n') == []
    [fault] = faults(tree, "src/store/gate_test.cpp", '#include "service/event.hpp"\n')
    assert "store may not include service" in fault


def test_bin_counts_as_app_which_sees_everything(tree):
    assert faults(tree, "bin/xzepr.cpp", '#include "app/main.hpp"\n#include "store/sqlite/x.hpp"\n') == []


def test_app_is_not_below_anyone(tree):
    [fault] = faults(tree, "src/service/x.cpp", '#include "app/config.hpp"\n')
    assert "service may not include app" in fault


def test_relative_and_angle_spellings_of_our_own_headers_fail(tree):
    tree.write("src/base/error.hpp", "")
    [relative] = faults(tree, "src/json/parse.cpp", '#include "parse.hpp"\n')
    assert "write the full path from src/" in relative
    [angle] = faults(tree, "src/json/parse.cpp", "#include <base/error.hpp>\n")
    assert 'write "base/error.hpp"' in angle


def test_includes_in_comments_do_not_count(tree):
    assert faults(tree, "src/base/x.cpp", '// #include "json/parse.hpp"\n/*\n#include "json/parse.hpp"\n*/\n') == []


def test_spaces_in_a_directive_do_not_hide_it(tree):
    assert len(faults(tree, "src/base/x.cpp", '  #  include   "json/parse.hpp"\n')) == 1


def test_a_file_outside_every_module_fails(tree):
    [fault] = faults(tree, "src/stray/x.cpp", "")
    assert "belongs to no module" in fault


def test_layers_itself_is_checked(tree):
    tree.write("src/LAYERS", "a -> b\nb -> -\nb -> -\nwhat\n")
    said = "\n".join(check_layers.check(tree.root))
    assert "a names b, which does not stand above it" in said
    assert "b stands twice" in said
    assert "cannot read 'what'" in said


def test_the_command_exits_with_the_verdict(tree, root):
    command = [sys.executable, root / "tools/check_layers.py", tree.root]
    assert subprocess.run(command, capture_output=True).returncode == 0
    tree.write("src/base/x.cpp", '#include "json/parse.hpp"\n')
    assert subprocess.run(command, capture_output=True).returncode == 1
