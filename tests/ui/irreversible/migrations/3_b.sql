-- upgrade
CREATE INDEX users_id ON users (id);
-- downgrade: irreversible, it counts
DROP INDEX users_id;
