-- upgrade
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    guest_id INTEGER NOT NULL REFERENCES guest (id) ON DELETE CASCADE,
    body TEXT NOT NULL
);
CREATE INDEX entry_guest_id ON entry (guest_id);
-- downgrade
DROP TABLE entry;
