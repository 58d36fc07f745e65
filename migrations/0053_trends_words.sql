-- A search's words that are not wanted keep out what has them in any of the languages that are looked through. The queries
-- of several languages joined by "or" did not: what one language's stem missed came in all the same.
CREATE FUNCTION trends.words_of_any(p_text text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT websearch_to_tsquery('simple', p_text) || websearch_to_tsquery('english', p_text)
      || websearch_to_tsquery('german', p_text) || websearch_to_tsquery('french', p_text)
      || websearch_to_tsquery('spanish', p_text)
$$;
CREATE OR REPLACE FUNCTION trends.words_of(p_text text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT CASE WHEN parts.unwanted IS NULL THEN trends.words_of_any(p_text)
              ELSE trends.words_of_any(parts.wanted) && !!trends.words_of_any(parts.unwanted) END
    FROM (SELECT regexp_replace(p_text, '(^|\s)-("[^"]*"?|\S+)', ' ', 'g') AS wanted,
                 (SELECT string_agg(found[2], ' or ')
                    FROM regexp_matches(p_text, '(^|\s)-("[^"]*"?|\S+)', 'g') AS found) AS unwanted) AS parts
$$;
