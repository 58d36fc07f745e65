-- A mail that the demonstration makes, or that is for one of its people: kept to be read, never handed to a server.
ALTER TABLE operations.mails ADD COLUMN demo boolean NOT NULL DEFAULT false;
