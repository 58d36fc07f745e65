-- What a mail server answered, by itself: who is told in plain words why a mail did not leave is told by the code, and not by
-- how a library writes it. Mails from before have it in `last_error` alone.
ALTER TABLE operations.mails
  -- three digits (RFC 5321, 4.2)
  ADD COLUMN reply_code smallint,
  -- the closer code (RFC 3463), where the server gives one
  ADD COLUMN reply_status text,
  -- its words without the two
  ADD COLUMN reply_text text,
  ADD CONSTRAINT mails_reply_code_check CHECK (reply_code BETWEEN 200 AND 599),
  ADD CONSTRAINT mails_reply_status_check CHECK (reply_status ~ '^[245]\.\d{1,3}\.\d{1,3}$'),
  ADD CONSTRAINT mails_reply_text_check CHECK (length(reply_text) <= 500),
  ADD CONSTRAINT mails_reply_check CHECK ((reply_code IS NULL) = (reply_text IS NULL)
                                          AND (reply_code IS NOT NULL OR reply_status IS NULL)),
  -- there is no reply without what is said of it
  ADD CONSTRAINT mails_reply_error_check CHECK (reply_code IS NULL OR last_error IS NOT NULL);
