# What stands in the source folders and is built into the binary as text.
include_guard(GLOBAL)

# Written only when it differs, so that configuring again does not compile again.
function(xzepr_write_source source text)
  set(present "")
  if(EXISTS "${source}")
    file(READ "${source}" present)
  endif()
  if(NOT present STREQUAL text)
    file(WRITE "${source}" "${text}")
  endif()
endfunction()

# Builds a folder of migrations into the binary: every NNNN_name.sql of FOLDER becomes one store::Migration.
# The module declares, in namespace NAMESPACE, `std::span<const store::Migration> embedded_migrations();`
# and this gives it its definition. Editing, adding or removing a step configures again.
function(xzepr_embed_migrations target folder namespace)
  file(GLOB steps CONFIGURE_DEPENDS "${folder}/[0-9][0-9][0-9][0-9]_*.sql")
  list(SORT steps)
  set(rows "")
  set(expected 0)
  foreach(step IN LISTS steps)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${step}")
    get_filename_component(stem "${step}" NAME_WE)
    string(REGEX MATCH "^0*([0-9]+)_([a-z0-9_]+)$" matched "${stem}")
    set(number "${CMAKE_MATCH_1}")
    set(name "${CMAKE_MATCH_2}")
    math(EXPR expected "${expected} + 1")
    if(NOT matched OR NOT number EQUAL expected)
      message(FATAL_ERROR "${step}: migrations are numbered from 0001 without gaps, in lower case")
    endif()
    file(READ "${step}" sql)
    string(APPEND rows "    {${number}, \"${name}\", R\"embedded(${sql})embedded\"},\n")
  endforeach()
  list(LENGTH steps count)
  string(CONCAT text
    "#include <array>\n#include <span>\n\n#include \"store/migration.hpp\"\n\n"
    "namespace ${namespace} {\n\n"
    "[[nodiscard]] std::span<const xzepr::store::Migration> embedded_migrations();\n\n"
    "std::span<const xzepr::store::Migration> embedded_migrations() {\n"
    "  static constexpr std::array<xzepr::store::Migration, ${count}> steps{{\n${rows}  }};\n"
    "  return steps;\n}\n\n}  // namespace ${namespace}\n")
  set(source "${CMAKE_CURRENT_BINARY_DIR}/embedded_migrations.cpp")
  xzepr_write_source("${source}" "${text}")
  target_sources(${target} PRIVATE "${source}")
endfunction()

# Builds files of FOLDER into the binary as text: NAMESPACE declares `std::span<const EmbeddedFile> embedded_files();` in
# the header api/docs/site.hpp, and this gives it its definition.
function(xzepr_embed_files target folder namespace)
  set(rows "")
  foreach(name IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${folder}/${name}")
    file(READ "${folder}/${name}" content)
    string(APPEND rows "    {\"${name}\", R\"embedded(${content})embedded\"},\n")
  endforeach()
  list(LENGTH ARGN count)
  string(CONCAT text
    "#include <array>\n\n#include \"api/docs/site.hpp\"\n\n"
    "namespace ${namespace} {\n\n"
    "std::span<const EmbeddedFile> embedded_files() {\n"
    "  static constexpr std::array<EmbeddedFile, ${count}> files{{\n${rows}  }};\n"
    "  return files;\n}\n\n}  // namespace ${namespace}\n")
  xzepr_write_source("${CMAKE_CURRENT_BINARY_DIR}/embedded_files.cpp" "${text}")
  target_sources(${target} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/embedded_files.cpp")
endfunction()

# Builds FILE into the binary as text: HEADER declares, in NAMESPACE, `std::string_view FUNCTION();`.
function(xzepr_embed_text target file header namespace function)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  file(READ "${file}" content)
  string(CONCAT text
    "#include \"${header}\"\n\n"
    "namespace ${namespace} {\n\n"
    "std::string_view ${function}() {\n  return R\"embedded(${content})embedded\";\n}\n\n"
    "}  // namespace ${namespace}\n")
  xzepr_write_source("${CMAKE_CURRENT_BINARY_DIR}/embedded_${function}.cpp" "${text}")
  target_sources(${target} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/embedded_${function}.cpp")
endfunction()
