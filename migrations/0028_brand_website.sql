-- What a brand's website said when it was read, so that a later reading can tell what changed.
CREATE TABLE brand.website_snapshots (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  -- as it was asked for
  url text NOT NULL,
  status text NOT NULL DEFAULT 'pending',
  -- why it failed: a stable code and a sentence
  failure_code text,
  failure text,
  -- who read it: the built-in reader, or a language model's name beside it
  reader text,
  -- address, title, status, words and hash of each page, those that could not be read with their reason
  pages jsonb NOT NULL DEFAULT '[]',
  -- what the pages say of the brand, by field, with evidence
  findings jsonb NOT NULL DEFAULT '[]',
  -- what differs from the reading before
  changes jsonb NOT NULL DEFAULT '[]',
  -- the readable text of the pages
  content text NOT NULL DEFAULT '',
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  read_at timestamptz,
  CONSTRAINT website_snapshots_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT website_snapshots_url_check CHECK (url ~ '^https?://' AND length(url) <= 2000),
  CONSTRAINT website_snapshots_status_check CHECK (status IN ('pending', 'reading', 'completed', 'failed')),
  CONSTRAINT website_snapshots_failed_check CHECK ((status = 'failed') = (failure IS NOT NULL)
    AND (failure IS NULL) = (failure_code IS NULL)),
  CONSTRAINT website_snapshots_read_check CHECK ((status = 'completed') = (read_at IS NOT NULL)),
  CONSTRAINT website_snapshots_content_check CHECK (length(content) <= 400000),
  CONSTRAINT website_snapshots_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX website_snapshots_brand_idx
  ON brand.website_snapshots (organization_id, brand_id, created_at DESC, id DESC);
-- how many an organization had read today
CREATE INDEX website_snapshots_created_at_idx ON brand.website_snapshots (organization_id, created_at);
-- one reading at a time
CREATE UNIQUE INDEX website_snapshots_open_idx ON brand.website_snapshots (organization_id, brand_id)
  WHERE status IN ('pending', 'reading');
SELECT tenancy.protect_brand('brand.website_snapshots');
