-- upgrade
CREATE INDEX users_by_name ON users (name);
INSERT INTO userss (id, full_name) VALUES (1, 'Ada');
-- downgrade
DROP INDEX users_by_name;
