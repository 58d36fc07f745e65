-- How people come to an installation that doesn't let everybody sign up: they apply, wait their turn, or are invited.
-- All of it stands before any organization, so it is the service role's alone; operators reach it by the admin area.

CREATE TABLE identity.applications (
  id uuid CONSTRAINT applications_pkey PRIMARY KEY,
  -- the account that came of it
  user_id uuid,
  account_type text NOT NULL,
  email citext NOT NULL,
  name text NOT NULL,
  -- everything else of the form
  application_data jsonb NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'pending',
  submitted_at timestamptz NOT NULL,
  reviewed_at timestamptz,
  reviewed_by uuid,
  rejection_reason text,
  admin_notes text NOT NULL DEFAULT '',
  demo boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT applications_account_type_check CHECK (account_type IN ('creator', 'agency')),
  CONSTRAINT applications_email_check CHECK (length(email) BETWEEN 3 AND 254),
  CONSTRAINT applications_name_check CHECK (length(name) BETWEEN 1 AND 200),
  CONSTRAINT applications_application_data_check CHECK (jsonb_typeof(application_data) = 'object'),
  CONSTRAINT applications_status_check CHECK (status IN ('pending', 'approved', 'rejected')),
  CONSTRAINT applications_reviewed_check CHECK ((status = 'pending') = (reviewed_at IS NULL)),
  CONSTRAINT applications_rejection_check CHECK (rejection_reason IS NULL OR status = 'rejected'),
  CONSTRAINT applications_admin_notes_check CHECK (length(admin_notes) <= 5000),
  CONSTRAINT applications_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE SET NULL,
  CONSTRAINT applications_reviewed_by_fkey FOREIGN KEY (reviewed_by) REFERENCES identity.users (id) ON DELETE SET NULL
);
CREATE INDEX applications_submitted_at_idx ON identity.applications (submitted_at DESC, id DESC);
CREATE INDEX applications_user_id_idx ON identity.applications (user_id);
CREATE INDEX applications_reviewed_by_idx ON identity.applications (reviewed_by);
-- one open application for an address: sending the form again changes nothing
CREATE UNIQUE INDEX applications_open_email_idx ON identity.applications (email) WHERE status = 'pending';

CREATE TABLE identity.waitlist_entries (
  id uuid CONSTRAINT waitlist_entries_pkey PRIMARY KEY,
  email citext NOT NULL,
  name text,
  account_type text,
  early_access_granted_at timestamptz,
  early_access_granted_by uuid,
  user_id uuid,
  demo boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT waitlist_entries_email_key UNIQUE (email),
  CONSTRAINT waitlist_entries_email_check CHECK (length(email) BETWEEN 3 AND 254),
  CONSTRAINT waitlist_entries_name_check CHECK (length(name) BETWEEN 1 AND 200),
  CONSTRAINT waitlist_entries_account_type_check CHECK (account_type IN ('creator', 'agency')),
  CONSTRAINT waitlist_entries_granted_by_fkey FOREIGN KEY (early_access_granted_by)
    REFERENCES identity.users (id) ON DELETE SET NULL,
  CONSTRAINT waitlist_entries_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE SET NULL
);
CREATE INDEX waitlist_entries_created_at_idx ON identity.waitlist_entries (created_at, id);
CREATE INDEX waitlist_entries_granted_by_idx ON identity.waitlist_entries (early_access_granted_by);
CREATE INDEX waitlist_entries_user_id_idx ON identity.waitlist_entries (user_id);

CREATE TABLE identity.demos (
  id uuid CONSTRAINT demos_pkey PRIMARY KEY,
  user_id uuid,
  email citext NOT NULL,
  name text NOT NULL,
  message text NOT NULL DEFAULT '',
  -- to see whether it fits, before the call
  company_size text,
  current_solution text,
  qualification_notes text NOT NULL DEFAULT '',
  prep_notes text NOT NULL DEFAULT '',
  follow_up_reminders text NOT NULL DEFAULT '',
  status text NOT NULL DEFAULT 'requested',
  requested_at timestamptz NOT NULL,
  scheduled_at timestamptz,
  completed_at timestamptz,
  -- the organization that is shown, and from when to when they may look around in it
  demo_organization_id uuid,
  enabled_at timestamptz,
  disabled_at timestamptz,
  demo boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT demos_email_check CHECK (length(email) BETWEEN 3 AND 254),
  CONSTRAINT demos_name_check CHECK (length(name) BETWEEN 1 AND 200),
  CONSTRAINT demos_message_check CHECK (length(message) <= 5000),
  CONSTRAINT demos_company_size_check CHECK (company_size IN ('1', '2-10', '11-50', '51-200', '201+')),
  CONSTRAINT demos_current_solution_check CHECK (length(current_solution) <= 500),
  CONSTRAINT demos_qualification_notes_check CHECK (length(qualification_notes) <= 5000),
  CONSTRAINT demos_prep_notes_check CHECK (length(prep_notes) <= 5000),
  CONSTRAINT demos_follow_up_reminders_check CHECK (length(follow_up_reminders) <= 5000),
  CONSTRAINT demos_status_check CHECK (status IN ('requested', 'scheduled', 'done', 'cancelled')),
  CONSTRAINT demos_scheduled_check CHECK (status <> 'scheduled' OR scheduled_at IS NOT NULL),
  CONSTRAINT demos_completed_check CHECK ((status = 'done') = (completed_at IS NOT NULL)),
  CONSTRAINT demos_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE SET NULL,
  CONSTRAINT demos_demo_organization_id_fkey FOREIGN KEY (demo_organization_id)
    REFERENCES identity.organizations (id) ON DELETE SET NULL
);
CREATE INDEX demos_requested_at_idx ON identity.demos (requested_at DESC, id DESC);
CREATE INDEX demos_user_id_idx ON identity.demos (user_id);
CREATE INDEX demos_demo_organization_id_idx ON identity.demos (demo_organization_id);
CREATE UNIQUE INDEX demos_open_email_idx ON identity.demos (email) WHERE status IN ('requested', 'scheduled');

