-- A brand is a place as well: where it is, and how it is found there.
ALTER TABLE brand.brands
  ADD COLUMN street text,
  ADD COLUMN city text,
  ADD COLUMN region text,
  ADD COLUMN postal_code text,
  -- ISO 3166-1 alpha-2
  ADD COLUMN country text,
  ADD COLUMN latitude double precision,
  ADD COLUMN longitude double precision,
  ADD COLUMN google_place_id text,
  ADD COLUMN phone text,
  ADD COLUMN website text,
  ADD CONSTRAINT brands_street_check CHECK (length(street) BETWEEN 1 AND 200),
  ADD CONSTRAINT brands_city_check CHECK (length(city) BETWEEN 1 AND 120),
  ADD CONSTRAINT brands_region_check CHECK (length(region) BETWEEN 1 AND 120),
  ADD CONSTRAINT brands_postal_code_check CHECK (length(postal_code) BETWEEN 1 AND 20),
  ADD CONSTRAINT brands_country_check CHECK (country ~ '^[A-Z]{2}$'),
  ADD CONSTRAINT brands_latitude_check CHECK (latitude BETWEEN -90 AND 90),
  ADD CONSTRAINT brands_longitude_check CHECK (longitude BETWEEN -180 AND 180),
  ADD CONSTRAINT brands_place_check CHECK ((latitude IS NULL) = (longitude IS NULL)),
  ADD CONSTRAINT brands_google_place_id_check CHECK (length(google_place_id) BETWEEN 1 AND 300),
  ADD CONSTRAINT brands_phone_check CHECK (length(phone) BETWEEN 3 AND 40),
  ADD CONSTRAINT brands_website_check CHECK (website ~ '^https?://' AND length(website) <= 2000);
CREATE INDEX brands_deleted_at_idx ON brand.brands (deleted_at) WHERE deleted_at IS NOT NULL;

-- Addresses that a brand had, so that links to them lead on.
CREATE TABLE brand.brand_slugs (
  organization_id uuid NOT NULL,
  slug text NOT NULL,
  brand_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT brand_slugs_pkey PRIMARY KEY (organization_id, slug),
  CONSTRAINT brand_slugs_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX brand_slugs_brand_idx ON brand.brand_slugs (organization_id, brand_id);
SELECT tenancy.protect_brand('brand.brand_slugs');

-- Published for the door, as brand.directory is.
CREATE VIEW brand.former_slugs WITH (security_invoker = true) AS
  SELECT s.organization_id, s.slug, s.brand_id
    FROM brand.brand_slugs s
    JOIN brand.brands b ON b.organization_id = s.organization_id AND b.id = s.brand_id
   WHERE b.deleted_at IS NULL;
GRANT SELECT ON brand.former_slugs TO bellwether_app, bellwether_service;

ALTER TABLE identity.agency_clients
  ADD CONSTRAINT agency_clients_client_brand_fkey FOREIGN KEY (client_organization_id, client_brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE;
-- What identity keeps about one brand goes with it; the keys stand here, since brand is the floor above.
ALTER TABLE identity.api_keys
  ADD CONSTRAINT api_keys_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE;
ALTER TABLE identity.onboarding
  ADD CONSTRAINT onboarding_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE;
