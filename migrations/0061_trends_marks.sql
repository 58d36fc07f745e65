-- What somebody has read of a brand's items, and what they saved for later: each person's own. Items dated long ago count as
-- read without a mark, so that unread is what a few weeks brought.
CREATE TABLE trends.marks (
  organization_id uuid NOT NULL,
  brand_id uuid NOT NULL,
  user_id uuid NOT NULL,
  item_id uuid NOT NULL,
  read_at timestamptz,
  saved_at timestamptz,
  CONSTRAINT marks_pkey PRIMARY KEY (organization_id, user_id, item_id),
  CONSTRAINT marks_said_check CHECK (read_at IS NOT NULL OR saved_at IS NOT NULL),
  CONSTRAINT marks_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT marks_item_fkey FOREIGN KEY (organization_id, item_id)
    REFERENCES trends.items (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT marks_user_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX marks_item_idx ON trends.marks (organization_id, item_id);
CREATE INDEX marks_user_idx ON trends.marks (user_id);
CREATE INDEX marks_brand_idx ON trends.marks (organization_id, brand_id);
CREATE INDEX marks_saved_idx ON trends.marks (organization_id, brand_id, user_id) WHERE saved_at IS NOT NULL;
SELECT tenancy.protect_brand('trends.marks');
