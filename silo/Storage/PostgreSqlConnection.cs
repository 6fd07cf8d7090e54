using Npgsql;

namespace GoTo.Silo.Storage;

/// <summary>The connection to PostgreSQL as the operator names it, with what its silos always do in the same few words.</summary>
internal static class PostgreSqlConnection
{
    private const int Statements = 16;

    /// <summary>
    /// Statements that come again are prepared, unless the operator has said how many: to read and plan the write of a call's
    /// journal costs PostgreSQL more than to do it. Zero turns it off, as a pooler in between may ask for.
    /// </summary>
    public static string Prepared(string connection)
    {
        var settings = new NpgsqlConnectionStringBuilder(connection);
        if (!settings.ContainsKey("Max Auto Prepare")) settings.MaxAutoPrepare = Statements;
        return settings.ToString();
    }
}
