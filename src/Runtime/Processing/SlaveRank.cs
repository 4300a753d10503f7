using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <summary>Makes what a slave runs, for fabrics whose slaves live in processes of their own: there it is handed to the fabric's slave side as a <see cref="RankEntry"/>.</summary>
public static class SlaveRank
{
    /// <summary>The slave of one rank, which the fabric then drives.</summary>
    public static IRank Create(RankSetting setting) => new SlaveLoop(setting, WireSerializer.Default, ApplicationTypes()) { OwnsProcess = true };

    /// <summary>What messages may name in this process: the application's types, those of an application in a load context of its own included.</summary>
    internal static WireTypePolicy ApplicationTypes()
    {
        var policy = WireTypePolicy.ForApplication();
        foreach (var assembly in PluginLoadContext.LoadedAssemblies)
        {
            policy.Register(assembly);
        }

        return policy;
    }
}
