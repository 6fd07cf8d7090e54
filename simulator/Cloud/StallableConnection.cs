using Microsoft.AspNetCore.Http.Features;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// The connection under a WebSocket, which can be made half-open: it stays, nothing that is sent arrives, and nothing that
/// arrives is heard, pings among it. Without the upgrade of a real connection there is none.
/// </summary>
internal sealed class StallableConnection(IHttpUpgradeFeature upgrade) : IHttpUpgradeFeature
{
    private readonly TaskCompletionSource _never = new();
    private volatile bool _stalled;

    public bool IsUpgradableRequest => upgrade.IsUpgradableRequest;

    /// <summary>Puts itself under the WebSockets to come.</summary>
    public static Task Apply(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { } upgrade)
            context.Features.Set<IHttpUpgradeFeature>(new StallableConnection(upgrade));
        return next(context);
    }

    /// <summary>From now on it is half-open, until either side gives it up.</summary>
    public void Stall() => _stalled = true;

    public async Task<Stream> UpgradeAsync() => new Passage(this, await upgrade.UpgradeAsync());

    private sealed class Passage(StallableConnection connection, Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            if (connection._stalled && read > 0)
                await connection._never.Task.WaitAsync(cancellationToken);
            return read;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            connection._stalled ? ValueTask.CompletedTask : inner.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) =>
            connection._stalled ? Task.CompletedTask : inner.FlushAsync(cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
