using System.Globalization;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Signals;

namespace IoTF.Tests.Interop.Brokers;

/// <summary>What to subscribe to.</summary>
/// <param name="Filters">Topic filters, at least one.</param>
public sealed record MosquittoSubscription(params string[] Filters)
{
    public int QoS { get; init; } = 2;

    /// <summary>After how many messages the subscriber disconnects and ends; null to stay.</summary>
    public int? Count { get; init; }

    /// <summary>False to keep the session at the broker; needs a ClientId.</summary>
    public bool CleanSession { get; init; } = true;
}

/// <summary><c>mosquitto_sub</c>, subscribed for certain: it has the broker's SUBACK.</summary>
public sealed class MosquittoSubscriber : IAsyncDisposable
{
    private readonly RunningProgram program;

    private MosquittoSubscriber(RunningProgram program) => this.program = program;

    /// <summary>The messages received so far, in order.</summary>
    public IReadOnlyList<ReceivedMessage> Messages => [.. program.Output.Snapshot().Where(ReceivedMessage.IsMessage).Select(ReceivedMessage.Parse)];

    /// <exception cref="SignalMissedException">The broker refused the client, or did not acknowledge.</exception>
    public static async Task<MosquittoSubscriber> StartAsync(MosquittoClientOptions client, MosquittoSubscription subscription)
    {
        List<string> arguments = ["-d", "-F", ReceivedMessage.Format, "-q", Number(subscription.QoS), .. client.Arguments()];
        arguments.AddRange(subscription.Filters.SelectMany(filter => new[] { "-t", filter }));
        if (subscription.Count is { } count)
        {
            arguments.AddRange(["-C", Number(count)]);
        }

        if (!subscription.CleanSession)
        {
            arguments.Add("-c");
        }

        var program = RunningProgram.Start(DebianProgram.MosquittoSubscribe, arguments, lineBuffered: true);
        try
        {
            await program.WaitForLineAsync(line => line.StartsWith("Subscribed (mid:", StringComparison.Ordinal));
            return new MosquittoSubscriber(program);
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    /// <summary>The first messages, in order, once so many have come.</summary>
    public async Task<IReadOnlyList<ReceivedMessage>> WaitForMessagesAsync(int count, TimeSpan? timeout = null)
    {
        var lines = await program.Output.WaitForManyAsync(count, ReceivedMessage.IsMessage, timeout);
        return [.. lines.Select(ReceivedMessage.Parse)];
    }

    /// <summary>A message that fits, past or future.</summary>
    public async Task<ReceivedMessage> WaitForMessageAsync(Func<ReceivedMessage, bool> predicate, TimeSpan? timeout = null)
        => ReceivedMessage.Parse(await program.Output.WaitForAsync(
            line => ReceivedMessage.IsMessage(line) && predicate(ReceivedMessage.Parse(line)), timeout));

    /// <summary>Waits until the subscriber has ended by itself, because of <see cref="MosquittoSubscription.Count"/>.</summary>
    public Task WaitForEndAsync(TimeSpan? timeout = null) => program.WaitForSuccessAsync(timeout);

    /// <summary>Says goodbye with DISCONNECT and ends.</summary>
    public async Task DisconnectAsync()
    {
        program.Send(Signal.Interrupt);
        await program.WaitForExitAsync();
    }

    /// <summary>Ends without DISCONNECT.</summary>
    public async Task KillAsync()
    {
        program.Send(Signal.Kill);
        await program.WaitForExitAsync();
    }

    public ValueTask DisposeAsync() => program.DisposeAsync();

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
