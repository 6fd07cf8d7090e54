using System.Globalization;

namespace GoTo.Bench;

/// <summary>Who uses the machine's cores: the silo, this process, and all else together (a database, other programs).</summary>
/// <param name="Silo">CPU time of the silo.</param>
/// <param name="Here">CPU time of this process.</param>
/// <param name="Machine">CPU time of everything.</param>
internal readonly record struct CpuUse(TimeSpan Silo, TimeSpan Here, TimeSpan Machine)
{
    public static CpuUse Of(CallsHouse house) => new(house.SiloCpu, Environment.CpuUsage.TotalTime, OfMachine());

    /// <summary>In cores, over a time.</summary>
    public string Since(CpuUse before, TimeSpan span)
    {
        var (silo, here, machine) = ((Silo - before.Silo) / span, (Here - before.Here) / span, (Machine - before.Machine) / span);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"of {Environment.ProcessorCount} cores the silo used {silo:0.00}, cloud, room server and client {here:0.00}, all else {machine - silo - here:0.00}");
    }

    /// <summary>/proc/stat: user, nice, system, idle, iowait, irq, softirq, steal, in hundredths of a second.</summary>
    private static TimeSpan OfMachine()
    {
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1).Take(7).Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return TimeSpan.FromMilliseconds((ticks.Sum() - ticks[3] - ticks[4]) * 10);
    }
}
