using System.Security;
using IoTF.Client.Connecting;
using IoTF.Client.Faults;
using IoTF.Client.Receiving;
using IoTF.Client.Sending;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Protocol.Endpoints;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;
using IoTF.Tests.Unit.Client.Scripted;
using Xunit;

namespace IoTF.Tests.Unit.Client;

/// <summary>What tests of a session share: a server that does what it is told, a clock that the test moves, an identity.</summary>
public abstract class ClientTest : IAsyncLifetime
{
    protected const string Topic = "iot-2/evt/status/fmt/json";
    protected const string Commands = "iot-2/cmd/+/fmt/+";
    protected const string Reboot = "iot-2/cmd/reboot/fmt/json";

    /// <summary>How long a message may be unacknowledged in these tests, by the test's clock: a time that no other limit of a session has.</summary>
    protected static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(33);

    private readonly List<Session> _sessions = [];

    private protected ScriptedServer Server { get; } = new();

    private protected TestClock Clock { get; } = new();

    private protected NetworkWatch Network { get; } = new();

    protected SessionOptions Device => new()
    {
        Identity = ClientIdentity.ForDevice("abc123", "pump", "p1"),
        Endpoint = new ServiceEndpoint("127.0.0.1", Server.Port, secure: false),
    };

    protected SessionOptions Application => Device with { Identity = ClientIdentity.ForApplication("abc123", "dash") };

    protected static SubscriptionRequest CommandRequest => new(Commands, MessageKind.Command);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        foreach (var session in _sessions)
        {
            await session.DisposeAsync().AsTask().WaitAsync(Deadline.Limit);
        }
    }

    protected static SecureString Secret(string text)
    {
        var secret = new SecureString();
        foreach (var character in text)
        {
            secret.AppendChar(character);
        }

        return secret;
    }

    protected static Credential CredentialOf(string userName, string secret) => new(userName, Secret(secret));

    protected Session NewSession(SessionOptions options)
    {
        // The longest of the waits that chance leaves open.
        var session = new Session(options, Clock, Network, gate: null, () => 1);
        _sessions.Add(session);
        return session;
    }

    /// <summary>Opens a session and gives both ends of it.</summary>
    private protected async Task<(Session Session, ScriptedPeer Peer)> OpenAsync(SessionOptions options, MQTTnet.Packets.MqttConnAckPacket? answer = null)
    {
        var session = NewSession(options);
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        await peer.AcceptClientAsync(answer);
        if (options.Subscriptions.Count > 0)
        {
            await peer.GrantAsync();
        }

        await opening.WaitAsync(Deadline.Limit);
        return (session, peer);
    }

    /// <summary>Runs what blocks on a thread of its own.</summary>
    protected static Task Blocking(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(Deadline.Limit);

    /// <summary>Runs what blocks on a thread of its own.</summary>
    protected static Task<T> Blocking<T>(Func<T> function) =>
        Task.Factory.StartNew(function, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(Deadline.Limit);

    protected static PendingMessage Message(object input, QualityOfService qualityOfService = QualityOfService.AtLeastOnce) =>
        new(Topic, System.Text.Encoding.UTF8.GetBytes($"{input}"), qualityOfService, input);

    protected static void SendAll(SendBatch batch, int count, QualityOfService promise)
    {
        for (var i = 0; i < count; i++)
        {
            batch.Send(Message(i, promise), CancellationToken.None);
        }

        batch.Complete(CancellationToken.None);
    }

    protected static List<PendingMessage> ReportsOf(SendBatch batch)
    {
        var reports = new List<PendingMessage>();
        while (batch.TryTakeReport(out var message))
        {
            reports.Add(message);
        }

        return reports;
    }

    protected static async Task<Fault> FaultOf(Task task) => (await Assert.ThrowsAsync<FaultException>(() => task.WaitAsync(Deadline.Limit))).Fault;
}
