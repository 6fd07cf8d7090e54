using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using GoTo.WebRtc;

namespace GoTo.Media;

/// <summary>
/// The announcements of a silo: Ogg Opus files of one folder (<see cref="MediaSettings.Announcements"/>), by their name
/// without <c>.opus</c>. Each is read once.
/// </summary>
internal sealed partial class AnnouncementFolder(MediaSettings settings)
{
    private readonly ConcurrentDictionary<string, Announcement> _read = new(StringComparer.Ordinal);

    /// <summary>An announcement by its name.</summary>
    /// <exception cref="AnnouncementException">There is none, or its file cannot be played.</exception>
    public Announcement Find(string name)
    {
        if (settings.Announcements is not { } folder)
            throw new AnnouncementException($"{MediaSettings.Section}:{nameof(settings.Announcements)} names no folder of announcements.");
        // The name comes from a service: it must not lead out of the folder.
        if (!Name().IsMatch(name)) throw new AnnouncementException("An announcement's name is letters, digits, '-' and '_'.");
        try
        {
            return _read.GetOrAdd(name, _ => Announcement.ReadFile(Path.Combine(folder, $"{name}.opus")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OggOpusException or InvalidDataException)
        {
            throw new AnnouncementException($"The announcement '{name}' cannot be played: {e.Message}");
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex Name();
}

/// <summary>An announcement cannot be played; the message says why.</summary>
internal sealed class AnnouncementException(string message) : Exception(message);
