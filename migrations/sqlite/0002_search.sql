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
