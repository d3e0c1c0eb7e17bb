-- migrate: allow(M601) tags are read by everybody
-- upgrade
CREATE TABLE tags (account_id uuid, name text REFERENCES users (id));
-- downgrade
DROP TABLE tags;
