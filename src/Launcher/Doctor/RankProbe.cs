using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Backends.Mpi.Launching;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Doctor;

/// <summary>One rank of the doctor's own job, a rank a host: starts MPI, says what it runs on, and sends messages to every other. Rank 0 tells, and its exit code is the job's.</summary>
internal sealed class RankProbe
{
    private const int FactsTag = 1;
    private const int PingTag = 2;
    private const int ClockTag = 3;
    private const int Rounds = 30;
    private const int PairsInFull = 30;
    private static readonly TimeSpan PingLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ClockLimit = TimeSpan.FromSeconds(1);

    private readonly ProgramHost _host;
    private readonly MpiEnvironment _mpi;
    private readonly Intracommunicator _world;
    private readonly string _subject;
    private bool _ill;

    private RankProbe(ProgramHost host, MpiEnvironment mpi)
    {
        _host = host;
        _mpi = mpi;
        _world = Intracommunicator.World;
        _subject = MpiFamilies.NameOf(MpiLibrary.Require().Abi.Family);
    }

    /// <summary>Runs this rank to its exit code.</summary>
    internal static int Run(ProgramHost host)
    {
        var launcher = MpiLauncher.Detect(host.Environment) ?? throw new UsageException("doctor-rank is what the ranks of hpcrun doctor run; start that.");
        try
        {
            using var mpi = new MpiEnvironment();
            LaunchedRank.Begin(host.Environment, launcher.Rank);
            var code = new RankProbe(host, mpi).Look();

            if (MpiLibrary.Require().Abi.Family == MpiFamily.Mpich)
            {
                // Without MPI_Finalize, in which MPICH over TCP now and then waits for ever; the barrier has every message be received before.
                Intracommunicator.World.Barrier();
                host.Output.Flush();
                OwnProcess.ExitAtOnce(code);
            }

            return code;
        }
        catch (FabricUnavailableException e)
        {
            if (launcher.Rank == 0)
            {
                host.Output.WriteLine(Finding.Ill(launcher.Name, e.Message, "install the library that belongs to the launcher, or choose the other launcher with --mpi"));
            }

            return ExitCodes.Failed;
        }
    }

    private int Look()
    {
        if (_world.Rank == 0)
        {
            Tell(Finding.Well(_subject, $"library {_mpi.LibraryVersion} ({_mpi.LibraryPath}) belongs to its launcher"));
            Tell(_mpi.Threading >= Threading.Serialized ? Finding.Well(_subject, $"thread level {_mpi.Threading.ToString().ToLowerInvariant()}")
                : Finding.Ill(_subject, $"thread level {_mpi.Threading.ToString().ToLowerInvariant()} only, and the fabric needs serialized", "use an MPI that was built with thread support (configure --enable-threads=multiple)"));
        }

        var facts = ExchangeFacts();
        PingAll(facts);
        CompareClocks(facts);
        return _ill ? ExitCodes.Failed : ExitCodes.Success;
    }

    /// <summary>Rank 0 gets the facts of all and compares; the other ranks get nothing.</summary>
    private IReadOnlyList<(string Host, string Net, string Program)> ExchangeFacts()
    {
        var own = $"{Environment.MachineName}\n{RuntimeInformation.FrameworkDescription}\n{ProgramHost.VersionText} {typeof(RankProbe).Module.ModuleVersionId}";
        if (_world.Rank != 0)
        {
            _world.Send(Encoding.UTF8.GetBytes(own), 0, FactsTag);
            return [];
        }

        var all = new List<(string Host, string Net, string Program)>();
        for (var rank = 0; rank < _world.Size; rank++)
        {
            var text = rank == 0 ? own : ReceiveText(rank);
            var words = text.Split('\n');
            all.Add((words[0], words[1], words[2]));
        }

        Compare("version of .NET", [.. all.Select(facts => (facts.Host, facts.Net))], "install the same .NET on every host");
        Compare("application", [.. all.Select(facts => (facts.Host, facts.Program))], "copy the same build to every host, or run from a directory that all share");
        return all;
    }

    private void Compare(string what, IReadOnlyList<(string Host, string Value)> values, string fix)
    {
        var groups = values.GroupBy(value => value.Value).OrderByDescending(group => group.Count()).ToList();
        Tell(groups.Count == 1 ? Finding.Well(what, $"the same on all ranks: {groups[0].Key.Split(' ')[0]}{(what == "application" ? string.Empty : " " + groups[0].Key.Split(' ')[^1])}")
            : Finding.Ill(what, "differs: " + string.Join("; ", groups.Select(group => $"{group.Key} on {string.Join(", ", group.Select(value => value.Host).Distinct())}")), fix));
    }

