-- What a brand listens to, and what was said there.
CREATE SCHEMA trends;
GRANT USAGE ON SCHEMA trends TO bellwether_app, bellwether_service;

CREATE TABLE trends.sources (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  -- as a person knows it
  url text NOT NULL,
  -- what is read; null until it is found, and for ever where a network gives nothing to read
  feed_url text,
  -- what makes it this source: two spellings of one source are one
  identifier text NOT NULL,
  priority integer NOT NULL DEFAULT 5,
  active boolean NOT NULL DEFAULT true,
  frequency text NOT NULL DEFAULT 'auto',
  -- what the source says of itself: description, language, home page
  metadata jsonb NOT NULL DEFAULT '{}',
  -- health; whether it is paused is said by `active`
  state text NOT NULL DEFAULT 'new',
  failures integer NOT NULL DEFAULT 0,
  failure_code text,
  failure text,
  last_checked_at timestamptz,
  last_success_at timestamptz,
  -- when it is looked at next; while it is looked at, until when that is believed
  next_check_at timestamptz,
  every_minutes integer NOT NULL DEFAULT 60,
  per_week double precision,
  last_item_at timestamptz,
  -- for asking whether anything is new
  etag text,
  last_modified text,
  -- the text of a page as it was read last, so that a change can be told
  page_text text,
  version integer NOT NULL DEFAULT 1,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sources_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT sources_identifier_key UNIQUE (organization_id, brand_id, identifier),
  CONSTRAINT sources_kind_check
    CHECK (kind IN ('feed', 'youtube', 'reddit', 'hacker_news', 'page', 'x', 'linkedin', 'instagram')),
  CONSTRAINT sources_name_check CHECK (length(name) BETWEEN 1 AND 200),
  CONSTRAINT sources_url_check CHECK (url ~ '^https?://' AND length(url) <= 2000),
  CONSTRAINT sources_feed_url_check CHECK (feed_url ~ '^https?://' AND length(feed_url) <= 2000),
  CONSTRAINT sources_identifier_check CHECK (length(identifier) BETWEEN 1 AND 2100),
  CONSTRAINT sources_priority_check CHECK (priority BETWEEN 1 AND 10),
  CONSTRAINT sources_frequency_check CHECK (frequency IN ('auto', 'hourly', 'every_6_hours', 'daily', 'weekly')),
  CONSTRAINT sources_metadata_check CHECK (jsonb_typeof(metadata) = 'object'),
  CONSTRAINT sources_state_check CHECK (state IN ('new', 'healthy', 'troubled', 'resting', 'unsupported')),
  CONSTRAINT sources_failures_check CHECK (failures >= 0),
  CONSTRAINT sources_failure_check CHECK ((failure IS NULL) = (failure_code IS NULL)),
  CONSTRAINT sources_every_check CHECK (every_minutes BETWEEN 1 AND 20160),
  CONSTRAINT sources_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX sources_brand_idx ON trends.sources (organization_id, brand_id, created_at, id);
CREATE INDEX sources_due_idx ON trends.sources (next_check_at) WHERE active AND next_check_at IS NOT NULL;
SELECT tenancy.protect_brand('trends.sources');

-- What a brand's sources said: one row however many of them said it.
CREATE TABLE trends.items (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  -- where it was seen first
  source_id uuid NOT NULL,
  -- of the canonical address; of the source's own id, or of the text, where there is no address
  identity_hash bytea NOT NULL,
  content_hash bytea NOT NULL,
  -- 64 bits that differ little where texts differ little
  simhash bigint NOT NULL,
  -- the oldest of those that say nearly the same; itself when it was the first
  group_id uuid NOT NULL,
  url text,
  title text NOT NULL,
  author text,
  -- as the source says, when that can be
  published_at timestamptz,
  seen_at timestamptz NOT NULL,
  -- by which lists are ordered: when it was published, or seen where that isn't said
  dated_at timestamptz NOT NULL,
  summary text NOT NULL DEFAULT '',
  text text NOT NULL DEFAULT '',
  language text NOT NULL DEFAULT 'und',
  keyphrases text[] NOT NULL DEFAULT '{}',
  words integer NOT NULL DEFAULT 0,
  -- numbers that the source gives: comments, views, likes
  engagement jsonb,
  picture_url text,
  -- title, keyphrases and text, as written and by the stems of its language
  search tsvector NOT NULL DEFAULT '',
  CONSTRAINT items_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT items_identity_key UNIQUE (organization_id, brand_id, identity_hash),
  CONSTRAINT items_hashes_check CHECK (length(identity_hash) = 32 AND length(content_hash) = 32),
  CONSTRAINT items_url_check CHECK (url ~ '^https?://' AND length(url) <= 2000),
  CONSTRAINT items_title_check CHECK (length(title) <= 500),
  CONSTRAINT items_text_check CHECK (length(text) <= 40000 AND length(summary) <= 1000),
  CONSTRAINT items_language_check CHECK (language ~ '^[a-z]{2,3}$'),
  CONSTRAINT items_engagement_check CHECK (jsonb_typeof(engagement) = 'object'),
  CONSTRAINT items_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT items_source_fkey FOREIGN KEY (organization_id, source_id)
    REFERENCES trends.sources (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX items_brand_idx ON trends.items (organization_id, brand_id, dated_at DESC, id DESC);
CREATE INDEX items_source_idx ON trends.items (organization_id, source_id, dated_at DESC);
CREATE INDEX items_group_idx ON trends.items (organization_id, group_id);
CREATE INDEX items_seen_idx ON trends.items (seen_at);
CREATE INDEX items_search_idx ON trends.items USING gin (search);
CREATE INDEX items_title_idx ON trends.items USING gin (title gin_trgm_ops);
SELECT tenancy.protect_brand('trends.items');

-- Which sources said it.
CREATE TABLE trends.sightings (
  organization_id uuid NOT NULL,
  brand_id uuid NOT NULL,
  item_id uuid NOT NULL,
  source_id uuid NOT NULL,
  seen_at timestamptz NOT NULL,
  CONSTRAINT sightings_pkey PRIMARY KEY (organization_id, item_id, source_id),
  CONSTRAINT sightings_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT sightings_item_fkey FOREIGN KEY (organization_id, item_id)
    REFERENCES trends.items (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT sightings_source_fkey FOREIGN KEY (organization_id, source_id)
    REFERENCES trends.sources (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX sightings_source_idx ON trends.sightings (organization_id, source_id, seen_at DESC);
CREATE INDEX sightings_brand_idx ON trends.sightings (organization_id, brand_id);
SELECT tenancy.protect_brand('trends.sightings');

-- The items of a brand that a search finds, best first: by words, and by the likeness of the title for slips of the
-- finger. What an index of words or letters can find is asked of the role that sees all tenants, since no index but one
-- of equality may be read before a tenant's policy; the tenant is held to here, and again by the policy of whoever joins
-- this with the items.
CREATE FUNCTION trends.find_items(p_brand uuid, p_words tsquery, p_text text, p_limit integer)
RETURNS TABLE (item_id uuid, rank real)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
  -- two slips in two words are still found
  SET pg_trgm.word_similarity_threshold = 0.4 AS $$
  WITH mine AS NOT MATERIALIZED (
    SELECT i.id, i.search, i.title FROM trends.items i
     WHERE i.organization_id = (SELECT tenancy.current_organization()) AND i.brand_id = p_brand
       AND ((SELECT tenancy.current_brand_ids()) IS NULL
            OR p_brand = ANY ((SELECT tenancy.current_brand_ids())::uuid[]))
  ), by_words AS (
    SELECT m.id, (ts_rank_cd(m.search, p_words, 32) + word_similarity(p_text, m.title) / 2)::real AS rank
      FROM mine m WHERE m.search @@ p_words
  )
  SELECT w.id, w.rank FROM by_words w
  -- titles that are nearly alike, only where no words are found: else they would follow every good answer
  UNION ALL
  SELECT m.id, (word_similarity(p_text, m.title) / 2)::real
    FROM mine m WHERE p_text <% m.title AND NOT EXISTS (SELECT FROM by_words)
   ORDER BY 2 DESC, 1 DESC
   LIMIT p_limit
$$;
-- A search in the words of people: as written, or by the stems of the languages that PostgreSQL knows best.
CREATE FUNCTION trends.words_of(p_text text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT websearch_to_tsquery('simple', p_text) || websearch_to_tsquery('english', p_text)
      || websearch_to_tsquery('german', p_text) || websearch_to_tsquery('french', p_text)
      || websearch_to_tsquery('spanish', p_text)
$$;
-- What is looked through of an item.
CREATE FUNCTION trends.search_of(p_language text, p_title text, p_keyphrases text, p_text text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT setweight(to_tsvector('simple', p_title) || to_tsvector(c.config, p_title), 'A')
      || setweight(to_tsvector(c.config, p_keyphrases), 'B')
      || setweight(to_tsvector('simple', p_text) || to_tsvector(c.config, p_text), 'C')
    FROM (SELECT CASE p_language WHEN 'en' THEN 'english' WHEN 'de' THEN 'german' WHEN 'fr' THEN 'french'
                                 WHEN 'es' THEN 'spanish' ELSE 'simple' END::regconfig AS config) c
$$;
GRANT CREATE ON SCHEMA trends TO bellwether_service;
ALTER FUNCTION trends.find_items(uuid, tsquery, text, integer) OWNER TO bellwether_service;
REVOKE CREATE ON SCHEMA trends FROM bellwether_service;
SET LOCAL ROLE bellwether_service;
REVOKE ALL ON FUNCTION trends.find_items(uuid, tsquery, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trends.find_items(uuid, tsquery, text, integer) TO bellwether_app;
RESET ROLE;
