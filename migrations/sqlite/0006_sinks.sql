-- Readers of the journal outside of this server, how far each has come, and the rows that they refuse.

CREATE TABLE sinks (
  name TEXT PRIMARY KEY NOT NULL,
  position INTEGER NOT NULL, -- of the journal: every row up to here is delivered or a dead letter
  owner TEXT NOT NULL, -- the process that drives it, or did so last
  epoch INTEGER NOT NULL, -- one more with each owner
  lease_until INTEGER -- NULL: given back
) STRICT, WITHOUT ROWID;

CREATE TABLE dead_letters (
  id BLOB PRIMARY KEY NOT NULL,
  sink TEXT NOT NULL,
  position INTEGER NOT NULL,
  message_id BLOB NOT NULL, -- the journal row's own
  kind INTEGER NOT NULL,
  key TEXT NOT NULL,
  cause INTEGER NOT NULL,
  detail TEXT NOT NULL,
  tries INTEGER NOT NULL,
  failed_at INTEGER NOT NULL,
  resend_at INTEGER, -- when somebody asked for it
  UNIQUE (sink, position)
) STRICT;
CREATE INDEX idx_dead_letters_sink ON dead_letters (sink, id);
CREATE INDEX idx_dead_letters_resend ON dead_letters (sink, position) WHERE resend_at IS NOT NULL;
