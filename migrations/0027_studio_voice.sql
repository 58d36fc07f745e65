-- How much a post sounds like its brand, worked out when it is written or changed: 0 to 1; null where there is no voice
-- to ask or too little text. The model that said so may be gone later.
ALTER TABLE studio.posts
  ADD COLUMN voice_confidence double precision,
  ADD COLUMN voice_model_id uuid,
  ADD CONSTRAINT posts_voice_confidence_check CHECK (voice_confidence BETWEEN 0 AND 1),
  ADD CONSTRAINT posts_voice_model_fkey FOREIGN KEY (organization_id, voice_model_id)
    REFERENCES brand.voice_models (organization_id, id) ON DELETE SET NULL (voice_model_id);
CREATE INDEX posts_voice_model_idx ON studio.posts (organization_id, voice_model_id);
