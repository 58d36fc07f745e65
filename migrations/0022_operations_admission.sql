-- What is counted and what may come only once, over all processes of an installation.

-- Requests in a window of time, by whom and for what: an API key's hour, for one. Counted here and not in a process, so
-- that a second server does not double the limit. Reached through the functions below only.
CREATE TABLE operations.rate_limits (
  identifier text NOT NULL,
  bucket text NOT NULL,
  window_start timestamptz NOT NULL,
  count integer NOT NULL,
  CONSTRAINT rate_limits_pkey PRIMARY KEY (identifier, bucket, window_start),
  CONSTRAINT rate_limits_count_check CHECK (count >= 0)
);
CREATE INDEX rate_limits_window_start_idx ON operations.rate_limits (bucket, window_start);

-- Signed requests that were let in: the same one does not come in again while its time is still good.
CREATE TABLE operations.request_signatures (
  -- the API key that signed; no foreign key, since the row is gone in minutes and must not slow a key's deletion
  key_id uuid NOT NULL,
  nonce text NOT NULL,
  -- HMAC-SHA256; it proves nothing about any other request
  signature bytea NOT NULL,
  -- for whom the key acts
  user_id uuid NOT NULL,
  -- method and path, without the query
  endpoint text NOT NULL,
  received_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT request_signatures_pkey PRIMARY KEY (key_id, nonce),
  CONSTRAINT request_signatures_nonce_check CHECK (length(nonce) BETWEEN 16 AND 128),
  CONSTRAINT request_signatures_signature_check CHECK (octet_length(signature) = 32),
  CONSTRAINT request_signatures_endpoint_check CHECK (length(endpoint) <= 1000)
);
CREATE INDEX request_signatures_expires_at_idx ON operations.request_signatures (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON operations.rate_limits, operations.request_signatures TO bellwether_service;

GRANT CREATE ON SCHEMA operations TO bellwether_service;
SET LOCAL ROLE bellwether_service;

-- Counts one more, unless the limit is reached. Gives the count, this one included; more than the limit means refused.
-- The commit waits for no disk: a crash may forget the last moments of counting, and nothing else hangs on them.
CREATE FUNCTION operations.take_rate(
  p_identifier text, p_bucket text, p_window_start timestamptz, p_limit integer
) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  v_count integer;
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  INSERT INTO operations.rate_limits AS r (identifier, bucket, window_start, count)
  VALUES (p_identifier, p_bucket, p_window_start, 1)
  ON CONFLICT ON CONSTRAINT rate_limits_pkey DO UPDATE SET count = r.count + 1 WHERE r.count < p_limit
  RETURNING count INTO v_count;
  RETURN coalesce(v_count, p_limit + 1);
END $$;

-- Whether a signed request comes for the first time.
CREATE FUNCTION operations.accept_signature(
  p_key_id uuid, p_nonce text, p_signature bytea, p_user_id uuid, p_endpoint text,
  p_received_at timestamptz, p_expires_at timestamptz
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO operations.request_signatures
    (key_id, nonce, signature, user_id, endpoint, received_at, expires_at)
  VALUES (p_key_id, p_nonce, p_signature, p_user_id, left(p_endpoint, 1000), p_received_at, p_expires_at)
  ON CONFLICT ON CONSTRAINT request_signatures_pkey DO NOTHING;
  RETURN FOUND;
END $$;

REVOKE ALL ON FUNCTION operations.take_rate(text, text, timestamptz, integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION
  operations.accept_signature(uuid, text, bytea, uuid, text, timestamptz, timestamptz) FROM PUBLIC;
DO $$ BEGIN
  -- the login that the pool uses asks before it takes a role
  EXECUTE format('GRANT EXECUTE ON FUNCTION operations.take_rate(text, text, timestamptz, integer), '
    'operations.accept_signature(uuid, text, bytea, uuid, text, timestamptz, timestamptz) TO %I', session_user);
END $$;
RESET ROLE;
REVOKE CREATE ON SCHEMA operations FROM bellwether_service;
