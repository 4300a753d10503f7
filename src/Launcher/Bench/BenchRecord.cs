using System;
using System.Buffers;
using System.Text;
using System.Text.Json;

namespace HpcRuntime.Launcher.Bench;

/// <summary>One repetition as one line of JSON, which starts with <c>{"system"</c>.</summary>
internal static class BenchRecord
{
    /// <summary>The line, without its end.</summary>
    internal static string Write(string system, Workload workload, Stage stage, string mode, int repetition, Measurement measured)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            var (before, after) = (measured.Before, measured.After);
            var (master, others) = (after.MasterSeconds - before.MasterSeconds, after.OthersSeconds - before.OthersSeconds);
            json.WriteStartObject();
            json.WriteString("system", system);
            json.WriteString("workload", workload.Name);
            json.WriteNumber("n_workers", stage.Slaves);
            json.WriteNumber("n_tasks", measured.Tasks);
            json.WriteNumber("payload", measured.Payload);
            json.WriteNumber("seconds", Math.Round(measured.Seconds, 6));
            json.WriteNumber("tasks_per_s", Math.Round(measured.Tasks / measured.Seconds, 3));
            if (measured.Mebibytes is { } moved)
            {
                json.WriteNumber("mb_per_s", Math.Round(moved / measured.Seconds, 3));
            }
            else
            {
                json.WriteNull("mb_per_s");
            }

            json.WriteNumber("master_cpu_s", Math.Round(master, 3));
            json.WriteNumber("workers_cpu_s", Math.Round(others, 3));
            json.WriteNumber("peak_rss_mb", Math.Round(after.PeakMebibytes, 1));
            json.WriteNumber("peak_rss_max_mb", Math.Round(after.LargestMebibytes, 1));
            json.WriteString("mode", mode);
            json.WriteNumber("rep", repetition);
            if (workload is not StartWorkload) // Which nobody watched from its beginning on.
            {
                json.WriteNumber("foreign_cpu_s", Math.Round(after.MachineSeconds - before.MachineSeconds - master - others, 3));
                json.WriteNumber("steal_s", Math.Round(after.StealSeconds - before.StealSeconds, 3));
            }

            foreach (var (name, value) in measured.More)
            {
                json.WritePropertyName(name);
                JsonSerializer.Serialize(json, value, value.GetType());
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
