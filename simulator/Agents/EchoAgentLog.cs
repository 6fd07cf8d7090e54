namespace GoTo.Simulator.Agents;

/// <summary>What an echo agent logs.</summary>
internal static partial class EchoAgentLog
{
    [LoggerMessage(1, LogLevel.Warning, "The worker socket was {How}: no jobs come until it is open again")]
    public static partial void WorkerSocketEnded(this ILogger<EchoAgent> logger, string how);

    [LoggerMessage(2, LogLevel.Warning, "Job {Job} failed")]
    public static partial void JobFailed(this ILogger<EchoAgent> logger, string job, Exception error);
}
