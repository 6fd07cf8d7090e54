using GoTo.Silo.Storage;
using Npgsql;

namespace GoTo.Silo.Tests.Storage;

public sealed class PostgreSqlConnectionTests
{
    [Theory]
    [InlineData("Host=db;Username=goto", 16, true)]
    [InlineData("Host=db;Max Auto Prepare=0", 0, true)]
    [InlineData("host=db;max auto prepare=4;no reset on close=false", 4, false)]
    public void A_silo_prepares_its_statements_unless_the_operator_says_otherwise(string given, int statements, bool asItIs)
    {
        var settings = new NpgsqlConnectionStringBuilder(PostgreSqlConnection.ForSilo(given));

        Assert.Equal(("db", statements, asItIs), (settings.Host, settings.MaxAutoPrepare, settings.NoResetOnClose));
    }
}
