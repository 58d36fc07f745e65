-- A search in words of people found titles that share three letters with it: “war” a wardrobe, “gold” the old pharmacy.
-- What is nearly alike is now compared with whole words, not for words so short that a slip makes another of them, and is
-- told apart from what has the words.
DROP FUNCTION trends.find_items(uuid, tsquery, text, integer);
CREATE FUNCTION trends.find_items(p_brand uuid, p_words tsquery, p_text text, p_limit integer)
RETURNS TABLE (item_id uuid, rank real, nearly boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
  SET pg_trgm.strict_word_similarity_threshold = 0.4 AS $$
  WITH mine AS NOT MATERIALIZED (
    SELECT i.id, i.search, i.title FROM trends.items i
     WHERE i.organization_id = (SELECT tenancy.current_organization()) AND i.brand_id = p_brand
       AND ((SELECT tenancy.current_brand_ids()) IS NULL
            OR p_brand = ANY ((SELECT tenancy.current_brand_ids())::uuid[]))
  ), by_words AS (
    SELECT m.id, (ts_rank_cd(m.search, p_words, 32) + word_similarity(p_text, m.title) / 2)::real AS rank
      FROM mine m WHERE m.search @@ p_words
  )
  SELECT w.id, w.rank, false FROM by_words w
  -- titles that are nearly alike, only where no words are found: else they would follow every good answer
  UNION ALL
  SELECT m.id, (strict_word_similarity(p_text, m.title) / 2)::real, true
    FROM mine m
   WHERE length(p_text) > 5 AND p_text <<% m.title AND NOT EXISTS (SELECT FROM by_words)
   ORDER BY 2 DESC, 1 DESC
   LIMIT p_limit
$$;
GRANT CREATE ON SCHEMA trends TO bellwether_service;
ALTER FUNCTION trends.find_items(uuid, tsquery, text, integer) OWNER TO bellwether_service;
REVOKE CREATE ON SCHEMA trends FROM bellwether_service;
SET LOCAL ROLE bellwether_service;
REVOKE ALL ON FUNCTION trends.find_items(uuid, tsquery, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trends.find_items(uuid, tsquery, text, integer) TO bellwether_app;
RESET ROLE;
