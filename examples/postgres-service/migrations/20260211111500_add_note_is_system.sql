-- migrate: lock_timeout=2s
-- upgrade
ALTER TABLE note ADD COLUMN is_system boolean NOT NULL DEFAULT false;
-- downgrade
ALTER TABLE note DROP COLUMN is_system;
