-- A brand is who speaks: a creator, a business, or one location of it.
CREATE SCHEMA brand;
GRANT USAGE ON SCHEMA brand TO bellwether_app, bellwether_service;

CREATE TABLE brand.brands (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  slug text NOT NULL,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  default_tone text NOT NULL DEFAULT 'conversational',
  time_zone text NOT NULL DEFAULT 'UTC',
  locale text NOT NULL DEFAULT 'en',
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT brands_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT brands_slug_key UNIQUE (organization_id, slug),
  CONSTRAINT brands_slug_check CHECK (slug ~ '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$'),
  CONSTRAINT brands_name_check CHECK (length(name) BETWEEN 1 AND 120),
  CONSTRAINT brands_description_check CHECK (length(description) <= 2000),
  CONSTRAINT brands_default_tone_check
    CHECK (default_tone IN ('educational', 'conversational', 'opinionated', 'authority')),
  CONSTRAINT brands_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES identity.organizations (id) ON DELETE CASCADE
);
SELECT tenancy.protect('brand.brands');

-- A member of single brands sees those only, by the database's own rule.
CREATE POLICY brand_scope ON brand.brands AS RESTRICTIVE FOR SELECT TO bellwether_app
  USING ((SELECT tenancy.current_brand_ids()) IS NULL OR id = ANY ((SELECT tenancy.current_brand_ids())::uuid[]));

ALTER TABLE identity.memberships
  ADD CONSTRAINT memberships_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE;
CREATE INDEX memberships_brand_idx ON identity.memberships (organization_id, brand_id);

-- What identity may know of brands to open a door: published for it, since it stands on a lower floor.
CREATE VIEW brand.directory WITH (security_invoker = true) AS
  SELECT organization_id, id, slug, name FROM brand.brands WHERE deleted_at IS NULL;
GRANT SELECT ON brand.directory TO bellwether_app, bellwether_service;
