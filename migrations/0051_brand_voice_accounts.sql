-- Samples also come from the posts of connected accounts.
ALTER TABLE brand.voice_samples DROP CONSTRAINT voice_samples_source_check;
ALTER TABLE brand.voice_samples ADD CONSTRAINT voice_samples_source_check
  CHECK (source IN ('paste', 'upload', 'post', 'account', 'edit', 'approval', 'rejection'));
