-- migrate
CREATE INDEX users_id ON users (id);
-- rollback
DROP INDEX users_id;
