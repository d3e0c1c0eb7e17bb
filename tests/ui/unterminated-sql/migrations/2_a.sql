-- upgrade
INSERT INTO users VALUES ('it);
-- downgrade
DROP INDEX users_id;
