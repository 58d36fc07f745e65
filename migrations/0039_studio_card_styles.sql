-- How a brand's cards look: quotes, statements and the slides of carousels that are drawn from words.
CREATE TABLE studio.card_styles (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  -- sRGB as #rrggbb
  background text NOT NULL,
  ink text NOT NULL,
  accent text NOT NULL,
  -- what stands below the words, such as a handle; empty is the brand's name
  signature text NOT NULL DEFAULT '',
  logo_id uuid,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT card_styles_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT card_styles_brand_key UNIQUE (organization_id, brand_id),
  CONSTRAINT card_styles_colours_check
    CHECK (background ~ '^#[0-9a-f]{6}$' AND ink ~ '^#[0-9a-f]{6}$' AND accent ~ '^#[0-9a-f]{6}$'),
  CONSTRAINT card_styles_signature_check CHECK (length(signature) <= 100),
  CONSTRAINT card_styles_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  -- a logo that is purged is no logo any more
  CONSTRAINT card_styles_logo_fkey FOREIGN KEY (organization_id, logo_id)
    REFERENCES studio.media (organization_id, id) ON DELETE SET NULL (logo_id)
);
CREATE INDEX card_styles_logo_idx ON studio.card_styles (organization_id, logo_id) WHERE logo_id IS NOT NULL;
SELECT tenancy.protect_brand('studio.card_styles');
