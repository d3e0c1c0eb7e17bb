-- upgrade
CREATE TABLE accounts (id uuid PRIMARY KEY);
CREATE TABLE notes (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id)
);
-- downgrade
DROP TABLE notes;
DROP TABLE accounts;
