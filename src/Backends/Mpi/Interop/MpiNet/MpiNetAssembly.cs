using System;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Mpi.Interop.MpiNet;

/// <summary>The assembly of MPI.NET that the user supplied. Nothing here is compiled against it: its members are looked up once, by the names and parameters they have in release 1.4.</summary>
internal sealed class MpiNetAssembly
{
    /// <summary>What its imports call the library.</summary>
    internal const string Import = "msmpi.dll";

    private const string Name = "MPI";
    private const string CallsType = "MPI.Unsafe";
    private const string StatusType = "MPI.Unsafe+MPI_Status";
    private const string Wanted = "give the MPI.dll of MPI.NET 1.4 (lib/netstandard2.0 of the NuGet package MPI.NET 1.4.0)";

    private readonly Assembly _assembly;
    private readonly string _where;
    private readonly Type _calls;

    private MpiNetAssembly(Assembly assembly, string where)
    {
        (_assembly, _where) = (assembly, where);
        _calls = Type(CallsType);
    }

    /// <summary>Its version.</summary>
    internal string Version => _assembly.GetName().Version!.ToString(3);

    /// <summary>Finds the assembly, loads it, and binds to its members.</summary>
    /// <exception cref="FabricUnavailableException">It is not there, or not MPI.NET 1.4; the message says which and what to do.</exception>
    internal static MpiNetBinding Load(MpiNetChoice choice)
    {
        var net = choice.Path is { } path ? FromFile(path, choice.Origin + path) : FromProgram();
        var status = net.Type(StatusType);
        if (Marshal.SizeOf(status) != MpiNetBinding.StatusBytes)
        {
            throw net.Refuse($"its {StatusType} has {Marshal.SizeOf(status)} bytes, not {MpiNetBinding.StatusBytes}");
        }

        return (MpiNetBinding)Activator.CreateInstance(typeof(MpiNetBinding<>).MakeGenericType(status), BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DoNotWrapExceptions, null, [net], null)!;
    }

    /// <summary>One of its calls of MPI.</summary>
    /// <exception cref="FabricUnavailableException">It has none of that name with those parameters, or not for the library's Windows name.</exception>
    internal TCall Call<TCall>(string name)
        where TCall : Delegate
    {
        var call = (TCall?)Delegate.CreateDelegate(typeof(TCall), _calls, name, ignoreCase: false, throwOnBindFailure: false)
            ?? throw Refuse($"it has no {CallsType}.{name} with the parameters of release 1.4");
        return call.Method.GetCustomAttribute<DllImportAttribute>() is { Value: not Import } import ? throw Refuse($"it was built for {import.Value}, not for {Import}") : call;
    }

    /// <summary>Begins MPI as a program with MPI.NET does, so that its communicators are there for the application too.</summary>
    internal void Begin(Threading wanted)
    {
        var threading = Type("MPI.Threading");
        var constructor = Type("MPI.Environment").GetConstructor([typeof(string[]).MakeByRefType(), threading])
            ?? throw Refuse("its MPI.Environment has no constructor with arguments and a thread level");
        try
        {
            constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [null, Enum.ToObject(threading, (int)wanted)], null);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // The runtime adds lines on how to trace its loader.
            throw new FabricUnavailableException("mpi", $"mpi.binding=mpinet: {_where}: MPI.NET could not begin MPI ({e.Message.Split(". ")[0].TrimEnd('.')}); where the program resolves {Import} itself, have it give MPICH's library.", e);
        }
    }

    /// <summary>Has its imports go to a library.</summary>
    internal void ConnectTo(MpiLibrary library)
    {
        try
        {
            NativeLibrary.SetDllImportResolver(_assembly, (name, _, _) => name == Import ? library.Handle : 0);
        }
        catch (InvalidOperationException)
        {
            // The application uses MPI.NET itself and has told it where MPI is. Whether that is the same library shows once MPI has begun.
        }
    }

    /// <summary>The error for an assembly that cannot be used.</summary>
    internal FabricUnavailableException Refuse(string why) => Refuse(_where, why);

    private static FabricUnavailableException Refuse(string where, string why, Exception? inner = null) => new("mpi", $"mpi.binding=mpinet: {where}: {why}; {Wanted}.", inner);

    private static MpiNetAssembly FromFile(string path, string where)
    {
        var file = Path.GetFullPath(Directory.Exists(path) ? Path.Combine(path, Name + ".dll") : path);
        if (!File.Exists(file))
        {
            throw Refuse(where, Directory.Exists(path) ? "there is no MPI.dll in that folder" : "there is no such file");
        }

        try
        {
            Check(AssemblyName.GetAssemblyName(file), where);
            return new MpiNetAssembly(Assembly.LoadFrom(file), where); // Finds what it needs in its own folder.
        }
        catch (BadImageFormatException e)
        {
            throw Refuse(where, "it is not a .NET assembly", e);
        }
        catch (FileLoadException e)
        {
            throw Refuse(where, $"it cannot be loaded ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static MpiNetAssembly FromProgram()
    {
        Assembly assembly;
        try
        {
            assembly = Assembly.Load(new AssemblyName(Name));
        }
        catch (FileNotFoundException e)
        {
            throw new FabricUnavailableException("mpi", $"mpi.binding=mpinet: no MPI.dll was given, and the program comes with none; {Wanted} with --set mpi.net-assembly=PATH or {MpiNetChoice.Variable}, or leave mpi.binding out.", e);
        }

        var where = assembly.Location.Length > 0 ? assembly.Location : Name;
        Check(assembly.GetName(), where);
        return new MpiNetAssembly(assembly, where);
    }

    private static void Check(AssemblyName name, string where)
    {
        if (name.Name != Name)
        {
            throw Refuse(where, $"it is {name.Name} {name.Version?.ToString(3)}, not MPI.NET");
        }

        if (name.Version is not { Major: 1, Minor: 4 })
        {
            throw Refuse(where, $"it is version {name.Version?.ToString(3)} of MPI.NET, and the fabric knows 1.4");
        }
    }

    private Type Type(string name) => _assembly.GetType(name) ?? throw Refuse($"it has no {name}");
}
