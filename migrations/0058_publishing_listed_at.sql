-- The time that a list of publications goes by, as a column of its own: the expression coalesce(due_at, created_at) is not
-- leakproof, so that behind a policy no index bounded a page by it, and the last page read all before it.
ALTER TABLE publishing.publications
  ADD COLUMN listed_at timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(due_at, created_at)) STORED;
DROP INDEX publishing.publications_when_idx;
CREATE INDEX publications_listed_idx ON publishing.publications (organization_id, brand_id, listed_at, id);
