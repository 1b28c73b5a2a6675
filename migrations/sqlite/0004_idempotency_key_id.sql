-- Keys come in no order. An index of 16 bytes for each has a third of the pages, and an import, which touches most of them
-- with every commit, writes a third as much.
-- idempotency_key_id: the first 16 bytes of SHA-256 over user, route, a zero byte and key; the server defines the function.

ALTER TABLE idempotency_keys RENAME TO idempotency_keys_by_text;
CREATE TABLE idempotency_keys (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  body_hash BLOB NOT NULL,
  answer TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
INSERT INTO idempotency_keys (number, id, body_hash, answer, created_at)
  SELECT number, idempotency_key_id(user_id, route, key), body_hash, answer, created_at FROM idempotency_keys_by_text;
DROP TABLE idempotency_keys_by_text;