-- Who hears by mail of what comes in.
CREATE TABLE identity.admin_notification_settings (
  id uuid CONSTRAINT admin_notification_settings_pkey PRIMARY KEY,
  email citext NOT NULL,
  notification_types text[] NOT NULL,
  active boolean NOT NULL DEFAULT true,
  added_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT admin_notification_settings_email_key UNIQUE (email),
  CONSTRAINT admin_notification_settings_email_check CHECK (length(email) BETWEEN 3 AND 254),
  CONSTRAINT admin_notification_settings_types_check CHECK (
    notification_types <@ ARRAY['creator_applications', 'agency_applications', 'waitlist', 'demos']
  ),
  CONSTRAINT admin_notification_settings_added_by_fkey FOREIGN KEY (added_by)
    REFERENCES identity.users (id) ON DELETE SET NULL
);
CREATE INDEX admin_notification_settings_added_by_idx ON identity.admin_notification_settings (added_by);

-- Leave to sign up while signing up isn't open: for one address, once. Only the SHA-256 of the token is kept.
CREATE TABLE identity.sign_up_permits (
  id uuid CONSTRAINT sign_up_permits_pkey PRIMARY KEY,
  token_hash bytea NOT NULL,
  email citext NOT NULL,
  reason text NOT NULL,
  -- the application or the waitlist's entry
  subject_id uuid,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  CONSTRAINT sign_up_permits_token_hash_key UNIQUE (token_hash),
  CONSTRAINT sign_up_permits_reason_check CHECK (reason IN ('application', 'waitlist', 'invitation')),
  CONSTRAINT sign_up_permits_subject_check CHECK ((reason = 'invitation') = (subject_id IS NULL)),
  CONSTRAINT sign_up_permits_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES identity.users (id) ON DELETE SET NULL
);
CREATE INDEX sign_up_permits_created_by_idx ON identity.sign_up_permits (created_by);
CREATE INDEX sign_up_permits_expires_at_idx ON identity.sign_up_permits (expires_at);
CREATE INDEX sign_up_permits_email_idx ON identity.sign_up_permits (email);

GRANT SELECT, INSERT, UPDATE, DELETE
  ON identity.applications, identity.waitlist_entries, identity.demos, identity.admin_notification_settings,
     identity.sign_up_permits TO bellwether_service;

CREATE TRIGGER applications_touch BEFORE UPDATE ON identity.applications
  FOR EACH ROW EXECUTE FUNCTION tenancy.touch_updated_at();
CREATE TRIGGER waitlist_entries_touch BEFORE UPDATE ON identity.waitlist_entries
  FOR EACH ROW EXECUTE FUNCTION tenancy.touch_updated_at();
CREATE TRIGGER demos_touch BEFORE UPDATE ON identity.demos
  FOR EACH ROW EXECUTE FUNCTION tenancy.touch_updated_at();
CREATE TRIGGER admin_notification_settings_touch BEFORE UPDATE ON identity.admin_notification_settings
  FOR EACH ROW EXECUTE FUNCTION tenancy.touch_updated_at();

-- A person's first steps in a brand. What can be seen from the facts (a draft was made, somebody was invited) is not
-- kept here but asked for: a row says only what the person decided, and when all was done.
CREATE TABLE identity.onboarding (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  user_id uuid NOT NULL,
  -- where the person left off
  current_step text,
  -- steps that the person marked as done by hand, or put aside
  done text[] NOT NULL DEFAULT '{}',
  skipped text[] NOT NULL DEFAULT '{}',
  -- put away by the person, or all steps done or skipped
  completed_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT onboarding_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT onboarding_person_key UNIQUE (organization_id, brand_id, user_id),
  CONSTRAINT onboarding_current_step_check
    CHECK (current_step IN ('profile', 'first_draft', 'review', 'invite')),
  CONSTRAINT onboarding_done_check
    CHECK (done <@ ARRAY['profile', 'first_draft', 'review', 'invite']),
  CONSTRAINT onboarding_skipped_check
    CHECK (skipped <@ ARRAY['profile', 'first_draft', 'review', 'invite'] AND NOT skipped && done),
  CONSTRAINT onboarding_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX onboarding_user_id_idx ON identity.onboarding (user_id);
CREATE INDEX onboarding_brand_idx ON identity.onboarding (organization_id, brand_id);
SELECT tenancy.protect_brand('identity.onboarding');
