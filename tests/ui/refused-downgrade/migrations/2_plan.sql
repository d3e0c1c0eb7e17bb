-- upgrade
ALTER TABLE users ADD COLUMN plan TEXT;
-- downgrade
ALTER TABLE users DROP COLUMN plans;
