using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Docs;
using HpcRuntime.Fabrics;
using HpcRuntime.Hosting;

if (args is not [var folder])
{
    Console.Error.WriteLine("usage: DocsGenerator FOLDER   (scripts/docs.sh calls it)");
    return 2;
}

var assemblies = new[] { typeof(Fabric).Assembly, typeof(Application).Assembly };
var comments = new Comments();
foreach (var assembly in assemblies)
{
    comments.Add(assembly);
}

var pages = new Pages(comments);
var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
{
    ["README.md"] = Pages.Index(assemblies.Select(a => (a, Surface.Types(a)))),
    ["options.md"] = OptionTables.Page(typeof(Application).Assembly),
};
foreach (var room in assemblies.SelectMany(Surface.Types).GroupBy(t => t.Namespace!))
{
    files[room.Key + ".md"] = pages.Page(room.Key, room);
}

Directory.CreateDirectory(folder);
foreach (var old in Directory.GetFiles(folder, "*.md").Where(f => !files.ContainsKey(Path.GetFileName(f))))
{
    File.Delete(old);
}

foreach (var (name, text) in files)
{
    File.WriteAllText(Path.Combine(folder, name), text);
}

Console.WriteLine($"{files.Count} pages in {folder}");
return 0;
