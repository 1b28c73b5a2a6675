-- Readers of the journal outside of this server, how far each has come, and the rows that they refuse.

CREATE TABLE sinks (
  name TEXT PRIMARY KEY,
  position BIGINT NOT NULL,  -- of the journal: every row up to here is delivered or a dead letter
  owner TEXT NOT NULL,  -- the process that drives it, or did so last
  epoch BIGINT NOT NULL,  -- one more with each owner
  lease_until TIMESTAMPTZ  -- NULL: given back
) WITH (fillfactor = 50);

CREATE TABLE dead_letters (
  id UUID PRIMARY KEY,
  sink TEXT NOT NULL,
  position BIGINT NOT NULL,
  message_id UUID NOT NULL,  -- the journal row's own
  kind SMALLINT NOT NULL,
  key TEXT NOT NULL,
  cause SMALLINT NOT NULL,
  detail TEXT NOT NULL,
  tries BIGINT NOT NULL,
  failed_at TIMESTAMPTZ NOT NULL,
  resend_at TIMESTAMPTZ,  -- when somebody asked for it
  UNIQUE (sink, position)
);
CREATE INDEX idx_dead_letters_sink ON dead_letters (sink, id);
CREATE INDEX idx_dead_letters_resend ON dead_letters (sink, position) WHERE resend_at IS NOT NULL;
