-- Credentials for one WebSocket each, whose URL may be written down by others.

CREATE TABLE stream_tickets (
  hash BLOB PRIMARY KEY NOT NULL, -- SHA-256
  caller TEXT NOT NULL, -- JSON: whom it speaks for
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idx_stream_tickets_expires_at ON stream_tickets (expires_at);
