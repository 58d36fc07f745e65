-- What is written without spaces (Chinese, Japanese) was one word from one mark to the next: a search for a word within it
-- found nothing. Each such letter is now a word of its own, in texts and in searches, and a run of them in a search a phrase:
-- nothing but letters that stand together is found. A word keeps no more than 256 places in a text and none behind the
-- 16,383rd: far down in a long text a phrase may be missed.
CREATE FUNCTION trends.is_unspaced(p_text text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT p_text ~ '[\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]'
$$;
CREATE FUNCTION trends.letters_apart(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT CASE WHEN trends.is_unspaced(p_text) THEN regexp_replace(p_text,
    '([\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff])', ' \1 ', 'g')
    ELSE p_text END
$$;
-- A search whose parts without spaces are within quotation marks, letter by letter; every other part is as it was.
CREATE FUNCTION trends.phrases_apart(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT CASE WHEN trends.is_unspaced(p_text) THEN
    (SELECT string_agg(CASE WHEN trends.is_unspaced(part[2])
                            THEN part[1] || '"' || trends.letters_apart(replace(part[2], '"', ' ')) || '"'
                            ELSE part[1] || part[2] END, ' ' ORDER BY place)
       FROM regexp_matches(p_text, '(-?)("[^"]*"?|[^\s"、。，．！？；：（）]+)', 'g') WITH ORDINALITY AS found (part, place))
    ELSE p_text END
$$;

CREATE OR REPLACE FUNCTION trends.words_of(p_text text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT CASE WHEN parts.unwanted IS NULL THEN trends.words_of_any(p.text)
              ELSE trends.words_of_any(parts.wanted) && !!trends.words_of_any(parts.unwanted) END
    FROM (SELECT trends.phrases_apart(p_text) AS text) AS p
   CROSS JOIN LATERAL
         (SELECT regexp_replace(p.text, '(^|\s)-("[^"]*"?|\S+)', ' ', 'g') AS wanted,
                 (SELECT string_agg(found[2], ' or ')
                    FROM regexp_matches(p.text, '(^|\s)-("[^"]*"?|\S+)', 'g') AS found) AS unwanted) AS parts
$$;
CREATE OR REPLACE FUNCTION trends.search_of(p_language text, p_title text, p_keyphrases text, p_text text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT setweight(to_tsvector('simple', a.title) || to_tsvector(c.config, a.title), 'A')
      || setweight(to_tsvector(c.config, a.keyphrases), 'B')
      || setweight(to_tsvector('simple', a.text) || to_tsvector(c.config, a.text), 'C')
    FROM (SELECT CASE p_language WHEN 'en' THEN 'english' WHEN 'de' THEN 'german' WHEN 'fr' THEN 'french'
                                 WHEN 'es' THEN 'spanish' ELSE 'simple' END::regconfig AS config) c,
         (SELECT trends.letters_apart(p_title) AS title, trends.letters_apart(p_keyphrases) AS keyphrases,
                 trends.letters_apart(p_text) AS text) a
$$;

UPDATE trends.items SET search = trends.search_of(language, title, array_to_string(keyphrases, ', '), text)
 WHERE trends.is_unspaced(title) OR trends.is_unspaced(text);
