-- Local passwords, identities at providers, sessions with their refresh tokens, and who did what to accounts.

ALTER TABLE users ADD COLUMN password_hash TEXT; -- PHC string; NULL: no password

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
