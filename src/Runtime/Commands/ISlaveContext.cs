using System.Threading;
using HpcRuntime.Primitives;
using HpcRuntime.Wire;
using Serilog;

namespace HpcRuntime.Commands;

/// <summary>What a command sees of the slave that runs it. Used on the command's own threads while the command runs.</summary>
[CannotTravel("a slave stays where it is; return what the master needs instead")]
public interface ISlaveContext
{
    /// <summary>This slave's rank, 1 or more.</summary>
    int Rank { get; }

    /// <summary>Ranks in all, the master included, when the slave joined.</summary>
    int Size { get; }

    /// <summary>Host, process and, where slaves are threads, thread: for information.</summary>
    string Name { get; }

    /// <summary>Which execution of this command this is, counted from 1.</summary>
    int Attempt { get; }

    /// <summary>The label the command was queued with; null without one.</summary>
    string? Label { get; }

    /// <summary>Cancelled when the command should stop: its time is up, or the master no longer wants it.</summary>
    CancellationToken Cancellation { get; }

    /// <summary>A random stream that depends on the run's seed, the run and the command's place in it only: the same on every fabric, slave and attempt.</summary>
    RandomStream Random { get; }

    /// <summary>The data that the master sent with <c>SendData</c>, as it was when this command was queued.</summary>
    IDataStore Data { get; }

    /// <summary>Diagnostics: events travel to the master's log, apart from output.</summary>
    ILogger Log { get; }

    /// <summary>Sends a result home, where it is run once this command has ended well. Any number of times.</summary>
    void ReturnResult(ResultCommand result);
}

/// <summary>Named values on a rank.</summary>
public interface IDataStore
{
    /// <summary>The value called <paramref name="name"/>. Shared by the commands of this rank: leave it unchanged.</summary>
    /// <exception cref="DataNotFoundException">No such name on this rank, or the value is of another type.</exception>
    T Get<T>(string name);

    /// <summary>The value called <paramref name="name"/>, if it is here and a <typeparamref name="T"/>.</summary>
    bool TryGet<T>(string name, out T value);
}

/// <summary>A name that is not in the data store of a rank.</summary>
public sealed class DataNotFoundException : HpcRuntimeException
{
    /// <summary><paramref name="name"/> was not found on <paramref name="rank"/>; <paramref name="detail"/> says what is there.</summary>
    public DataNotFoundException(string name, int rank, string detail) : base($"No data called '{name}' on rank {rank}: {detail}")
    {
        Name = name;
        Rank = rank;
    }

    /// <summary>The name asked for.</summary>
    public string Name { get; }

    /// <summary>The rank that was asked.</summary>
    public int Rank { get; }
}
