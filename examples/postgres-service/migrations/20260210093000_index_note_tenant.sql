-- migrate: transaction=off lock_timeout=2s retries=3
-- upgrade
CREATE INDEX CONCURRENTLY note_tenant_id ON note (tenant_id);
-- downgrade
DROP INDEX CONCURRENTLY note_tenant_id;
