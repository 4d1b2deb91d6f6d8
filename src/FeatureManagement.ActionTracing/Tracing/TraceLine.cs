using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>Writes a trace as one line of JSON.</summary>
internal static class TraceLine
{
    public static void Write(Utf8JsonWriter json, TraceRecord trace)
    {
        json.WriteStartObject();
        json.WriteString("start", trace.Start.UtcDateTime);
        json.WriteString("name", trace.Name);
        json.WriteNumber("durationMs", Math.Round(trace.Duration.TotalMilliseconds, 3));
        json.WriteString("status", trace.Failed ? "error" : "ok");
        json.WriteString("traceId", trace.TraceId.ToHexString());
        json.WriteString("spanId", trace.SpanId.ToHexString());
        if (trace.ParentSpanId != default)
            json.WriteString("parentSpanId", trace.ParentSpanId.ToHexString());
        if (trace.Tags.Count > 0)
            WriteTags(json, "tags", trace.Tags);
        if (trace.Events.Count > 0)
        {
            json.WriteStartArray("events");
            foreach (ActivityEvent happening in trace.Events)
            {
                json.WriteStartObject();
                json.WriteString("name", happening.Name);
                json.WriteString("time", happening.Timestamp.UtcDateTime);
                WriteTags(json, "tags", happening.Tags);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteTags(Utf8JsonWriter json, string property, IEnumerable<KeyValuePair<string, object?>> tags)
    {
        json.WriteStartObject(property);
        foreach ((string name, object? value) in tags)
        {
            json.WritePropertyName(name);
            switch (value)
            {
                case null:
                    json.WriteNullValue();
                    break;
                case bool flag:
                    json.WriteBooleanValue(flag);
                    break;
                case int number:
                    json.WriteNumberValue(number);
                    break;
                case long number:
                    json.WriteNumberValue(number);
                    break;
                case double number when double.IsFinite(number):
                    json.WriteNumberValue(number);
                    break;
                default:
                    json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                    break;
            }
        }
        json.WriteEndObject();
    }
}
