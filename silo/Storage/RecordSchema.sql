-- Call detail records and the audit trail: one script, valid for PostgreSQL and SQLite. {ID} is the engine's growing key.
-- Times are UTC in ISO 8601, which sorts as text in both. An entry that is there already is not written again.
CREATE TABLE IF NOT EXISTS GoToCallRecord (
    Id {ID}, ServiceId VARCHAR(150) NOT NULL, CallKey VARCHAR(400) NOT NULL,
    Tenant VARCHAR(64) NULL, Direction VARCHAR(16) NOT NULL, FromNumber VARCHAR(256) NOT NULL, ToNumber VARCHAR(256) NOT NULL,
    LineId VARCHAR(256) NOT NULL, Agent VARCHAR(100) NULL,
    StartedAt VARCHAR(32) NOT NULL, AnsweredAt VARCHAR(32) NULL, EndedAt VARCHAR(32) NOT NULL,
    TalkedMs BIGINT NOT NULL, EndReason VARCHAR(40) NOT NULL, TransferTarget VARCHAR(300) NULL,
    UNIQUE (ServiceId, CallKey));
CREATE INDEX IF NOT EXISTS GoToCallRecordOfTenant ON GoToCallRecord (ServiceId, Tenant, Id);
CREATE INDEX IF NOT EXISTS GoToCallRecordByTime ON GoToCallRecord (ServiceId, EndedAt);
CREATE TABLE IF NOT EXISTS GoToAuditRecord (
    Id {ID}, ServiceId VARCHAR(150) NOT NULL,
    AskedAt VARCHAR(32) NOT NULL, Actor VARCHAR(256) NOT NULL, Tenant VARCHAR(64) NULL, Operation VARCHAR(100) NOT NULL,
    Subject VARCHAR(400) NOT NULL, Outcome VARCHAR(100) NOT NULL, Detail TEXT NULL);
CREATE INDEX IF NOT EXISTS GoToAuditRecordOfTenant ON GoToAuditRecord (ServiceId, Tenant, Id);
CREATE INDEX IF NOT EXISTS GoToAuditRecordOfSubject ON GoToAuditRecord (ServiceId, Subject, Id);
CREATE INDEX IF NOT EXISTS GoToAuditRecordByTime ON GoToAuditRecord (ServiceId, AskedAt);
