-- Events, what they decide, the journal, the catalogue and who may use it.
-- Ids are 16-byte BLOBs in the order of their text, times are microseconds since 1970 in UTC.
--
-- What counts on the write path is how many pages one transaction touches: each is written to the log and
-- again at the checkpoint. So every table that an event touches is keyed to grow at its end. An artifact gets a
-- small number when it is first seen, and all that belongs to it is keyed by that number: the artifacts that
-- are busy now lie side by side. Keyed by the artifact's id, which is a hash, the same transactions cost half
-- as much again with 300,000 events (62 instead of 41 microseconds of CPU for each event).

CREATE TABLE schema_migrations (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE event_receivers (
  id BLOB PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  version TEXT NOT NULL,
  description TEXT NOT NULL,
  schema TEXT NOT NULL,
  field_formats TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  owner_id TEXT NOT NULL,
  resource_version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (name, type, version)
) STRICT;

CREATE TABLE event_receiver_revisions (
  receiver_id BLOB NOT NULL,
  resource_version INTEGER NOT NULL,
  body TEXT NOT NULL, -- JSON, from which old messages are rendered
  PRIMARY KEY (receiver_id, resource_version)
) STRICT, WITHOUT ROWID;

CREATE TABLE event_receiver_groups (
  id BLOB PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  version TEXT NOT NULL,
  description TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  owner_id TEXT NOT NULL,
  resource_version INTEGER NOT NULL,
  gate_revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (name, type, version)
) STRICT;

CREATE TABLE event_receiver_group_revisions (
  group_id BLOB NOT NULL,
  resource_version INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (group_id, resource_version)
) STRICT, WITHOUT ROWID;

CREATE TABLE group_receivers (
  group_id BLOB NOT NULL REFERENCES event_receiver_groups (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  receiver_id BLOB NOT NULL REFERENCES event_receivers (id),
  PRIMARY KEY (group_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX idx_group_receivers_receiver_id ON group_receivers (receiver_id);

CREATE TABLE group_members (
  group_id BLOB NOT NULL REFERENCES event_receiver_groups (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  member TEXT NOT NULL, -- a user's id, or role:NAME
  PRIMARY KEY (group_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE artifacts (
  artifact_no INTEGER PRIMARY KEY,
  artifact_id BLOB NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  release TEXT NOT NULL,
  platform_id TEXT NOT NULL,
  package TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX idx_artifacts_id ON artifacts (artifact_id);
CREATE INDEX idx_artifacts_name ON artifacts (name, version);

-- position is that of the event's own journal row. There is no updated_at: an event is never updated.
CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  artifact_no INTEGER NOT NULL,
  artifact_id BLOB NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  release TEXT NOT NULL,
  platform_id TEXT NOT NULL,
  package TEXT NOT NULL,
  description TEXT NOT NULL,
  payload TEXT NOT NULL,
  success INTEGER NOT NULL,
  event_start INTEGER NOT NULL,
  event_end INTEGER NOT NULL,
  event_receiver_id BLOB NOT NULL REFERENCES event_receivers (id),
  receiver_version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  created_by BLOB NOT NULL
) STRICT;
-- Lists go by id, so each index ends in it, and a page is read in order without sorting. These grow at the end
-- of a few runs (one for each receiver, platform, package) and cost about 1.2 microseconds a row each.
CREATE UNIQUE INDEX idx_events_id ON events (id);
CREATE INDEX idx_events_receiver_id ON events (event_receiver_id, id);
CREATE INDEX idx_events_platform_id ON events (platform_id, id);
CREATE INDEX idx_events_package ON events (package, id);
CREATE INDEX idx_events_success ON events (id) WHERE success = 0; -- what passed is nearly everything
CREATE INDEX idx_events_time_range ON events (event_start, event_end);
-- There is none by name: one more page for each name in a transaction, 6 to 7 microseconds a row. A name leads
-- through idx_artifacts_name and idx_journal_artifact_no; one with very many artifacts is found by walking.
-- There is none by created_at: the id begins with the time, and journal_head knows how far the two ever parted.

-- The latest event of each receiver for each artifact. In this order it also serves sweeps.
CREATE TABLE outcomes (
  receiver_id BLOB NOT NULL,
  artifact_no INTEGER NOT NULL,
  passed INTEGER NOT NULL,
  event_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (receiver_id, artifact_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE gates (
  group_id BLOB NOT NULL,
  artifact_no INTEGER NOT NULL,
  artifact_id BLOB NOT NULL,
  state INTEGER NOT NULL,
  group_revision INTEGER NOT NULL,
  since INTEGER NOT NULL,
  first_opened_at INTEGER,
  PRIMARY KEY (group_id, artifact_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX idx_gates_list ON gates (group_id, state, since, artifact_id);

-- Groups whose stored gates are older than their definition, and how far each has been gone through.
CREATE TABLE gate_sweeps (
  group_id BLOB PRIMARY KEY NOT NULL,
  gate_revision INTEGER NOT NULL,
  after_artifact_no INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
  position INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  kind INTEGER NOT NULL,
  cause INTEGER NOT NULL,
  artifact_no INTEGER,
  event_id BLOB,
  receiver_id BLOB,
  receiver_version INTEGER NOT NULL,
  group_id BLOB,
  group_version INTEGER NOT NULL,
  satisfying BLOB, -- event ids, one after the other
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX idx_journal_artifact_no ON journal (artifact_no, position) WHERE artifact_no IS NOT NULL;

-- One row, which orders all writers. id_lead_ms and id_lag_ms: the most by which the time in an event's id was
-- ever ahead of and behind its created_at, so that a time range bounds ids exactly.
CREATE TABLE journal_head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  position INTEGER NOT NULL,
  catalogue_revision INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  id_lead_ms INTEGER NOT NULL,
  id_lag_ms INTEGER NOT NULL
) STRICT;
INSERT INTO journal_head VALUES (1, 0, 0, 1, 0, 0);

CREATE TABLE idempotency_keys (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  body_hash BLOB NOT NULL,
  answer TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
  id BLOB PRIMARY KEY NOT NULL,
  username TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL,
  display_name TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  password_hash TEXT -- PHC string; NULL: no password
) STRICT;

CREATE TABLE user_roles (
  user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  PRIMARY KEY (user_id, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX idx_user_roles_role ON user_roles (role);

CREATE TABLE api_keys (
  id BLOB PRIMARY KEY NOT NULL,
  user_id BLOB NOT NULL REFERENCES users (id),
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  roles TEXT NOT NULL, -- names, separated by commas
  rpm INTEGER,
  default_receiver_id BLOB,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  last_used_at INTEGER
) STRICT;
CREATE INDEX idx_api_keys_user_id ON api_keys (user_id, id);

CREATE TABLE settings (
  name TEXT PRIMARY KEY NOT NULL,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE user_identities (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  id BLOB PRIMARY KEY NOT NULL,
  user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  team_roles TEXT NOT NULL, -- JSON array
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE INDEX idx_sessions_user_id ON sessions (user_id);

CREATE TABLE refresh_tokens (
  hash BLOB PRIMARY KEY NOT NULL, -- SHA-256
  session_id BLOB NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  replaced_by BLOB -- the hash of the next one; NULL: not used yet
) STRICT;
CREATE INDEX idx_refresh_tokens_session_id ON refresh_tokens (session_id);

-- Credentials for one WebSocket each, whose URL may be written down by others.

CREATE TABLE stream_tickets (
  hash BLOB PRIMARY KEY NOT NULL, -- SHA-256
  caller TEXT NOT NULL, -- JSON: whom it speaks for
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idx_stream_tickets_expires_at ON stream_tickets (expires_at);

CREATE TABLE audit_log (
  id BLOB PRIMARY KEY NOT NULL,
  at INTEGER NOT NULL,
  action TEXT NOT NULL,
  outcome TEXT NOT NULL,
  user_id BLOB,
  username TEXT NOT NULL,
  target TEXT NOT NULL,
  detail TEXT NOT NULL,
  address TEXT NOT NULL,
  request_id TEXT NOT NULL
) STRICT;
CREATE INDEX idx_audit_log_username ON audit_log (username, id);
CREATE INDEX idx_audit_log_refused ON audit_log (at) WHERE outcome = 'refused';

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

-- The index of a search: each event under its words and the values of its payload (domain/search_terms.hpp).
-- A job files events a moment after they were appended, so an append costs nothing for it; events behind
-- search_index.position, those of before this step too, are found without it until then.
-- ascii: terms come cut and folded, and this tokenizer leaves every byte beyond ASCII as it is.

CREATE VIRTUAL TABLE event_terms USING fts5 (
  terms, content = '', columnsize = 0, detail = none, tokenize = "ascii tokenchars '_'"
);

CREATE TABLE search_index (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  position INTEGER NOT NULL -- of the journal: every event up to here is filed
) STRICT;
INSERT INTO search_index VALUES (1, 0);

CREATE TABLE webhooks (
  id BLOB PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  description TEXT NOT NULL,
  filter_type TEXT, -- NULL in a filter: everything
  filter_artifact TEXT,
  filter_group_id BLOB,
  filter_success INTEGER,
  sealed BLOB NOT NULL, -- its secrets, encrypted
  enabled INTEGER NOT NULL,
  disabled_reason TEXT NOT NULL,
  failing_since INTEGER,
  from_position INTEGER NOT NULL, -- rows of the journal after it are its
  owner_id TEXT NOT NULL,
  resource_version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER -- it goes when its deliveries have gone
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX idx_webhooks_name ON webhooks (name) WHERE deleted_at IS NULL;

-- Of the rows with one webhook and key that are pending, the first has next_at.
CREATE TABLE webhook_deliveries (
  id BLOB PRIMARY KEY NOT NULL,
  webhook_id BLOB NOT NULL,
  cause INTEGER NOT NULL,
  position INTEGER, -- of the journal; NULL: a test
  message_id BLOB NOT NULL,
  kind INTEGER NOT NULL,
  key TEXT NOT NULL,
  status INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  claims INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  next_at INTEGER, -- when it is due
  finished_at INTEGER,
  last_status INTEGER NOT NULL,
  last_error TEXT NOT NULL,
  last_took_ms INTEGER NOT NULL,
  UNIQUE (webhook_id, position)
) STRICT;
CREATE INDEX idx_webhook_deliveries_due ON webhook_deliveries (webhook_id, next_at) WHERE next_at IS NOT NULL;
CREATE UNIQUE INDEX idx_webhook_deliveries_head ON webhook_deliveries (webhook_id, key) WHERE next_at IS NOT NULL;
CREATE INDEX idx_webhook_deliveries_key ON webhook_deliveries (webhook_id, key, position) WHERE status = 0;
CREATE INDEX idx_webhook_deliveries_list ON webhook_deliveries (webhook_id, id);
CREATE INDEX idx_webhook_deliveries_status ON webhook_deliveries (webhook_id, status, id);
CREATE INDEX idx_webhook_deliveries_finished ON webhook_deliveries (finished_at) WHERE finished_at IS NOT NULL;
