-- upgrade
CREATE TABLE guest (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    signed_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO guest (name) VALUES ('Ada Lovelace'), ('Grace Hopper'), ('Edsger Dijkstra');
-- downgrade
DROP TABLE guest;
