-- PostgreSQL alone: a call's journal is written some twenty times in its life. LZ4 keeps most of them in their row, at a
-- fifth less CPU than the built-in compression. A PostgreSQL that was built without it goes on as it is.
DO $$
DECLARE due BOOLEAN := FALSE;
BEGIN
  IF current_setting('server_version_num')::INT >= 140000 THEN
    EXECUTE 'SELECT attcompression <> ''l'' FROM pg_attribute
      WHERE attrelid = ''OrleansStorage''::regclass AND attname = ''payloadbinary''' INTO due;
  END IF;
  IF due THEN EXECUTE 'ALTER TABLE OrleansStorage ALTER COLUMN PayloadBinary SET COMPRESSION lz4'; END IF;
EXCEPTION WHEN feature_not_supported THEN NULL;
END $$;
