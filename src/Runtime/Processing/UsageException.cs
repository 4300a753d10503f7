using HpcRuntime.Primitives;

namespace HpcRuntime.Processing;

/// <summary>Bad arguments or bad input of an application: one clear message, exit code 2.</summary>
public sealed class UsageException(string message) : HpcRuntimeException(message);
