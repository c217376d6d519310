using System.Globalization;
using System.Text;
using IoTF.Tests.Interop.Programs;

namespace IoTF.Tests.Interop.Brokers;

/// <summary><c>mosquitto_pub</c>. Each call returns when the broker has acknowledged what was published.</summary>
public static class MosquittoPublisher
{
    /// <exception cref="ProgramFailedException">The broker refused the client.</exception>
    public static Task PublishAsync(MosquittoClientOptions client, string topic, string text, int qos = 1, bool retain = false)
        => PublishAsync(client, topic, Encoding.UTF8.GetBytes(text), qos, retain);

    /// <exception cref="ProgramFailedException">The broker refused the client.</exception>
    public static Task PublishAsync(MosquittoClientOptions client, string topic, ReadOnlyMemory<byte> payload, int qos = 1, bool retain = false)
        // An empty message has an option of its own: -s takes an empty input for a mistake.
        => RunAsync(client, topic, payload.IsEmpty ? "-n" : "-s", payload, qos, retain);

    /// <summary>
    /// One message for each line, over one connection. Mosquitto 2.0 loses messages of QoS 1 and 2 when one call brings more than 65,535:
    /// it runs out of packet identifiers. So that many are refused here.
    /// </summary>
    /// <exception cref="ProgramFailedException">The broker refused the client.</exception>
    public static Task PublishLinesAsync(MosquittoClientOptions client, string topic, IReadOnlyCollection<string> lines, int qos = 1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lines.Count, ushort.MaxValue, nameof(lines));
        return RunAsync(client, topic, "-l", Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))), qos, retain: false);
    }

    private static async Task RunAsync(MosquittoClientOptions client, string topic, string source, ReadOnlyMemory<byte> input, int qos, bool retain)
    {
        List<string> arguments = [.. client.Arguments(), "-t", topic, "-q", qos.ToString(CultureInfo.InvariantCulture), source];
        if (retain)
        {
            arguments.Add("-r");
        }

        await using var program = RunningProgram.Start(DebianProgram.MosquittoPublish, arguments);
        try
        {
            await program.WriteInputAsync(input);
            program.CloseInput();
        }
        catch (IOException)
        {
            // The program ended before it read everything; its exit code and its words say why.
        }

        await program.WaitForSuccessAsync();
    }
}
