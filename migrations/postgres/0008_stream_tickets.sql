-- Credentials for one WebSocket each, whose URL may be written down by others.

CREATE TABLE stream_tickets (
  hash BYTEA PRIMARY KEY,  -- SHA-256
  caller TEXT NOT NULL,  -- JSON: whom it speaks for
  expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_stream_tickets_expires_at ON stream_tickets (expires_at);
