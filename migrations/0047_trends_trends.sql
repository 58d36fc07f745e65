-- What rises in what a brand's sources say.
CREATE TABLE trends.trends (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  -- the words of its own titles that tell most, unless somebody has given it a name
  name text NOT NULL,
  name_chosen boolean NOT NULL DEFAULT false,
  description text NOT NULL DEFAULT '',
  keywords text[] NOT NULL DEFAULT '{}',
  category text,
  category_chosen boolean NOT NULL DEFAULT false,
  -- places as its items write them
  geography text[] NOT NULL DEFAULT '{}',
  language text NOT NULL DEFAULT 'und',
  state text NOT NULL,
  confidence double precision NOT NULL,
  momentum double precision NOT NULL,
  -- null where the brand says nothing of itself that it could be compared with
  relevance double precision,
  rank double precision NOT NULL,
  item_count integer NOT NULL,
  source_count integer NOT NULL,
  onset_at timestamptz NOT NULL,
  found_at timestamptz NOT NULL,
  last_item_at timestamptz NOT NULL,
  -- without another item it is over then
  expires_at timestamptz NOT NULL,
  expired_at timestamptz,
  -- what is expected as of the last look
  peak_low timestamptz NOT NULL,
  peak_likely timestamptz NOT NULL,
  peak_high timestamptz NOT NULL,
  size_low integer NOT NULL,
  size_likely integer NOT NULL,
  size_high integer NOT NULL,
  -- what was expected when it was found: by this it is judged, so it never changes
  predicted jsonb NOT NULL,
  -- how it went against that, once it is over
  evaluation jsonb,
  -- items by the hour
  course jsonb NOT NULL DEFAULT '[]',
  why jsonb NOT NULL,
  why_you jsonb NOT NULL,
  ends jsonb NOT NULL,
  angles jsonb NOT NULL DEFAULT '[]',
  -- name of the pillar that it fits best
  pillar text,
  -- it turned out to be the same as this one, which has all its items
  merged_into uuid,
  dismissed_at timestamptz,
  -- when it was told as a fast riser
  alerted_at timestamptz,
  -- grows with what people change
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT trends_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT trends_name_check CHECK (length(name) BETWEEN 1 AND 200),
  CONSTRAINT trends_category_check CHECK (length(category) BETWEEN 1 AND 40),
  CONSTRAINT trends_state_check CHECK (state IN ('active', 'declining', 'expired')),
  CONSTRAINT trends_expired_check CHECK ((state = 'expired') = (expired_at IS NOT NULL)),
  CONSTRAINT trends_merged_check CHECK (merged_into IS NULL OR (state = 'expired' AND merged_into <> id)),
  CONSTRAINT trends_numbers_check
    CHECK (confidence BETWEEN 0 AND 1 AND momentum BETWEEN -1 AND 1 AND relevance BETWEEN 0 AND 1 AND rank BETWEEN 0 AND 1
           AND item_count >= 0 AND source_count >= 0),
  CONSTRAINT trends_ranges_check
    CHECK (peak_low <= peak_likely AND peak_likely <= peak_high AND size_low <= size_likely AND size_likely <= size_high),
  CONSTRAINT trends_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT trends_merged_fkey FOREIGN KEY (organization_id, merged_into)
    REFERENCES trends.trends (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX trends_brand_idx ON trends.trends (organization_id, brand_id, found_at DESC, id DESC);
CREATE INDEX trends_merged_idx ON trends.trends (organization_id, merged_into) WHERE merged_into IS NOT NULL;
-- those that time may end, for the look of every quarter of an hour
CREATE INDEX trends_open_idx ON trends.trends (organization_id, brand_id) WHERE state <> 'expired';
SELECT tenancy.protect_brand('trends.trends');

-- The items that speak of it.
CREATE TABLE trends.trend_evidence (
  organization_id uuid NOT NULL,
  brand_id uuid NOT NULL,
  trend_id uuid NOT NULL,
  item_id uuid NOT NULL,
  at timestamptz NOT NULL,
  -- how much of what holds the trend together it says, 0 to 1
  likeness double precision NOT NULL,
  CONSTRAINT trend_evidence_pkey PRIMARY KEY (organization_id, trend_id, item_id),
  CONSTRAINT trend_evidence_likeness_check CHECK (likeness BETWEEN 0 AND 1),
  CONSTRAINT trend_evidence_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT trend_evidence_trend_fkey FOREIGN KEY (organization_id, trend_id)
    REFERENCES trends.trends (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT trend_evidence_item_fkey FOREIGN KEY (organization_id, item_id)
    REFERENCES trends.items (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX trend_evidence_at_idx ON trends.trend_evidence (organization_id, trend_id, at DESC, item_id DESC);
CREATE INDEX trend_evidence_item_idx ON trends.trend_evidence (organization_id, item_id);
CREATE INDEX trend_evidence_brand_idx ON trends.trend_evidence (organization_id, brand_id);
SELECT tenancy.protect_brand('trends.trend_evidence');

-- The posts that were made of it. Posts are the studio's, which stands above: no foreign key leads up there.
CREATE TABLE trends.trend_posts (
  organization_id uuid NOT NULL,
  brand_id uuid NOT NULL,
  trend_id uuid NOT NULL,
  post_id uuid NOT NULL,
  generation_id uuid,
  -- which of its angles was asked for
  angle text,
  -- how much of what holds the trend together the post says, 0 to 1
  relevance double precision NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT trend_posts_pkey PRIMARY KEY (organization_id, trend_id, post_id),
  CONSTRAINT trend_posts_relevance_check CHECK (relevance BETWEEN 0 AND 1),
  CONSTRAINT trend_posts_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT trend_posts_trend_fkey FOREIGN KEY (organization_id, trend_id)
    REFERENCES trends.trends (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX trend_posts_post_idx ON trends.trend_posts (organization_id, post_id);
CREATE INDEX trend_posts_brand_idx ON trends.trend_posts (organization_id, brand_id);
SELECT tenancy.protect_brand('trends.trend_posts');

-- When a brand's items were last gone through, and what they were: the same again needs no second look.
CREATE TABLE trends.detections (
  organization_id uuid NOT NULL,
  brand_id uuid NOT NULL,
  detected_at timestamptz NOT NULL,
  items integer NOT NULL,
  newest_seen_at timestamptz,
  CONSTRAINT detections_pkey PRIMARY KEY (organization_id, brand_id),
  CONSTRAINT detections_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
SELECT tenancy.protect_brand('trends.detections');
