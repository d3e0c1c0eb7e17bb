-- upgrade
CREATE INDEX users_id ON users  (id) /* one */;
-- downgrade
DROP INDEX users_id;
