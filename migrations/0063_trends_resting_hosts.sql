-- Hosts that asked to be left alone for a while (`Retry-After`), and until when: every process and one that starts anew keeps
-- away from them. Of no tenant, since a host is everybody's; for the service role alone, so that no policy could be wrong. What
-- is over goes when the next one comes.
CREATE TABLE trends.resting_hosts (
  -- scheme, host and port
  origin text NOT NULL,
  until timestamptz NOT NULL,
  CONSTRAINT resting_hosts_pkey PRIMARY KEY (origin),
  CONSTRAINT resting_hosts_origin_check CHECK (origin ~ '^https?://' AND length(origin) <= 300)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON trends.resting_hosts TO bellwether_service;
