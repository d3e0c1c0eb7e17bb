-- Row level security, run again whenever this file or the schema below it changes.
CREATE OR REPLACE FUNCTION current_tenant_id() RETURNS bigint
    LANGUAGE sql STABLE
    RETURN nullif(current_setting('app.tenant_id', true), '')::bigint;

ALTER TABLE note ENABLE ROW LEVEL SECURITY;
ALTER TABLE note FORCE ROW LEVEL SECURITY;

DROP POLICY IF EXISTS note_of_tenant ON note;
CREATE POLICY note_of_tenant ON note
    USING (is_system OR tenant_id = current_tenant_id())
    WITH CHECK (tenant_id = current_tenant_id());
