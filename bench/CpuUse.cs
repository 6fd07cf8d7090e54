using System.Globalization;

namespace GoTo.Bench;

/// <summary>Who uses the machine's cores: the silo, the simulators, this process, and all else together (a database, other programs).</summary>
/// <param name="Silo">CPU time of the silo.</param>
/// <param name="Cloud">CPU time of cloud and room server.</param>
/// <param name="Here">CPU time of this process.</param>
/// <param name="Machine">CPU time of everything.</param>
internal readonly record struct CpuUse(TimeSpan Silo, TimeSpan Cloud, TimeSpan Here, TimeSpan Machine)
{
    public static CpuUse Of(CallsHouse house) => new(house.SiloCpu, house.CloudCpu, Environment.CpuUsage.TotalTime, OfMachine());

    /// <summary>In cores, over a time.</summary>
    public string Since(CpuUse before, TimeSpan span)
    {
        var (silo, cloud) = ((Silo - before.Silo) / span, (Cloud - before.Cloud) / span);
        var (here, machine) = ((Here - before.Here) / span, (Machine - before.Machine) / span);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"of {Environment.ProcessorCount} cores the silo used {silo:0.00}, cloud and room server {cloud:0.00}, the client {here:0.00}, all else {machine - silo - cloud - here:0.00}");
    }

    /// <summary>/proc/stat: user, nice, system, idle, iowait, irq, softirq, steal, in hundredths of a second.</summary>
    private static TimeSpan OfMachine()
    {
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1).Take(7).Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return TimeSpan.FromMilliseconds((ticks.Sum() - ticks[3] - ticks[4]) * 10);
    }
}
