// How the write-ahead log reaches the file: SQLite writes each page with two calls, one of them for 24 bytes.
// Here the pages of one transaction are put together and written with one call, before the sync that makes
// them durable and so before anyone else can know of them. All other files are SQLite's own.
#pragma once

namespace xzepr::store::sqlite {

/// The name under which to open connections. Any thread.
[[nodiscard]] const char* gathering_vfs();

}  // namespace xzepr::store::sqlite
