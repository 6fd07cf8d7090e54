using GoTo.Accounts;
using GoTo.Calls;
using GoTo.Events;
using GoTo.Numbers;
using GoTo.Tenants;
using GoTo.Transfers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace GoTo.Journals;

/// <summary>What is stored of a grain goes with it when it moves to another silo, in the form in which it is stored: JSON.</summary>
internal static class StateSerializer
{
    private static readonly HashSet<Type> States =
    [
        typeof(AccountState), typeof(CallJournal), typeof(ConferenceState), typeof(DialState), typeof(EventChannelState),
        typeof(StoredRegistration), typeof(StoredTenant), typeof(StoredTenants), typeof(TransferJournal),
    ];

    public static IServiceCollection AddStateSerializer(this IServiceCollection services) =>
        services.AddSerializer(serializer => serializer.AddJsonSerializer(States.Contains));
}
