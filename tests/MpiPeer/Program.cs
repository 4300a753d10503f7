using System;
using System.Globalization;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Hosting;
using HpcRuntime.Primitives;
using HpcRuntime.Tests.MpiPeer;

// What the tests of the mpi fabric start under mpiexec. The first argument says what to do.
try
{
    return args is [var scenario, .. var rest] ? scenario switch
    {
        "binding" => BindingScenario.Run(),
        "faults" => FaultsScenario.Run(),
        "about" => AboutScenario.Run(rest),
        "own-mpi" => OwnMpiScenario.Run(),
        "own-mpi-arrays" => OwnMpiScenario.RunArrays(),
        "own-mpi-level" => OwnMpiScenario.RunLevel(Enum.Parse<Threading>(rest[0]), rest[1]),
        "own-mpi-part" => OwnMpiScenario.RunPart(),
        "own-mpi-multiple" => OwnMpiScenario.RunMultiple(int.Parse(rest[0], CultureInfo.InvariantCulture)),
        "own-mpinet" => OwnMpiNetScenario.Run(rest[0], begins: rest.Length == 1),
        "around" => AroundScenario.Run(),
        "pairs" => PairsScenario.Run(rest),
        "reopen" => ReopenScenario.Run(rest),
        "program" => HpcProgram.Run(rest, ProgramScenarios.Run),
        _ => 2,
    } : 2;
}
catch (HpcRuntimeException e)
{
    Console.Error.WriteLine(e.Message);
    return 3;
}
