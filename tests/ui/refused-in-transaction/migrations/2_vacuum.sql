-- upgrade
VACUUM;
-- downgrade: irreversible, there is nothing to undo
