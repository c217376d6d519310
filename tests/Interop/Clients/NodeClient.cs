using System.Text.Json;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;

namespace IoTF.Tests.Interop.Clients;

/// <summary>IBM's client for Node.js, unchanged, in a process of its own (<c>Node/client.js</c>).</summary>
public sealed class NodeClient : IAsyncDisposable
{
    private NodeClient(RunningProgram program) => Program = program;

    /// <summary>Its lines: what happened, then the details, divided by '|'.</summary>
    public RunningProgram Program { get; }

    /// <summary>The folder of the scripts. Its packages are installed by <c>npm ci</c>, as <c>.ci/run</c> does.</summary>
    private static string Folder { get; } = Path.Combine(StagedModule.Root, "tests", "Interop", "Node");

    /// <summary>What the client makes of a configuration (<c>Node/configuration.js</c>).</summary>
    /// <param name="role">Who connects.</param>
    /// <param name="variables">The variables.</param>
    /// <param name="file">A YAML file to read in their place.</param>
    public static async Task<JsonElement> ConfigureAsync(string role, IReadOnlyDictionary<string, string> variables, string? file = null)
    {
        await using var program = RunningProgram.Start(DebianProgram.Node, [Script("configuration.js"), role, .. file is null ? [] : new[] { file }], variables);
        await program.WaitForSuccessAsync();
        return JsonDocument.Parse(program.Output.Snapshot()[0]).RootElement;
    }

    /// <summary>Starts the client; it connects at once.</summary>
    /// <param name="role">Who connects.</param>
    /// <param name="variables">Its variables.</param>
    public static NodeClient Start(string role, IReadOnlyDictionary<string, string> variables) =>
        new(RunningProgram.Start(DebianProgram.Node, ["-r", Script("local-names.js"), Script("client.js"), role], variables));

    /// <summary>Starts the client and waits until it is connected.</summary>
    /// <param name="role">Who connects.</param>
    /// <param name="variables">Its variables.</param>
    public static async Task<NodeClient> ConnectAsync(string role, IReadOnlyDictionary<string, string> variables)
    {
        var client = Start(role, variables);
        await client.Program.WaitForLineAsync(static line => line == "connect");
        return client;
    }

    /// <summary>Calls a method of the client; with a callback, its call is followed by <c>done|method|result</c>.</summary>
    public Task CallAsync(string method, params object?[] values) =>
        Program.WriteInputAsync(JsonSerializer.SerializeToUtf8Bytes<object?[]>([method, .. values]).Append((byte)'\n').ToArray());

    /// <summary>Calls a method and waits until the service has acknowledged it.</summary>
    public async Task DoAsync(string method, params object?[] values)
    {
        var from = Program.Output.Count;
        await CallAsync(method, values);
        await Program.Output.WaitForAsync(line => line == $"done|{method}|ok", from: from);
    }

    /// <summary>Calls a method that subscribes, with or without a callback, and waits until the service has granted it.</summary>
    public async Task SubscribeAsync(string method, params object?[] values)
    {
        var from = Program.Output.Count;
        await CallAsync(method, values);
        await Program.Output.WaitForAsync(IsGranted, from: from);
    }

    /// <summary>Waits until the client has lost its connection, is there again, and has subscribed again, all in one packet.</summary>
    /// <param name="from">How many lines there were before.</param>
    public async Task WaitForReturnAsync(int from)
    {
        await Program.Output.WaitForAsync(static line => line == "close", from: from);
        await Program.Output.WaitForAsync(static line => line == "connect", from: from);
        await Program.Output.WaitForAsync(IsGranted, from: from);
    }

    public ValueTask DisposeAsync() => Program.DisposeAsync();

    private static bool IsGranted(string line) => line.StartsWith("subscribed|", StringComparison.Ordinal);

    private static string Script(string name) => Directory.Exists(Path.Combine(Folder, "node_modules", "@wiotp", "sdk"))
        ? Path.Combine(Folder, name)
        : throw new MissingProgramException($"IBM's client for Node.js is not installed. Run 'npm ci' in {Folder}, or .ci/run, which does.");
}
