-- upgrade
-- downgrade
DROP INDEX users_id;
