-- Reviews: who must say yes before something goes out, what they said of which text, and the links by which a client
-- without an account says it.

-- somebody who came by a link, with the name that they gave
ALTER TABLE operations.events DROP CONSTRAINT events_actor_type_check;
ALTER TABLE operations.events ADD CONSTRAINT events_actor_type_check
  CHECK (actor_type IN ('user', 'api_key', 'worker', 'ai', 'system', 'guest'));

-- posts that came in a file
ALTER TABLE studio.versions DROP CONSTRAINT versions_reason_check;
ALTER TABLE studio.versions ADD CONSTRAINT versions_reason_check
  CHECK (reason IN ('generated', 'edited', 'regenerated', 'restored', 'imported'));

-- What a text with its files is told apart by: an approval is of one text with these files in this order, and of no other.
CREATE FUNCTION publishing.fingerprint(organization uuid, post uuid, content jsonb) RETURNS bytea
LANGUAGE sql STABLE STRICT AS $$
  SELECT sha256(convert_to(content::text || coalesce(string_agg(format(E'\n%s %s', m.media_id, m.own_alt_text), '' ORDER BY m.position), ''),
                           'UTF8'))
  FROM studio.publishable_media m WHERE m.organization_id = organization AND m.post_id = post
$$;

-- Who must approve what before it goes out.
CREATE TABLE publishing.approval_rules (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  -- null is every network
  network text,
  -- a role is that role or a higher one
  approver text NOT NULL,
  -- by so many different ones
  approvals smallint NOT NULL DEFAULT 1,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT approval_rules_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT approval_rules_scope_key UNIQUE NULLS NOT DISTINCT (organization_id, brand_id, network, approver),
  CONSTRAINT approval_rules_approver_check CHECK (approver IN ('member', 'manager', 'admin', 'owner', 'client')),
  CONSTRAINT approval_rules_approvals_check CHECK (approvals BETWEEN 1 AND 10),
  CONSTRAINT approval_rules_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
SELECT tenancy.protect_brand('publishing.approval_rules');

-- A link for a client without an account.
CREATE TABLE publishing.review_links (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  -- for whom, as the team calls them
  label text NOT NULL,
  -- SHA-256: who reads the database can't use the link
  token_hash bytea NOT NULL,
  -- what is planned on these days of the brand's zone, both included; null for chosen posts only
  first_day date,
  last_day date,
  may_approve boolean NOT NULL DEFAULT true,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  opened_at timestamptz,
  opened_count integer NOT NULL DEFAULT 0,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT review_links_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT review_links_token_hash_key UNIQUE (token_hash),
  CONSTRAINT review_links_days_check
    CHECK ((first_day IS NULL) = (last_day IS NULL) AND (first_day IS NULL OR first_day <= last_day)),
  CONSTRAINT review_links_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX review_links_brand_idx ON publishing.review_links (organization_id, brand_id, created_at DESC, id DESC);
SELECT tenancy.protect_brand('publishing.review_links');

-- A post that was chosen for a link.
CREATE TABLE publishing.review_link_posts (
  organization_id uuid NOT NULL,
  link_id uuid NOT NULL,
  post_id uuid NOT NULL,
  brand_id uuid NOT NULL,
  CONSTRAINT review_link_posts_pkey PRIMARY KEY (organization_id, link_id, post_id),
  CONSTRAINT review_link_posts_link_fkey FOREIGN KEY (organization_id, link_id)
    REFERENCES publishing.review_links (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT review_link_posts_post_fkey FOREIGN KEY (organization_id, post_id)
    REFERENCES studio.posts (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT review_link_posts_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX review_link_posts_post_idx ON publishing.review_link_posts (organization_id, post_id);
CREATE INDEX review_link_posts_brand_idx ON publishing.review_link_posts (organization_id, brand_id);
SELECT tenancy.protect_brand('publishing.review_link_posts');

-- What somebody said of a text. Nothing is changed in it but that a wish was met.
CREATE TABLE publishing.reviews (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  post_id uuid NOT NULL,
  -- in order, from 1
  number integer NOT NULL,
  -- where it is of a publication's own text
  publication_id uuid,
  fingerprint bytea NOT NULL,
  verdict text NOT NULL,
  words text NOT NULL DEFAULT '',
  -- of a person of the organization, with the role that they had then; or by a link, with the name that was given
  user_id uuid,
  link_id uuid,
  role text NOT NULL,
  name text NOT NULL DEFAULT '',
  -- whether clients read it
  shared boolean NOT NULL DEFAULT false,
  resolved_at timestamptz,
  resolved_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT reviews_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT reviews_number_key UNIQUE (organization_id, post_id, number),
  CONSTRAINT reviews_verdict_check CHECK (verdict IN ('comment', 'approved', 'changes_requested')),
  CONSTRAINT reviews_role_check CHECK (role IN ('member', 'manager', 'admin', 'owner', 'client')),
  CONSTRAINT reviews_by_check CHECK (num_nonnulls(user_id, link_id) = 1 AND (role = 'client') = (link_id IS NOT NULL)),
  CONSTRAINT reviews_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT reviews_post_fkey FOREIGN KEY (organization_id, post_id)
    REFERENCES studio.posts (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT reviews_publication_fkey FOREIGN KEY (organization_id, publication_id)
    REFERENCES publishing.publications (organization_id, id) ON DELETE SET NULL (publication_id),
  -- a link is revoked, never deleted: what was said by it stays
  CONSTRAINT reviews_link_fkey FOREIGN KEY (organization_id, link_id)
    REFERENCES publishing.review_links (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX reviews_brand_idx ON publishing.reviews (organization_id, brand_id);
CREATE INDEX reviews_publication_idx ON publishing.reviews (organization_id, publication_id);
CREATE INDEX reviews_link_idx ON publishing.reviews (organization_id, link_id, created_at);
SELECT tenancy.protect_brand('publishing.reviews');

-- What a text lacks before it may go out: `changes` where somebody's last word on it asks for some, else the approver whom
-- a rule asks for; null when nothing is lacking.
CREATE FUNCTION publishing.missing_approval(organization uuid, brand uuid, post uuid, on_network text, content jsonb)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  missing text;
BEGIN
  -- the usual case, and asked for whatever goes out
  IF NOT EXISTS (SELECT FROM publishing.approval_rules r
                 WHERE r.organization_id = organization AND r.brand_id = brand
                   AND (r.network IS NULL OR r.network = on_network)) THEN
    RETURN NULL;
  END IF;
  WITH last AS (
    SELECT DISTINCT ON (coalesce(user_id, link_id)) verdict, resolved_at,
           array_position(ARRAY['member', 'manager', 'admin', 'owner'], role) AS rank
    FROM publishing.reviews v
    WHERE v.organization_id = organization AND v.post_id = post AND v.verdict <> 'comment'
      AND v.fingerprint = publishing.fingerprint(organization, post, content)
    ORDER BY coalesce(user_id, link_id), number DESC
  ), wanting AS (
    SELECT 0 AS place, 'changes' AS what FROM last WHERE verdict = 'changes_requested' AND resolved_at IS NULL
    UNION ALL
    SELECT coalesce(array_position(ARRAY['member', 'manager', 'admin', 'owner'], r.approver), 9), r.approver
    FROM publishing.approval_rules r
    WHERE r.organization_id = organization AND r.brand_id = brand AND (r.network IS NULL OR r.network = on_network)
      AND r.approvals > (SELECT count(*) FROM last
                         WHERE verdict = 'approved'
                           AND CASE r.approver WHEN 'client' THEN last.rank IS NULL
                                    ELSE last.rank >= array_position(ARRAY['member', 'manager', 'admin', 'owner'], r.approver)
                               END)
  )
  SELECT what INTO missing FROM wanting ORDER BY place LIMIT 1;
  RETURN missing;
END
$$;

-- Behind the code: nothing begins to be sent that a rule has not approved.
CREATE FUNCTION publishing.refuse_unapproved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  missing constant text := publishing.missing_approval(NEW.organization_id, NEW.brand_id, NEW.post_id, NEW.network,
    coalesce(NEW.content, (SELECT post.content FROM studio.publishable_posts post
                           WHERE post.organization_id = NEW.organization_id AND post.id = NEW.post_id)));
BEGIN
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'publications_rules_check',
      MESSAGE = format('publications_rules_check: a rule asks for `%s`', missing);
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER publications_rules_update BEFORE UPDATE OF state ON publishing.publications
  FOR EACH ROW WHEN (NEW.state = 'sending' AND OLD.state <> 'sending')
  EXECUTE FUNCTION publishing.refuse_unapproved();
CREATE TRIGGER publications_rules_insert BEFORE INSERT ON publishing.publications
  FOR EACH ROW WHEN (NEW.state = 'sending') EXECUTE FUNCTION publishing.refuse_unapproved();
