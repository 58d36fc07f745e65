-- The outbox: mails to people, whatever organization they belong to, hence no tenant. A body may hold a link that signs
-- somebody in, so it is read by the service role only and is blanked once the mail was sent or given up; without a mail
-- server it stays, since operators read it here.
CREATE TABLE operations.mails (
  id uuid CONSTRAINT mails_pkey PRIMARY KEY,
  recipient text NOT NULL,
  template text NOT NULL,
  subject text NOT NULL,
  html text NOT NULL,
  text text NOT NULL,
  status text NOT NULL DEFAULT 'pending',
  attempts integer NOT NULL DEFAULT 0,
  last_error text,
  created_at timestamptz NOT NULL,
  -- of no use after this, e.g. because its link has expired
  expires_at timestamptz,
  sent_at timestamptz,
  CONSTRAINT mails_recipient_check CHECK (length(recipient) BETWEEN 3 AND 254),
  CONSTRAINT mails_template_check CHECK (template ~ '^[a-z][a-z_]*$'),
  CONSTRAINT mails_subject_check CHECK (length(subject) BETWEEN 1 AND 200),
  CONSTRAINT mails_status_check CHECK (status IN ('pending', 'sent', 'failed', 'kept')),
  CONSTRAINT mails_attempts_check CHECK (attempts >= 0),
  CONSTRAINT mails_last_error_check CHECK (length(last_error) <= 500),
  CONSTRAINT mails_sent_at_check CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
  CONSTRAINT mails_body_check CHECK (status IN ('pending', 'kept') OR (html = '' AND text = ''))
);
CREATE INDEX mails_created_at_idx ON operations.mails (created_at, id);
CREATE INDEX mails_recipient_idx ON operations.mails (lower(recipient));
GRANT SELECT, UPDATE, DELETE ON operations.mails TO bellwether_service;

-- The only way in: tenant transactions queue mails too (an invitation), and may do nothing else here.
CREATE FUNCTION operations.queue_mail(
  p_id uuid, p_recipient text, p_template text, p_subject text, p_html text, p_text text, p_created_at timestamptz,
  p_expires_at timestamptz
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO operations.mails (id, recipient, template, subject, html, text, created_at, expires_at)
  VALUES (p_id, p_recipient, p_template, p_subject, p_html, p_text, p_created_at, p_expires_at)
$$;
REVOKE EXECUTE ON FUNCTION
  operations.queue_mail(uuid, text, text, text, text, text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION operations.queue_mail(uuid, text, text, text, text, text, timestamptz, timestamptz)
  TO bellwether_app, bellwether_service;
