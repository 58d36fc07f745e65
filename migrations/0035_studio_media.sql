-- What publishing reads of a post, published for it. It is read and held in the very transaction that begins to send, so
-- that an edit, a rejection or a deletion always wins over what was planned.
CREATE VIEW studio.publishable_posts WITH (security_invoker = true) AS
  SELECT organization_id, id, brand_id, target, network, content_type, status, content, rule_errors, reviewed_at,
         reviewed_by, source_title, deleted_at IS NOT NULL AS deleted, version
  FROM studio.posts;
GRANT SELECT ON studio.publishable_posts TO bellwether_app, bellwether_service;
-- to hold rows through the view (FOR SHARE) takes the right to change them; nobody changes them through it
GRANT UPDATE ON studio.publishable_posts TO bellwether_app, bellwether_service;

-- The media library: files of a brand, uploads under way, what was made of a picture for a network, and which post shows
-- which file. Bytes are in the file store under `object_key`; the database holds no contents.
CREATE TABLE studio.media (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  -- as people see it, with its ending
  name text NOT NULL,
  -- `campaigns/spring`; empty is the top
  folder text NOT NULL DEFAULT '',
  alt_text text NOT NULL DEFAULT '',
  tags text[] NOT NULL DEFAULT '{}',
  -- name, folder, alternative text and tags, for search
  search_text text NOT NULL,
  kind text NOT NULL,
  content_type text NOT NULL,
  bytes bigint NOT NULL,
  -- pixels as they are shown, upright
  width integer,
  height integer,
  seconds double precision,
  -- the four letters of a video's codec
  codec text,
  -- SHA-256 of what was uploaded, hex: the same file is kept once per organization
  sha256 text NOT NULL,
  object_key text NOT NULL,
  thumbnail_key text,
  thumbnail_type text,
  created_by uuid,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT media_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT media_kind_check CHECK (kind IN ('image', 'gif', 'video', 'document')),
  CONSTRAINT media_bytes_check CHECK (bytes > 0),
  CONSTRAINT media_size_check CHECK (width > 0 AND height > 0),
  CONSTRAINT media_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  CONSTRAINT media_thumbnail_check CHECK ((thumbnail_key IS NULL) = (thumbnail_type IS NULL)),
  CONSTRAINT media_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX media_brand_idx ON studio.media (organization_id, brand_id, created_at DESC, id DESC)
  WHERE deleted_at IS NULL;
CREATE INDEX media_brand_fkey_idx ON studio.media (organization_id, brand_id);
-- a brand has a file once; other brands of the organization share its bytes
CREATE UNIQUE INDEX media_sha256_idx ON studio.media (organization_id, brand_id, sha256) WHERE deleted_at IS NULL;
CREATE INDEX media_same_idx ON studio.media (organization_id, sha256);
CREATE INDEX media_object_idx ON studio.media (organization_id, object_key);
CREATE INDEX media_thumbnail_idx ON studio.media (organization_id, thumbnail_key) WHERE thumbnail_key IS NOT NULL;
CREATE INDEX media_deleted_idx ON studio.media (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX media_search_idx ON studio.media USING gin (to_tsvector('simple', search_text));
CREATE INDEX media_tags_idx ON studio.media USING gin (tags);
SELECT tenancy.protect_brand('studio.media');

-- A file that comes in parts.
CREATE TABLE studio.uploads (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  name text NOT NULL,
  folder text NOT NULL DEFAULT '',
  alt_text text NOT NULL DEFAULT '',
  tags text[] NOT NULL DEFAULT '{}',
  -- announced, and here so far
  bytes bigint NOT NULL,
  received bigint NOT NULL DEFAULT 0,
  part_keys text[] NOT NULL DEFAULT '{}',
  part_bytes bigint[] NOT NULL DEFAULT '{}',
  -- somebody puts the parts together until then
  finishing_until timestamptz,
  -- what it became
  media_id uuid,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  -- what nobody goes on with is removed then
  expires_at timestamptz NOT NULL,
  CONSTRAINT uploads_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT uploads_bytes_check CHECK (bytes > 0),
  CONSTRAINT uploads_received_check CHECK (received BETWEEN 0 AND bytes),
  CONSTRAINT uploads_parts_check CHECK (cardinality(part_keys) = cardinality(part_bytes)),
  CONSTRAINT uploads_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT uploads_media_fkey FOREIGN KEY (organization_id, media_id)
    REFERENCES studio.media (organization_id, id) ON DELETE SET NULL (media_id)
);
CREATE INDEX uploads_brand_idx ON studio.uploads (organization_id, brand_id);
CREATE INDEX uploads_media_idx ON studio.uploads (organization_id, media_id);
CREATE INDEX uploads_expires_idx ON studio.uploads (expires_at);
SELECT tenancy.protect_brand('studio.uploads');

-- A picture as a network takes it.
CREATE TABLE studio.renditions (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  media_id uuid NOT NULL,
  -- what was asked for, written out: networks that ask for the same share it
  recipe text NOT NULL,
  content_type text NOT NULL,
  bytes bigint NOT NULL,
  width integer NOT NULL,
  height integer NOT NULL,
  object_key text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT renditions_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT renditions_recipe_key UNIQUE (organization_id, media_id, recipe),
  CONSTRAINT renditions_bytes_check CHECK (bytes > 0),
  CONSTRAINT renditions_size_check CHECK (width > 0 AND height > 0),
  CONSTRAINT renditions_media_fkey FOREIGN KEY (organization_id, media_id)
    REFERENCES studio.media (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT renditions_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX renditions_brand_idx ON studio.renditions (organization_id, brand_id);
CREATE INDEX renditions_object_idx ON studio.renditions (organization_id, object_key);
SELECT tenancy.protect_brand('studio.renditions');

-- Which files a post shows, in which order.
CREATE TABLE studio.post_media (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  post_id uuid NOT NULL,
  media_id uuid NOT NULL,
  position integer NOT NULL,
  -- for this use; null is the file's own
  alt_text text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT post_media_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT post_media_position_key UNIQUE (organization_id, post_id, position),
  CONSTRAINT post_media_media_key UNIQUE (organization_id, post_id, media_id),
  CONSTRAINT post_media_position_check CHECK (position >= 0),
  CONSTRAINT post_media_post_fkey FOREIGN KEY (organization_id, post_id)
    REFERENCES studio.posts (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT post_media_media_fkey FOREIGN KEY (organization_id, media_id)
    REFERENCES studio.media (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT post_media_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX post_media_media_idx ON studio.post_media (organization_id, media_id);
CREATE INDEX post_media_brand_idx ON studio.post_media (organization_id, brand_id);
SELECT tenancy.protect_brand('studio.post_media');

-- What publishing reads of a post's files, beside studio.publishable_posts and in the same transaction. A deleted file is
-- still listed: a post must not go out without a picture that it was approved with.
CREATE VIEW studio.publishable_media WITH (security_invoker = true) AS
  SELECT u.organization_id, u.brand_id, u.post_id, u.position, u.media_id, u.alt_text AS own_alt_text,
         coalesce(u.alt_text, m.alt_text) AS alt_text, m.name, m.kind, m.content_type, m.bytes, m.width, m.height,
         m.seconds, m.codec, m.object_key, m.thumbnail_key IS NOT NULL AS has_thumbnail,
         m.deleted_at IS NOT NULL AS deleted
  FROM studio.post_media u
  JOIN studio.media m ON m.organization_id = u.organization_id AND m.id = u.media_id;
GRANT SELECT ON studio.publishable_media TO bellwether_app, bellwether_service;
