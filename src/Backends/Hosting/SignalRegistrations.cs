using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace HpcRuntime.Hosting;

/// <summary>Sends SIGINT, SIGTERM and SIGHUP of this process to whoever ends what it does, until it is disposed.</summary>
internal sealed class SignalRegistrations : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>Takes the signals.</summary>
    internal SignalRegistrations(Action<PosixSignal> receive)
    {
        // Under nohup SIGHUP is ignored and stays so: the run is meant to outlive its terminal.
        PosixSignal[] signals = HangupIsIgnored() ? [PosixSignal.SIGINT, PosixSignal.SIGTERM] : [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
        foreach (var signal in signals)
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                receive(context.Signal);
            }));
        }
    }

    /// <summary>Lets the signals go.</summary>
    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private static bool HangupIsIgnored()
    {
        const string Status = "/proc/self/status";
        if (!File.Exists(Status))
        {
            return false;
        }

        var mask = File.ReadLines(Status).FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))?["SigIgn:".Length..].Trim();
        return ulong.TryParse(mask, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var ignored) && (ignored & 1) != 0;
    }
}
