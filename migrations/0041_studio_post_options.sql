-- What goes with a post's text: its first comment, and what was chosen of its network. Both are approved with it, kept with
-- its versions, and frozen with a publication when that begins.
ALTER TABLE studio.posts
  ADD COLUMN first_comment text,
  ADD COLUMN options jsonb NOT NULL DEFAULT '{}',
  ADD CONSTRAINT posts_options_check CHECK (jsonb_typeof(options) = 'object');
ALTER TABLE studio.versions
  ADD COLUMN first_comment text,
  ADD COLUMN options jsonb NOT NULL DEFAULT '{}';

CREATE OR REPLACE VIEW studio.publishable_posts WITH (security_invoker = true) AS
  SELECT organization_id, id, brand_id, target, network, content_type, status, content, rule_errors, reviewed_at,
         reviewed_by, source_title, deleted_at IS NOT NULL AS deleted, version, first_comment, options
  FROM studio.posts;

-- An approval is of a text with its first comment, its options and its files. What has neither comment nor options keeps
-- the fingerprint that it had, and with it its approvals. A comment is quoted and options are JSON, so that no end of one
-- part can be taken for the beginning of another.
CREATE OR REPLACE FUNCTION publishing.fingerprint(organization uuid, post uuid, content jsonb) RETURNS bytea
LANGUAGE sql STABLE STRICT AS $$
  SELECT sha256(convert_to(
    content::text
      || coalesce((SELECT coalesce(E'\n# ' || to_json(p.first_comment)::text, '')
                          || CASE WHEN p.options = '{}' THEN '' ELSE E'\n' || p.options::text END
                   FROM studio.publishable_posts p WHERE p.organization_id = organization AND p.id = post), '')
      || coalesce((SELECT string_agg(format(E'\n%s %s', m.media_id, m.own_alt_text), '' ORDER BY m.position)
                   FROM studio.publishable_media m WHERE m.organization_id = organization AND m.post_id = post), ''),
    'UTF8'))
$$;

-- The first comment is a step of its own after the last piece: what becomes of it changes nothing of the post.
ALTER TABLE publishing.publications
  -- as they were when it began
  ADD COLUMN first_comment text,
  ADD COLUMN options jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN comment_state text,
  -- when it is sent; while it is sent, until when that is believed
  ADD COLUMN comment_next_at timestamptz,
  ADD COLUMN comment_failures integer NOT NULL DEFAULT 0,
  ADD COLUMN comment_words text,
  ADD CONSTRAINT publications_comment_state_check
    CHECK (comment_state IN ('due', 'sending', 'done', 'failed', 'unclear')),
  ADD CONSTRAINT publications_comment_next_check
    CHECK ((comment_state IS NOT NULL AND comment_state IN ('due', 'sending')) = (comment_next_at IS NOT NULL)),
  -- nothing is said below a post that is not out
  ADD CONSTRAINT publications_comment_published_check CHECK (comment_state IS NULL OR state = 'published');
CREATE INDEX publications_comment_idx ON publishing.publications (comment_next_at) WHERE comment_next_at IS NOT NULL;

ALTER TABLE publishing.attempts DROP CONSTRAINT attempts_kind_check;
ALTER TABLE publishing.attempts ADD CONSTRAINT attempts_kind_check
  CHECK (kind IN ('send', 'reconcile', 'person', 'comment'));
-- a comment is sent once at a time, as posts are
CREATE UNIQUE INDEX attempts_comment_open_idx ON publishing.attempts (organization_id, publication_id)
  WHERE finished_at IS NULL AND kind = 'comment';

ALTER TABLE publishing.sandbox_posts
  -- what was chosen, so that a test can see it arrive
  ADD COLUMN options jsonb NOT NULL DEFAULT '{}',
  -- the post below which it stands
  ADD COLUMN comment_of uuid;
CREATE INDEX sandbox_posts_comment_idx ON publishing.sandbox_posts (organization_id, comment_of)
  WHERE comment_of IS NOT NULL;
