-- up
CREATE INDEX users_id ON users (id);
-- down
DROP INDEX users_id;
