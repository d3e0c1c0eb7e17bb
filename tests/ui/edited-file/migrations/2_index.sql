-- upgrade
CREATE INDEX users_id ON users (id DESC);
-- downgrade
DROP INDEX users_id;
