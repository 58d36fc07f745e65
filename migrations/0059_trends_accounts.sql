-- Handles and hashtags of X and Instagram are read through an account that the brand has connected. Where none is, a source
-- waits for one: that is no failure, and it is looked at again as soon as there is one.
ALTER TABLE trends.sources DROP CONSTRAINT sources_state_check;
ALTER TABLE trends.sources ADD CONSTRAINT sources_state_check
  CHECK (state IN ('new', 'healthy', 'troubled', 'resting', 'unsupported', 'unconnected'));
-- they were kept without being read; those of the demonstration, which has no network, still are
UPDATE trends.sources SET state = 'new', next_check_at = now()
 WHERE kind IN ('x', 'instagram') AND state = 'unsupported' AND NOT metadata ? 'demo';
