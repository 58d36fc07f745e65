-- What GET …/posts?limit=20 asks of the database: the tenant transaction opened in one round trip, then the list.
-- Kept the same as `list` in crates/studio/src/posts/sql.rs and `opening` in crates/store/src/tx.rs.
-- {organization}, {user} and {brand} are filled in by posts.py.
\startpipeline
BEGIN;
SET LOCAL ROLE bellwether_app;
SET LOCAL app.organization_id = '{organization}';
SET LOCAL app.user_id = '{user}';
SET LOCAL app.brand_ids = 'all';
\endpipeline
SELECT id, generation_id, target, network, content_type, status, content, CASE WHEN edited THEN original END AS original, edited, feedback, note, rejection_reason, regenerating, regeneration_error, tone, source_title, source_url, provider, model, counts, issues, voice_confidence, (SELECT coalesce(jsonb_agg(to_jsonb(used) ORDER BY used.position), '[]') FROM studio.publishable_media used WHERE used.organization_id = posts.organization_id AND used.post_id = posts.id) AS media, first_comment, options, created_at, updated_at, version FROM studio.posts WHERE brand_id = '{brand}' AND deleted_at IS NULL AND (created_at, id) < ('infinity'::timestamptz, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid) ORDER BY created_at DESC, id DESC LIMIT 21;
COMMIT;
