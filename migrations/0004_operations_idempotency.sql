-- Answers to requests that carried an Idempotency-Key, kept for a day so that a repeated request gets the same answer
-- and is not carried out twice. Scoped by the person, who may act in several organizations: no tenant table. Reached
-- by the service role only, since an answer holds whatever the request made.
--
-- No foreign key to identity.users: the row must never stand in the way of a person's deletion, and is gone in a day.
CREATE TABLE operations.idempotency_keys (
  user_id uuid NOT NULL,
  key text NOT NULL,
  -- SHA-256 over method, path and body: the same key for another request is the client's mistake
  request_hash bytea NOT NULL,
  -- whose lock it is: an attempt that comes to its end after its lock was taken over must not write
  attempt uuid NOT NULL,
  -- until when an unfinished attempt is believed to be alive; null once it is finished
  locked_until timestamptz,
  status smallint,
  -- [[name, value], …] of the few headers that belong to the answer
  headers jsonb,
  body bytea,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key),
  CONSTRAINT idempotency_keys_key_check CHECK (char_length(key) BETWEEN 1 AND 255),
  CONSTRAINT idempotency_keys_request_hash_check CHECK (octet_length(request_hash) = 32),
  CONSTRAINT idempotency_keys_status_check CHECK (status BETWEEN 200 AND 499),
  CONSTRAINT idempotency_keys_finished_check CHECK (
    (locked_until IS NULL) = (status IS NOT NULL AND headers IS NOT NULL AND body IS NOT NULL)
  )
);
CREATE INDEX idempotency_keys_expires_at_idx ON operations.idempotency_keys (expires_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON operations.idempotency_keys TO bellwether_service;
