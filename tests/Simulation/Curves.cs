namespace HpcRuntime.Simulation;
internal sealed class Curves(SimulationArguments arguments)
{
    internal void Draw(string folder) => System.Console.WriteLine(folder + arguments);
}
