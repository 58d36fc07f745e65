-- A passkey may also confirm, inside a session, that it is still its person: people without a password have nothing else.
ALTER TABLE identity.passkey_ceremonies
  DROP CONSTRAINT passkey_ceremonies_purpose_check,
  ADD CONSTRAINT passkey_ceremonies_purpose_check
    CHECK (purpose IN ('register', 'sign_in', 'second_factor', 'confirm'));
