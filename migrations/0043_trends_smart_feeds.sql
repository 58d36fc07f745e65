-- What a brand wants to read of what its sources say.
CREATE TABLE trends.smart_feeds (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  name text NOT NULL,
  -- one to three: topic and description
  topics jsonb NOT NULL,
  -- what was made of them: the words that are looked for, and the query that finds candidates
  keywords text[] NOT NULL DEFAULT '{}',
  query text NOT NULL DEFAULT '',
  version integer NOT NULL DEFAULT 1,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT smart_feeds_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT smart_feeds_name_check CHECK (length(name) BETWEEN 1 AND 120),
  CONSTRAINT smart_feeds_topics_check
    CHECK (CASE WHEN jsonb_typeof(topics) = 'array' THEN jsonb_array_length(topics) BETWEEN 1 AND 3 ELSE false END),
  CONSTRAINT smart_feeds_keywords_check CHECK (cardinality(keywords) <= 60),
  CONSTRAINT smart_feeds_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX smart_feeds_brand_idx ON trends.smart_feeds (organization_id, brand_id, created_at, id);
SELECT tenancy.protect_brand('trends.smart_feeds');
