-- What items and topics of smart feeds mean: vectors of a model's making, each with the model's name, since vectors of two
-- models have nothing to do with each other. Numbers of 16 bits: half the pages to read, and a cosine differs by less than
-- 0.001. No index of nearness: docs/decisions/0032-search-by-meaning.md.
CREATE TABLE trends.item_vectors (
  organization_id uuid NOT NULL,
  item_id uuid NOT NULL,
  brand_id uuid NOT NULL,
  model text NOT NULL,
  dimensions integer NOT NULL,
  -- SHA-256 of what the model was given: the same text is not given again
  text_hash bytea NOT NULL,
  -- the item's, so that the newest are found without it
  dated_at timestamptz NOT NULL,
  vector halfvec NOT NULL,
  CONSTRAINT item_vectors_pkey PRIMARY KEY (organization_id, item_id),
  CONSTRAINT item_vectors_model_check CHECK (length(model) BETWEEN 1 AND 200),
  CONSTRAINT item_vectors_dimensions_check CHECK (dimensions = vector_dims(vector)),
  CONSTRAINT item_vectors_hash_check CHECK (length(text_hash) = 32),
  CONSTRAINT item_vectors_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT item_vectors_item_fkey FOREIGN KEY (organization_id, item_id)
    REFERENCES trends.items (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX item_vectors_brand_idx ON trends.item_vectors (organization_id, brand_id, model, dated_at DESC);
CREATE INDEX item_vectors_text_idx ON trends.item_vectors (organization_id, text_hash);
SELECT tenancy.protect_brand('trends.item_vectors');

CREATE TABLE trends.smart_feed_vectors (
  organization_id uuid NOT NULL,
  smart_feed_id uuid NOT NULL,
  -- the topic's place in the feed, from 0
  topic integer NOT NULL,
  brand_id uuid NOT NULL,
  model text NOT NULL,
  dimensions integer NOT NULL,
  text_hash bytea NOT NULL,
  vector halfvec NOT NULL,
  CONSTRAINT smart_feed_vectors_pkey PRIMARY KEY (organization_id, smart_feed_id, topic),
  CONSTRAINT smart_feed_vectors_topic_check CHECK (topic BETWEEN 0 AND 2),
  CONSTRAINT smart_feed_vectors_model_check CHECK (length(model) BETWEEN 1 AND 200),
  CONSTRAINT smart_feed_vectors_dimensions_check CHECK (dimensions = vector_dims(vector)),
  CONSTRAINT smart_feed_vectors_hash_check CHECK (length(text_hash) = 32),
  CONSTRAINT smart_feed_vectors_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT smart_feed_vectors_feed_fkey FOREIGN KEY (organization_id, smart_feed_id)
    REFERENCES trends.smart_feeds (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX smart_feed_vectors_brand_idx ON trends.smart_feed_vectors (organization_id, brand_id);
SELECT tenancy.protect_brand('trends.smart_feed_vectors');
