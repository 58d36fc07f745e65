-- A trusted issuer's token stands for a session until it expires: the door has one answer to who may enter what.
-- Null for sessions that were opened here.
ALTER TABLE identity.sessions ADD COLUMN provider text;
