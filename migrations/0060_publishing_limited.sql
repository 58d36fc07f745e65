-- How often in a row a network said that an account had called too often: without a time in its answer each wait is longer than
-- the one before, and the first success begins anew.
ALTER TABLE publishing.connections
  ADD COLUMN limited smallint NOT NULL DEFAULT 0,
  ADD CONSTRAINT connections_limited_check CHECK (limited >= 0);
