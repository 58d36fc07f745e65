-- How an organization looks: one small picture, written anew by us.
CREATE TABLE identity.logos (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  content_type text NOT NULL,
  content bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT logos_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT logos_organization_key UNIQUE (organization_id),
  CONSTRAINT logos_content_type_check CHECK (content_type IN ('image/png', 'image/jpeg')),
  CONSTRAINT logos_content_check CHECK (octet_length(content) BETWEEN 1 AND 65536),
  CONSTRAINT logos_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES identity.organizations (id) ON DELETE CASCADE
);
-- served by its id alone, which is not to be guessed
CREATE UNIQUE INDEX logos_id_idx ON identity.logos (id);
SELECT tenancy.protect('identity.logos');

-- Two steps more: give the voice to learn from, and connect a network.
ALTER TABLE identity.onboarding
  DROP CONSTRAINT onboarding_current_step_check,
  DROP CONSTRAINT onboarding_done_check,
  DROP CONSTRAINT onboarding_skipped_check,
  ADD CONSTRAINT onboarding_current_step_check
    CHECK (current_step IN ('profile', 'voice', 'connect_network', 'first_draft', 'review', 'invite')),
  ADD CONSTRAINT onboarding_done_check
    CHECK (done <@ ARRAY['profile', 'voice', 'connect_network', 'first_draft', 'review', 'invite']),
  ADD CONSTRAINT onboarding_skipped_check
    CHECK (skipped <@ ARRAY['profile', 'voice', 'connect_network', 'first_draft', 'review', 'invite']
           AND NOT skipped && done);
