-- run
CREATE INDEX users_id ON users (id);
-- revert
DROP INDEX users_id;
