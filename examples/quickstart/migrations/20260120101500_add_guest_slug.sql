-- upgrade
ALTER TABLE guest ADD COLUMN slug TEXT NOT NULL DEFAULT '';
-- downgrade
ALTER TABLE guest DROP COLUMN slug;