    /// <summary>Every pair in turn; all other ranks wait in the barrier.</summary>
    private void PingAll(IReadOnlyList<(string Host, string Net, string Program)> facts)
    {
        var times = new List<(string Pair, double Microseconds)>();
        for (var a = 0; a < _world.Size; a++)
        {
            for (var b = a + 1; b < _world.Size; b++)
            {
                var time = _world.Rank == a ? Ping(b) : _world.Rank == b ? Answer(a) : 0;
                if (_world.Rank == a && a != 0)
                {
                    _world.Send(time, 0, PingTag);
                }

                if (_world.Rank == 0)
                {
                    times.Add(($"{facts[a].Host} - {facts[b].Host}", a == 0 ? time : _world.Receive<double>(a, PingTag)));
                }

                _world.Barrier();
            }
        }

        if (_world.Rank == 0)
        {
            foreach (var (pair, time) in times.OrderByDescending(pair => pair.Microseconds).Take(PairsInFull))
            {
                Tell(Finding.Well("ping", FormattableString.Invariant($"{pair}: {time:0.0} us there (8 bytes)")));
            }
        }
    }

    private double Ping(int other)
    {
        var best = double.MaxValue;
        for (var i = 0; i < Rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            _world.Send((long)i, other, PingTag);
            Await(other, PingTag);
            _ = _world.Receive<long>(other, PingTag);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / 2);
        }

        return best;
    }

    private double Answer(int other)
    {
        for (var i = 0; i < Rounds; i++)
        {
            Await(other, PingTag);
            _world.Send(_world.Receive<long>(other, PingTag), other, PingTag);
        }

        return 0;
    }

    /// <summary>Waits for a message, for a while. A pair that cannot talk ends the job: MPI itself would wait for ever. Every rank says so, not rank 0 alone, which may not be of the pair.</summary>
    private void Await(int other, int tag)
    {
        var start = Stopwatch.GetTimestamp();
        while (_world.ImmediateProbe(other, tag) is null)
        {
            if (Stopwatch.GetElapsedTime(start) > PingLimit)
            {
                Console.Out.WriteLine(Finding.Ill("ping", FormattableString.Invariant($"{Environment.MachineName} (rank {_world.Rank}) hears nothing from rank {other} within {PingLimit.TotalSeconds} s"),
                    "open the ports between the two hosts (UCX_TCP_PORT_RANGE, OMPI_MCA_btl_tcp_port_min_v4), or name the network that joins them (UCX_NET_DEVICES, OMPI_MCA_btl_tcp_if_include)"));
                Console.Out.Flush();
                _world.Abort(ExitCodes.Failed);
            }

            Thread.Yield();
        }
    }

    /// <summary>Rank 0 asks every rank for its time; the shortest of several answers tells it best.</summary>
    private void CompareClocks(IReadOnlyList<(string Host, string Net, string Program)> facts)
    {
        if (_world.Rank != 0)
        {
            for (var i = 0; i < Rounds; i++)
            {
                _ = _world.Receive<long>(0, ClockTag);
                _world.Send(TimeProvider.System.GetUtcNow().Ticks, 0, ClockTag);
            }

            return;
        }

        var offsets = Enumerable.Range(1, _world.Size - 1).Select(rank => (facts[rank].Host, Offset: Offset(rank))).ToList();
        var wrong = offsets.Where(offset => offset.Offset.Duration() > ClockLimit).ToList();
        Tell(wrong.Count == 0
            ? Finding.Well("clocks", FormattableString.Invariant($"within {offsets.Max(offset => offset.Offset.Duration().TotalMilliseconds):0.00} ms of {facts[0].Host}'s"))
            : Finding.Ill("clocks", string.Join(", ", wrong.Select(offset => FormattableString.Invariant($"{offset.Host} is {offset.Offset.TotalSeconds:0.0} s off {facts[0].Host}'s"))), "run chrony or ntpd on every host; files and logs would lie about their times"));
    }

    private TimeSpan Offset(int rank)
    {
        var best = (Trip: TimeSpan.MaxValue, Offset: TimeSpan.Zero);
        for (var i = 0; i < Rounds; i++)
        {
            var (asked, start) = (TimeProvider.System.GetUtcNow().Ticks, Stopwatch.GetTimestamp());
            _world.Send(asked, rank, ClockTag);
            var there = _world.Receive<long>(rank, ClockTag);
            var trip = Stopwatch.GetElapsedTime(start);
            best = trip < best.Trip ? (trip, TimeSpan.FromTicks(there - asked) - (trip / 2)) : best;
        }

        return best.Offset;
    }

    private string ReceiveText(int rank)
    {
        var room = new byte[4096];
        var status = _world.Receive(rank, FactsTag, room);
        return Encoding.UTF8.GetString(room, 0, status.ByteCount);
    }

    private void Tell(Finding finding)
    {
        _ill |= finding.Health == Health.Ill;
        _host.Output.WriteLine(finding);
    }
}
