-- Webhooks, and what each is to be told.

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
