-- The grain storage of the cluster: one script, valid for PostgreSQL (9.5+) and SQLite (3.35+).
-- {BLOB} is BYTEA or BLOB. The AdoNet provider reads its statements from OrleansQuery; a write that returns no row is
-- a conflict, which fences off a stale activation.
CREATE TABLE IF NOT EXISTS OrleansQuery (QueryKey VARCHAR(64) NOT NULL PRIMARY KEY, QueryText TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS OrleansStorage (
    ServiceId VARCHAR(150) NOT NULL, GrainTypeString VARCHAR(512) NOT NULL,
    GrainIdN0 BIGINT NOT NULL, GrainIdN1 BIGINT NOT NULL, GrainIdExtensionString VARCHAR(512) NOT NULL,
    PayloadBinary {BLOB} NULL, ModifiedOn TIMESTAMP NOT NULL, Version INT NOT NULL,
    PRIMARY KEY (ServiceId, GrainTypeString, GrainIdN0, GrainIdN1, GrainIdExtensionString));
INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', 'SELECT PayloadBinary, Version FROM OrleansStorage
  WHERE ServiceId = @ServiceId AND GrainTypeString = @GrainTypeString AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
    AND GrainIdExtensionString = COALESCE(@GrainIdExtensionString, '''')'),
('WriteToStorageKey', 'INSERT INTO OrleansStorage AS s (ServiceId, GrainTypeString, GrainIdN0, GrainIdN1, GrainIdExtensionString, PayloadBinary, ModifiedOn, Version)
  SELECT @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, COALESCE(@GrainIdExtensionString, ''''), @PayloadBinary, CURRENT_TIMESTAMP, 1
  WHERE CAST(@GrainStateVersion AS INT) IS NULL OR EXISTS (SELECT 1 FROM OrleansStorage WHERE ServiceId = @ServiceId
    AND GrainTypeString = @GrainTypeString AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1 AND GrainIdExtensionString = COALESCE(@GrainIdExtensionString, ''''))
  ON CONFLICT (ServiceId, GrainTypeString, GrainIdN0, GrainIdN1, GrainIdExtensionString) DO UPDATE
    SET PayloadBinary = excluded.PayloadBinary, ModifiedOn = excluded.ModifiedOn, Version = s.Version + 1 WHERE s.Version = @GrainStateVersion
  RETURNING Version AS NewGrainStateVersion'),
('ClearStorageKey', 'UPDATE OrleansStorage SET PayloadBinary = NULL, ModifiedOn = CURRENT_TIMESTAMP, Version = Version + 1
  WHERE ServiceId = @ServiceId AND GrainTypeString = @GrainTypeString AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
    AND GrainIdExtensionString = COALESCE(@GrainIdExtensionString, '''') AND Version = @GrainStateVersion
  RETURNING Version AS NewGrainStateVersion'),
('DeleteStorageKey', 'DELETE FROM OrleansStorage
  WHERE ServiceId = @ServiceId AND GrainTypeString = @GrainTypeString AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
    AND GrainIdExtensionString = COALESCE(@GrainIdExtensionString, '''') AND Version = @GrainStateVersion
  RETURNING Version + 1 AS NewGrainStateVersion')
ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText;
