namespace GoTo.Api;

/// <summary>
/// A user of the account (specification section 14.4, which names the route but gives it no shape; the fields are those
/// of GoTo's public API).
/// </summary>
/// <param name="Key">The user's key.</param>
/// <param name="Name">The user's name as GoTo tells it, often an e-mail address, or null.</param>
/// <param name="Lines">The user's lines; empty when not told.</param>
public sealed record User(string Key, string? Name, IReadOnlyList<Line> Lines);
