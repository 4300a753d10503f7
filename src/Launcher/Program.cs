using HpcRuntime.Launcher;

return Hpcrun.ForConsole().Run(args);
