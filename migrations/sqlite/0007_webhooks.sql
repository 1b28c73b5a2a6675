-- Webhooks, and what each is to be told.

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
