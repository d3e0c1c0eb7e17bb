-- upgrade
CREATE INDEX users_more ON users (id);
-- downgrade
DROP INDEX users_more;
