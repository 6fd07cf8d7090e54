using System.Data.Common;
using Npgsql;

namespace GoTo.Silo.Storage;

/// <summary>The connection to PostgreSQL as the operator names it, set up for a silo, which asks the same few things all day.</summary>
internal static class PostgreSqlConnection
{
    private const int Statements = 16;

    /// <summary>
    /// Unless the operator has said otherwise: statements that come again are prepared, since to read and plan the write of a
    /// call's journal costs PostgreSQL more than to do it; and a connection goes back to its pool as it is, since we leave
    /// nothing behind in a session. A pooler in between may want <c>Max Auto Prepare=0</c>.
    /// </summary>
    public static string ForSilo(string connection)
    {
        var settings = new NpgsqlConnectionStringBuilder(connection);
        // Npgsql's own ContainsKey says what could be set, not what is.
        var given = new DbConnectionStringBuilder { ConnectionString = connection };
        if (!given.ContainsKey("Max Auto Prepare")) settings.MaxAutoPrepare = Statements;
        if (!given.ContainsKey("No Reset On Close")) settings.NoResetOnClose = true;
        return settings.ToString();
    }
}
