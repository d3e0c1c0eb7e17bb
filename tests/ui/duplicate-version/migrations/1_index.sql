-- upgrade
CREATE INDEX users_id ON users (id);
-- downgrade
DROP INDEX users_id;
