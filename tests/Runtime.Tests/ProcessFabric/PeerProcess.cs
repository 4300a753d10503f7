using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using HpcRuntime.Backends.Native;
using HpcRuntime.Backends.Process;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>A real slave process (tests/TransportPeer) and the master's communicator to it.</summary>
internal sealed class PeerProcess : IDisposable
{
    public PeerProcess(int ringBytes = SlaveSegment.DefaultRingBytes, int cores = 2)
    {
        MasterSegment = MasterSegment.Create(cores);
        Master = new ShmMasterCommunicator(MasterSegment);
        Segment = SlaveSegment.Create(MasterSegment, 1, 1, ringBytes);
        Master.Attach(1, 1, Segment);
        var (memory, down, up) = Segment.Descriptors;
        Child = Spawner.Start(new ProcessStart(File, [File], Environment(Convert.ToHexString(MasterSegment.Secret)))
        {
            Descriptors = [(10, MasterSegment.Descriptor), (11, memory), (12, down), (13, up)],
            Nulls = [0],
        });
        Joined = Master.Expect(ArrivalKind.RankJoined);
    }

    public MasterSegment MasterSegment { get; }

    public SlaveSegment Segment { get; }

    public ShmMasterCommunicator Master { get; }

    public ChildProcess Child { get; }

    public Arrival Joined { get; }

    private static string File
    {
        get
        {
            var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
            return RepositoryFiles.PathOf($"tests/TransportPeer/bin/{configuration}/net10.0/HpcRuntime.Tests.TransportPeer");
        }
    }

    /// <summary>Kills it and takes its end.</summary>
    public ProcessEnd Kill()
    {
        Child.Signal(Signals.Kill);
        if (!Child.WaitForEnd(SharedWorld.Patience))
        {
            throw new TimeoutException("A killed process did not end.");
        }

        return Child.TryReap()!.Value;
    }

    public void Dispose()
    {
        Kill();
        Child.Dispose();
        Master.Dispose();
        Segment.Dispose();
        MasterSegment.Dispose();
    }

    private static Dictionary<string, string> Environment(string secret)
    {
        var variables = new Dictionary<string, string>();
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            variables[(string)variable.Key] = (string)variable.Value!;
        }

        variables["TRANSPORT_PEER_SECRET"] = secret;
        return variables;
    }
}
