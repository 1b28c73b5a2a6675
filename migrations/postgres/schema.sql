-- The sum of all steps in this folder: what a migrated database holds. A test compares the two.

CREATE TABLE schema_migrations (
  number BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  applied_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE event_receivers (
  id UUID PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  type VARCHAR(255) NOT NULL,
  version VARCHAR(100) NOT NULL,
  description TEXT NOT NULL,
  schema TEXT NOT NULL,  -- JSON; text, because its spelling is the user's
  field_formats TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  owner_id TEXT NOT NULL,
  resource_version BIGINT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  UNIQUE (name, type, version)
);

CREATE TABLE event_receiver_revisions (
  receiver_id UUID NOT NULL,
  resource_version BIGINT NOT NULL,
  body TEXT NOT NULL,  -- JSON, from which old messages are rendered
  PRIMARY KEY (receiver_id, resource_version)
);

CREATE TABLE event_receiver_groups (
  id UUID PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  type VARCHAR(255) NOT NULL,
  version VARCHAR(100) NOT NULL,
  description TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  owner_id TEXT NOT NULL,
  resource_version BIGINT NOT NULL,
  gate_revision BIGINT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  UNIQUE (name, type, version)
);

CREATE TABLE event_receiver_group_revisions (
  group_id UUID NOT NULL,
  resource_version BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (group_id, resource_version)
);

CREATE TABLE group_receivers (
  group_id UUID NOT NULL REFERENCES event_receiver_groups(id) ON DELETE CASCADE,
  receiver_id UUID NOT NULL REFERENCES event_receivers(id),
  ordinal INTEGER NOT NULL,
  PRIMARY KEY (group_id, receiver_id)
);
CREATE INDEX idx_group_receivers_receiver_id ON group_receivers (receiver_id);

CREATE TABLE group_members (
  group_id UUID NOT NULL REFERENCES event_receiver_groups(id) ON DELETE CASCADE,
  member TEXT NOT NULL,  -- a user's ULID, or role:NAME
  ordinal INTEGER NOT NULL,
  PRIMARY KEY (group_id, member)
);

CREATE TABLE artifacts (
  artifact_no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  artifact_id UUID NOT NULL UNIQUE,
  name VARCHAR(255) COLLATE "C" NOT NULL,  -- compared as bytes: nothing is sorted by it
  version VARCHAR(100) COLLATE "C" NOT NULL,
  release VARCHAR(100) NOT NULL,
  platform_id VARCHAR(255) NOT NULL,
  package VARCHAR(255) NOT NULL,
  first_seen_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_artifacts_name ON artifacts (name, version);

CREATE TABLE events (
  id UUID PRIMARY KEY,
  event_receiver_id UUID NOT NULL REFERENCES event_receivers(id),
  name VARCHAR(255) NOT NULL,
  version VARCHAR(100) NOT NULL,
  release VARCHAR(100) NOT NULL,
  platform_id VARCHAR(255) COLLATE "C" NOT NULL,
  package VARCHAR(255) COLLATE "C" NOT NULL,
  description TEXT NOT NULL,
  payload JSONB NOT NULL,
  success BOOLEAN NOT NULL DEFAULT true,
  event_start TIMESTAMPTZ NOT NULL,
  event_end TIMESTAMPTZ NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  artifact_id UUID NOT NULL,
  created_by UUID NOT NULL,
  receiver_version BIGINT NOT NULL
);
-- Lists go by id, so each index ends in it and a page is read in order without sorting.
CREATE INDEX idx_events_receiver_id ON events (event_receiver_id, id) WHERE event_receiver_id IS NOT NULL;
CREATE INDEX idx_events_platform_id ON events (platform_id, id) WHERE platform_id IS NOT NULL;
CREATE INDEX idx_events_package ON events (package, id) WHERE package IS NOT NULL;
CREATE INDEX idx_events_success ON events (id) WHERE NOT success;  -- what passed is nearly everything
-- Time goes with the place in the table, so a summary per 32 pages is enough. created_at is bounded by id as well
-- (journal_head). There is no index by name: a name leads through idx_artifacts_name and idx_journal_artifact_no,
-- and one with very many artifacts is found by walking.
CREATE INDEX idx_events_time_range ON events USING brin (event_start, event_end) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX idx_events_created_at ON events USING brin (created_at) WITH (pages_per_range = 32, autosummarize = on);

-- The latest event of each receiver for each artifact.
CREATE TABLE outcomes (
  artifact_no BIGINT NOT NULL,
  receiver_id UUID NOT NULL,
  passed BOOLEAN NOT NULL,
  event_id UUID NOT NULL,
  position BIGINT NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (artifact_no, receiver_id)
) WITH (fillfactor = 90);
CREATE INDEX idx_outcomes_receiver_id ON outcomes (receiver_id, artifact_no) WHERE receiver_id IS NOT NULL;

CREATE TABLE gates (
  artifact_no BIGINT NOT NULL,
  group_id UUID NOT NULL,
  artifact_id UUID NOT NULL,
  state SMALLINT NOT NULL,
  group_revision BIGINT NOT NULL,
  since TIMESTAMPTZ NOT NULL,
  first_opened_at TIMESTAMPTZ,
  PRIMARY KEY (artifact_no, group_id)
);
CREATE INDEX idx_gates_list ON gates (group_id, state, since, artifact_id) WHERE since IS NOT NULL;

-- Groups whose stored gates are older than their definition. receiver_ids: all that the group had since the
-- last finished sweep, so that artifacts known only by a receiver that was taken out are visited too.
CREATE TABLE gate_sweeps (
  group_id UUID PRIMARY KEY,
  gate_revision BIGINT NOT NULL,
  receiver_ids UUID[] NOT NULL,
  after_artifact_no BIGINT NOT NULL
);

CREATE TABLE journal (
  position BIGINT PRIMARY KEY,
  id UUID NOT NULL,
  kind SMALLINT NOT NULL,
  cause SMALLINT NOT NULL,
  artifact_no BIGINT,
  event_id UUID,
  receiver_id UUID,
  receiver_version BIGINT NOT NULL,
  group_id UUID,
  group_version BIGINT NOT NULL,
  satisfying UUID[],
  at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_journal_artifact_no ON journal (artifact_no, position) WHERE artifact_no IS NOT NULL;

-- One row. Its lock orders all writers; positions given under it have no gaps. It is updated by every
-- transaction, always in place (HOT): the free space of its page is what keeps its version chain short.
-- id_lead_ms and id_lag_ms: the most by which the time in an event's id was ever ahead of and behind its
-- created_at, so that a time range bounds ids exactly.
CREATE TABLE journal_head (
  id SMALLINT PRIMARY KEY CHECK (id = 1),
  position BIGINT NOT NULL,
  catalogue_revision BIGINT NOT NULL,
  epoch BIGINT NOT NULL,
  id_lead_ms BIGINT NOT NULL,
  id_lag_ms BIGINT NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100000);
INSERT INTO journal_head (id, position, catalogue_revision, epoch, id_lead_ms, id_lag_ms) VALUES (1, 0, 0, 1, 0, 0);

CREATE TABLE idempotency_keys (
  id UUID PRIMARY KEY,
  body_hash BYTEA NOT NULL,
  answer TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE users (
  id UUID PRIMARY KEY,
  username VARCHAR(255) NOT NULL UNIQUE,
  email TEXT NOT NULL,
  display_name TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  password_hash TEXT  -- PHC string; NULL: no password
);

CREATE TABLE user_roles (
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  PRIMARY KEY (user_id, role)
);
CREATE INDEX idx_user_roles_role ON user_roles (role, user_id);

CREATE TABLE api_keys (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id),
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  key_hash BYTEA NOT NULL UNIQUE,
  roles TEXT NOT NULL,  -- names, by comma
  rpm BIGINT,
  default_receiver_id UUID,
  created_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ,
  revoked_at TIMESTAMPTZ,
  last_used_at TIMESTAMPTZ
);
CREATE INDEX idx_api_keys_user_id ON api_keys (user_id, id);

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value BYTEA NOT NULL
);

CREATE TABLE user_identities (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  PRIMARY KEY (issuer, subject)
);

CREATE TABLE sessions (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  team_roles TEXT NOT NULL,  -- JSON array
  created_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ
);
CREATE INDEX idx_sessions_user_id ON sessions (user_id);

CREATE TABLE refresh_tokens (
  hash BYTEA PRIMARY KEY,  -- SHA-256
  session_id UUID NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  replaced_by BYTEA  -- the hash of the next one; NULL: not used yet
);
CREATE INDEX idx_refresh_tokens_session_id ON refresh_tokens (session_id);

-- Credentials for one WebSocket each, whose URL may be written down by others.

CREATE TABLE stream_tickets (
  hash BYTEA PRIMARY KEY,  -- SHA-256
  caller TEXT NOT NULL,  -- JSON: whom it speaks for
  expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_stream_tickets_expires_at ON stream_tickets (expires_at);

CREATE TABLE audit_log (
  id UUID PRIMARY KEY,
  at TIMESTAMPTZ NOT NULL,
  action TEXT NOT NULL,
  outcome TEXT NOT NULL,
  user_id UUID,
  username TEXT NOT NULL,
  target TEXT NOT NULL,
  detail TEXT NOT NULL,
  address TEXT NOT NULL,
  request_id TEXT NOT NULL
);
CREATE INDEX idx_audit_log_username ON audit_log (username, id);
CREATE INDEX idx_audit_log_refused ON audit_log (at) WHERE outcome = 'refused';

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

-- The index of a search: each event under its words and the values of its payload (domain/search_terms.hpp).
-- A job files events a moment after they were appended, so an append costs nothing for it; events behind
-- search_index.position, those of before this step too, are found without it until then.

CREATE TABLE event_terms (
  position BIGINT PRIMARY KEY,
  event_id UUID NOT NULL,
  terms TSVECTOR NOT NULL
);
CREATE INDEX idx_event_terms_terms ON event_terms USING gin (terms);

CREATE TABLE search_index (
  id SMALLINT PRIMARY KEY CHECK (id = 1),
  position BIGINT NOT NULL  -- of the journal: every event up to here is filed
);
INSERT INTO search_index (id, position) VALUES (1, 0);

CREATE TABLE webhooks (
  id UUID PRIMARY KEY,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  description TEXT NOT NULL,
  filter_type TEXT,  -- NULL in a filter: everything
  filter_artifact TEXT,
  filter_group_id UUID,
  filter_success BOOLEAN,
  sealed BYTEA NOT NULL,  -- its secrets, encrypted
  enabled BOOLEAN NOT NULL,
  disabled_reason TEXT NOT NULL,
  failing_since TIMESTAMPTZ,
  from_position BIGINT NOT NULL,  -- rows of the journal after it are its
  owner_id TEXT NOT NULL,
  resource_version BIGINT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  deleted_at TIMESTAMPTZ  -- it goes when its deliveries have gone
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX idx_webhooks_name ON webhooks (name) WHERE deleted_at IS NULL;

-- Of the rows with one webhook and key that are pending, the first has next_at.
CREATE TABLE webhook_deliveries (
  id UUID PRIMARY KEY,
  webhook_id UUID NOT NULL,
  cause SMALLINT NOT NULL,
  position BIGINT,  -- of the journal; NULL: a test
  message_id UUID NOT NULL,
  kind SMALLINT NOT NULL,
  key TEXT NOT NULL,
  status SMALLINT NOT NULL,
  attempts BIGINT NOT NULL,
  claims BIGINT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  next_at TIMESTAMPTZ,  -- when it is due
  finished_at TIMESTAMPTZ,
  last_status BIGINT NOT NULL,
  last_error TEXT NOT NULL,
  last_took_ms BIGINT NOT NULL,
  UNIQUE (webhook_id, position)
) WITH (fillfactor = 70);
CREATE INDEX idx_webhook_deliveries_due ON webhook_deliveries (webhook_id, next_at) WHERE next_at IS NOT NULL;
CREATE UNIQUE INDEX idx_webhook_deliveries_head ON webhook_deliveries (webhook_id, key) WHERE next_at IS NOT NULL;
CREATE INDEX idx_webhook_deliveries_key ON webhook_deliveries (webhook_id, key, position) WHERE status = 0;
CREATE INDEX idx_webhook_deliveries_list ON webhook_deliveries (webhook_id, id);
CREATE INDEX idx_webhook_deliveries_status ON webhook_deliveries (webhook_id, status, id);
CREATE INDEX idx_webhook_deliveries_finished ON webhook_deliveries (finished_at) WHERE finished_at IS NOT NULL;
