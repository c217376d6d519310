using System.Net;
using System.Runtime.Loader;
using System.Text;
using IoTF.Client.Connecting;
using IoTF.Client.Receiving;
using IoTF.Client.Sending;
using IoTF.Client.Sessions;
using IoTF.Emulator;
using IoTF.Emulator.Registry;
using IoTF.Mqtt;
using IoTF.Protocol.Endpoints;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.Tests.Net8Host;

/// <summary>Scene A over TLS, through the assemblies behind the cmdlets.</summary>
internal static class Scene
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task<string> TalkAsync()
    {
        await using var emulator = await LocalEmulator.StartAsync(new EmulatorOptions { Organization = "abc123", Port = 0 }, CancellationToken.None);
        var pump = emulator.RegisterDevice(organization: null, "pump", "p1");
        var key = emulator.CreateApiKey();
        var options = new SessionOptions
        {
            Identity = ClientIdentity.ForDevice("abc123", "pump", "p1"),
            Endpoint = new ServiceEndpoint(emulator.HostName, emulator.Port, secure: true),
            TrustedAuthorities = [emulator.CertificateAuthority],
            Credential = Credential(pump),
        };
        await using var device = new Session(options with { Subscriptions = [new SubscriptionRequest("iot-2/cmd/+/fmt/+", MessageKind.Command)] });
        await using var application = new Session(options with
        {
            Identity = ClientIdentity.ForApplication("abc123", "dashboard"),
            Credential = Credential(key),
            Subscriptions = [new SubscriptionRequest("iot-2/type/+/id/+/evt/+/fmt/+", MessageKind.Event)],
        });
        await device.OpenAsync(CancellationToken.None);
        await application.OpenAsync(CancellationToken.None);
        var events = await application.ReceiveAsync(application.Options.Subscriptions[0], CancellationToken.None);
        var commands = await device.ReceiveAsync(device.Options.Subscriptions[0], CancellationToken.None);
        Send(device, "iot-2/evt/status/fmt/json", """{"temperature":21.5}""");
        var heard = Text(events);
        Send(application, "iot-2/type/pump/id/p1/cmd/reboot/fmt/json", """{"delay":3}""");
        var contexts = AppDomain.CurrentDomain.GetAssemblies()
            .Where(static assembly => assembly.GetName().Name is "MQTTnet" or "IoTF.Client")
            .Select(static assembly => AssemblyLoadContext.GetLoadContext(assembly)!.Name).Distinct();
        return $"event: {heard}, command: {Text(commands)}, in {string.Join(' ', contexts)}";
    }

    private static Credential Credential(EmulatorCredential credential) => new(credential.UserName, new NetworkCredential("", credential.Token).SecurePassword);

    private static void Send(Session session, string topic, string text)
    {
        using var batch = new SendBatch(session, Limit, wantsAll: false);
        batch.Send(new PendingMessage(topic, Encoding.UTF8.GetBytes(text), QualityOfService.AtLeastOnce, input: null), CancellationToken.None);
        batch.Complete(CancellationToken.None);
    }

    private static string Text(Receiver receiver)
    {
        var message = receiver.Take(Limit, CancellationToken.None) ?? throw new TimeoutException("No message arrived.");
        message.Consume();
        return Encoding.UTF8.GetString(message.Payload);
    }
}
