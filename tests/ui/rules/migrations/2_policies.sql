-- upgrade
CREATE POLICY notes_account ON notes USING (account_id = current_setting('app.account_id')::uuid);
ALTER TABLE notes ADD COLUMN title text NOT NULL;
-- downgrade
ALTER TABLE notes DROP COLUMN title;
DROP POLICY notes_account ON notes;
