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
