-- upgrade
CREATE TABLE users (id integer PRIMARY KEY);
-- downgrade
DROP TABLE users;
