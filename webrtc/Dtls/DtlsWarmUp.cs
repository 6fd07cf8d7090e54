using GoTo.WebRtc.Srtp;

namespace GoTo.WebRtc.Dtls;

/// <summary>A handshake in memory that makes the runtime compile DTLS and SRTP before the first call.</summary>
internal static class DtlsWarmUp
{
    private static readonly SrtpProfile[] Profiles = [SrtpProfile.AeadAes128Gcm];

    public static Task Run(DtlsEngineFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        if (!DtlsFingerprints.TryParse([factory.Identity.Fingerprint], out var fingerprints, out var error))
        {
            throw new InvalidOperationException(error);
        }

        var client = new End();
        var server = new End();
        client.Engine = factory.Create(Profiles, client);
        server.Engine = factory.Create(Profiles, server);
        client.Other = server.Engine;
        server.Other = client.Engine;
        server.Engine.Start(DtlsRole.Server, fingerprints);
        client.Engine.Start(DtlsRole.Client, fingerprints);
        return Task.WhenAll(client.Closed.Task, server.Closed.Task);
    }

    private sealed class End : IDtlsSink
    {
        public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IDtlsEngine? Engine { get; set; }

        public IDtlsEngine? Other { get; set; }

        public void SendDtls(ReadOnlySpan<byte> datagram) => Other!.Feed(datagram);

        public void OnDtlsConnected(SrtpKeys keys)
        {
            using var session = new SrtpSession(keys);
            Span<byte> packet = stackalloc byte[64];
            packet.Clear();
            packet[0] = 0x80;
            session.UnprotectRtp(packet[..session.ProtectRtp(packet, 40)], out _);
            Engine!.Close();
        }

        public void OnDtlsClosed(DtlsCloseReason reason, string? detail) => Closed.SetResult();
    }
}
