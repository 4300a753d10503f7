namespace HpcRuntime.Processing;

/// <summary>Something that a running command says to the master, and what is then to be done there. The floor above derives its own.</summary>
internal abstract class CommandWord
{
    /// <summary>On the master, by whoever drives, with the baton: short, and no code of the user's.</summary>
    internal abstract void Arrive(Processor processor, CommandEntry entry);
}

/// <summary>Something that the master says to a running command, and what is then to be done on the slave.</summary>
internal abstract class MasterWord
{
    /// <summary>On the slave, by whichever thread takes arrivals: short, and no code of the user's.</summary>
    internal abstract void Arrive(SlaveContext slave);
}
