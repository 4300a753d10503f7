namespace HpcRuntime.Launcher.Doctor;

/// <summary>How a probe ended.</summary>
internal enum Health
{
    /// <summary>As it should be.</summary>
    Well,

    /// <summary>Worth knowing.</summary>
    Note,

    /// <summary>To be mended.</summary>
    Ill,
}

/// <summary>What one probe found.</summary>
/// <param name="Health">How it ended.</param>
/// <param name="Subject">What was looked at, in a few words.</param>
/// <param name="Text">What was found.</param>
/// <param name="Fix">What to do; of every probe that fails.</param>
internal sealed record Finding(Health Health, string Subject, string Text, string Fix = "")
{
    /// <summary>Nothing to do.</summary>
    internal static Finding Well(string subject, string text) => new(Health.Well, subject, text);

    /// <summary>Worth knowing.</summary>
    internal static Finding Note(string subject, string text) => new(Health.Note, subject, text);

    /// <summary>To be mended.</summary>
    internal static Finding Ill(string subject, string text, string fix) => new(Health.Ill, subject, text, fix);

    /// <summary>The finding as a line, and its fix as another.</summary>
    public override string ToString()
    {
        var mark = Health switch { Health.Well => "ok  ", Health.Note => "note", _ => "FAIL" };
        return $"{mark}  {Subject,-18} {Text}{(Fix.Length > 0 ? $"\n      {string.Empty,-18} fix: {Fix}" : string.Empty)}";
    }
}
