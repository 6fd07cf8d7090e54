using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using GoTo.LiveKit.Protocol;

namespace GoTo.LiveKitSdk.Tests;

/// <summary>Every message of ours, written and read by LiveKit's own protobuf classes, every field of it set.</summary>
public sealed class ProtocolTests(ProtocolScript script) : IClassFixture<ProtocolScript>
{
    /// <summary>All message types of the assembly, so that a new one is tested as soon as it is there.</summary>
    public static TheoryData<string> Messages =>
        [.. Descriptors.Keys.Order(StringComparer.Ordinal)];

    private static Dictionary<string, MessageDescriptor> Descriptors { get; } = typeof(ParticipantInfo).Assembly
        .GetTypes()
        .Where(type => type.IsAssignableTo(typeof(IMessage)) && type.Namespace == typeof(ParticipantInfo).Namespace
            || type.DeclaringType?.DeclaringType is not null && type.IsAssignableTo(typeof(IMessage)))
        .Select(type => (MessageDescriptor)type.GetProperty("Descriptor")!.GetValue(null)!)
        .ToDictionary(descriptor => descriptor.FullName, StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task LiveKits_classes_read_what_we_write_and_we_read_what_they_write(string type)
    {
        var descriptor = Descriptors[type];
        for (var variant = 0; variant < MessageSample.Variants(descriptor); variant++)
        {
            var ours = MessageSample.Of(descriptor, variant);
            var json = JsonFormatter.Default.Format(ours);

            var theirs = await script.Exchange(type, ours.ToByteArray(), json);

            Assert.True(
                JsonNode.DeepEquals(JsonNode.Parse(json), theirs.Json), $"Ours:\n{json}\nTheirs:\n{theirs.Json.ToJsonString()}");
            Assert.Equal(ours, descriptor.Parser.ParseFrom(theirs.Binary));
        }
    }
}

/// <summary>Messages with every field set, to values that differ from field to field.</summary>
internal static class MessageSample
{
    /// <summary>How many it takes for each case of a oneof and each value of an enum to be there once.</summary>
    public static int Variants(MessageDescriptor descriptor) => Variants(descriptor, []);

    /// <summary>One of these.</summary>
    public static IMessage Of(MessageDescriptor descriptor, int variant)
    {
        var next = 1;
        return Of(descriptor, variant, ref next);
    }

    private static int Variants(MessageDescriptor descriptor, HashSet<MessageDescriptor> seen)
    {
        if (!seen.Add(descriptor)) return 1;
        var fields = descriptor.Fields.InDeclarationOrder();
        var choices = descriptor.RealOneofs().Select(oneof => oneof.Fields.Count)
            .Concat(fields.Where(field => field.FieldType == FieldType.Enum).Select(field => field.EnumType.Values.Count))
            .Concat(fields.Where(field => field.FieldType == FieldType.Message)
                .Select(field => Variants(field.MessageType, seen)));
        return choices.DefaultIfEmpty(1).Max();
    }

    private static IMessage Of(MessageDescriptor descriptor, int variant, ref int next)
    {
        var message = descriptor.Parser.ParseFrom([]);
        foreach (var field in descriptor.Fields.InDeclarationOrder())
        {
            if (field.RealContainingOneof is { } oneof && oneof.Fields[variant % oneof.Fields.Count] != field) continue;
            if (field.IsMap)
            {
                var map = (System.Collections.IDictionary)field.Accessor.GetValue(message);
                var entry = field.MessageType;
                for (var i = 0; i < 2; i++)
                    map.Add(Value(entry.FindFieldByNumber(1), variant, ref next), Value(entry.FindFieldByNumber(2), variant, ref next));
            }
            else if (field.IsRepeated)
            {
                var list = (System.Collections.IList)field.Accessor.GetValue(message);
                for (var i = 0; i < 2; i++) list.Add(Value(field, variant, ref next));
            }
            else
            {
                field.Accessor.SetValue(message, Value(field, variant, ref next));
            }
        }
        return message;
    }

    private static object Value(FieldDescriptor field, int variant, ref int next)
    {
        var number = next++;
        return field.FieldType switch
        {
            FieldType.Bool => true,
            FieldType.String => $"{field.Name}-{number}-ü",
            FieldType.Bytes => ByteString.CopyFrom(0, 0xFF, (byte)number),
            FieldType.Enum => EnumValue(field, variant),
            FieldType.Message => Of(field.MessageType, variant, ref next),
            FieldType.Int32 => int.MinValue + number,
            FieldType.UInt32 => uint.MaxValue - (uint)number,
            FieldType.Int64 => long.MinValue + number,
            FieldType.UInt64 => ulong.MaxValue - (ulong)number,
            FieldType.Float => number + 0.5f,
            FieldType.Double => number + 0.25,
            var other => throw new NotSupportedException($"{field.FullName} is a {other}: give it a value here."),
        };
    }

    private static object EnumValue(FieldDescriptor field, int variant)
    {
        var value = field.EnumType.Values[variant % field.EnumType.Values.Count];
        return Enum.ToObject(field.EnumType.ClrType, value.Number);
    }

    private static IEnumerable<OneofDescriptor> RealOneofs(this MessageDescriptor descriptor) =>
        descriptor.Oneofs.Where(oneof => !oneof.IsSynthetic);
}

/// <summary>protocol.mjs, started once.</summary>
public sealed class ProtocolScript : IAsyncLifetime
{
    private NodeScript _script = null!;

    public async ValueTask InitializeAsync() => _script = await NodeScript.Start("protocol.mjs");

    public ValueTask DisposeAsync() => _script.DisposeAsync();

    internal async Task<(JsonNode Json, byte[] Binary)> Exchange(string type, byte[] binary, string json)
    {
        var answer = await _script.Call("exchange", new { type, binary, json = JsonNode.Parse(json) });
        return (answer!["json"]!, Convert.FromBase64String((string)answer["binary"]!));
    }
}
