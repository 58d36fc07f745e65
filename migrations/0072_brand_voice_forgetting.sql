-- What is deleted is missed: a version knows how many of the samples that it learned from are gone, as each deletion is a
-- change that a new training would learn from. And samples have a version, as other rows that people change.
ALTER TABLE brand.voice_models
  ADD COLUMN samples_deleted integer NOT NULL DEFAULT 0,
  ADD CONSTRAINT voice_models_samples_deleted_check CHECK (samples_deleted >= 0);
ALTER TABLE brand.voice_samples
  ADD COLUMN version integer NOT NULL DEFAULT 1,
  ADD CONSTRAINT voice_samples_version_check CHECK (version >= 1);
