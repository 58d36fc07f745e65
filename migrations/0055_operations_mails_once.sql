-- Mails that must not come twice. A server's answer at the end of a mail can be lost; whoever sends again then may send
-- twice, and whoever doesn't may not have sent at all. A link to sign in had better come twice, a morning not at all.

ALTER TABLE operations.mails
  -- it must not come twice: where nobody knows whether a server has it, it is not sent again
  ADD COLUMN once boolean NOT NULL DEFAULT false,
  -- committed right before the server gets such a mail, and taken back when it says that it did not take it
  ADD COLUMN handed_at timestamptz,
  ADD CONSTRAINT mails_handed_at_check CHECK (handed_at IS NULL OR (once AND status IN ('pending', 'sent')));
UPDATE operations.mails SET once = true WHERE unsubscribe_url IS NOT NULL AND status = 'pending';

-- What comes by itself says how to leave, and must not come twice.
CREATE OR REPLACE FUNCTION operations.queue_marketing_mail(
  p_id uuid, p_recipient text, p_template text, p_subject text, p_html text, p_text text, p_created_at timestamptz,
  p_expires_at timestamptz, p_unsubscribe_url text
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO operations.mails
    (id, recipient, template, subject, html, text, created_at, expires_at, unsubscribe_url, once)
  VALUES (p_id, p_recipient, p_template, p_subject, p_html, p_text, p_created_at, p_expires_at, p_unsubscribe_url, true)
$$;
