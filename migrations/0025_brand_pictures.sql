-- How a brand looks beside its posts: one small picture, written anew by us.
CREATE TABLE brand.pictures (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  content_type text NOT NULL,
  content bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT pictures_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT pictures_brand_key UNIQUE (organization_id, brand_id),
  CONSTRAINT pictures_content_type_check CHECK (content_type IN ('image/png', 'image/jpeg')),
  CONSTRAINT pictures_content_check CHECK (octet_length(content) BETWEEN 1 AND 65536),
  CONSTRAINT pictures_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
-- served by its id alone, which is not to be guessed
CREATE UNIQUE INDEX pictures_id_idx ON brand.pictures (id);
SELECT tenancy.protect_brand('brand.pictures');
