namespace GoTo.Simulator.Cloud;

/// <summary>The devices of the public API: which channel hears of the calls of which extensions.</summary>
internal sealed class CloudDevices
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string AccountKey, string Id), Device> _devices = [];

    public void Register(CloudAccount account, string id, string channelId)
    {
        lock (_gate)
            _devices[(account.Key, id)] = new Device(channelId, _devices.GetValueOrDefault((account.Key, id))?.Extensions ?? []);
    }

    public void Ring(CloudAccount account, string id, IReadOnlyList<string> extensions)
    {
        lock (_gate)
        {
            if (!_devices.TryGetValue((account.Key, id), out var device))
                throw CloudRefusal.NotFound("DEVICE_NOT_FOUND", "The device is not registered.");
            var unknown = extensions.FirstOrDefault(number => account.Lines.All(line => line.Extension != number));
            if (unknown is not null)
                throw CloudRefusal.NotFound("EXTENSION_NOT_FOUND", $"The account has no extension '{unknown}'.");
            _devices[(account.Key, id)] = device with { Extensions = extensions };
        }
    }

    public void Unregister(CloudAccount account, string id)
    {
        lock (_gate)
        {
            if (!_devices.Remove((account.Key, id)))
                throw CloudRefusal.NotFound("DEVICE_NOT_FOUND", "The device is not registered.");
        }
    }

    public bool Has(CloudAccount account, string? id)
    {
        lock (_gate)
            return id is not null && _devices.ContainsKey((account.Key, id));
    }

    /// <summary>Whether a channel hears of the calls of an extension.</summary>
    public bool Hears(string channelId, string accountKey, string extension)
    {
        lock (_gate)
        {
            return _devices.Any(pair => pair.Key.AccountKey == accountKey && pair.Value.ChannelId == channelId
                && pair.Value.Extensions.Contains(extension));
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
                return _devices.Count;
        }
    }

    private sealed record Device(string ChannelId, IReadOnlyList<string> Extensions);
}
