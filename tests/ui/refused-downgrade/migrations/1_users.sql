-- upgrade
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
-- downgrade
DROP TABLE users;
