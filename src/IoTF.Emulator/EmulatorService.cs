using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using IoTF.Emulator.Admission;
using IoTF.Emulator.Certificates;
using IoTF.Emulator.Connections;
using IoTF.Emulator.Faults;
using IoTF.Emulator.Persistence;
using IoTF.Emulator.Refusals;
using IoTF.Emulator.Registry;
using IoTF.Emulator.Reports;
using IoTF.Emulator.Sessions;
using IoTF.Emulator.Wills;
using IoTF.Mqtt.Links;
using IoTF.Protocol.Identities;

namespace IoTF.Emulator;

/// <summary>What all connections of one local service share.</summary>
internal sealed class EmulatorService
{
    // Room in a packet beside the payload: the longest topic and what MQTT 5 adds.
    private const int MaximumPacketOverhead = 128 * 1024;

    private readonly ConcurrentDictionary<Connection, bool> _connections = new();
    private volatile bool _stopping;

    public EmulatorService(EmulatorOptions options, LocalAuthority authority)
    {
        Options = options;
        Authority = authority;
        Registry = new OrganizationRegistry(options, Changes);
        ConnectRules = new ConnectRules(Registry, options);
        Refusals = new RefusalLog(options.RefusalsKept, options.Clock);
        Sessions = new SessionTable(options, Traffic, Changes, Refusals);
        Wills = new LastWills(options.Clock, Traffic);
        LoginThrottle = new LoginThrottle(options.Clock);
        Statuses = new StatusMessages(options.Clock);
        Notifications = new GatewayNotifications(options.Clock);
        LinkOptions = LinkOptionsFor(options.MaximumPayload);
        TlsOptions = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(authority.Server, [authority.Certificate], offline: true),
            EnabledSslProtocols = options.TlsVersions,
            ClientCertificateRequired = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
    }

    public EmulatorOptions Options { get; }

    public LocalAuthority Authority { get; }

    /// <summary>Set by whatever changes what is kept over a restart.</summary>
    public ChangeMark Changes { get; } = new();

    public OrganizationRegistry Registry { get; }

    public ConnectRules ConnectRules { get; }

    public SessionTable Sessions { get; }

    public RefusalLog Refusals { get; }

    public Traffic Traffic { get; } = new();

    public LastWills Wills { get; }

    public LoginThrottle LoginThrottle { get; }

    public StatusMessages Statuses { get; }

    public GatewayNotifications Notifications { get; }

    /// <summary>What goes wrong on demand.</summary>
    public FaultPlan Faults { get; } = new();

    /// <summary>How links behave; the largest packet is that of the organization that allows the most.</summary>
    public LinkOptions LinkOptions { get; private set; }

    public SslServerAuthenticationOptions TlsOptions { get; }

    /// <summary>Open connections, in no order.</summary>
    public IEnumerable<Connection> Connections => _connections.Keys;

    /// <summary>Serves a connection that was accepted.</summary>
    public void Serve(Socket socket, bool secure)
    {
        var connection = new Connection(this, socket, secure);
        _connections.TryAdd(connection, true);
        if (_stopping)
        {
            connection.Close(CloseReason.ShuttingDown);
        }

        _ = connection.RunAsync();
    }

    /// <summary>Registers a device or gateway; whoever is connected with an earlier token is closed.</summary>
    public EmulatorCredential RegisterDevice(
        string? organization, string deviceType, string deviceId, string? token, DeviceRegistration registration, bool replace)
    {
        var credential = Registry.RegisterDevice(organization, deviceType, deviceId, token, registration, replace);
        if (replace)
        {
            var device = ClientIdentity.ForDevice(credential.Organization, deviceType, deviceId);
            var gateway = ClientIdentity.ForGateway(credential.Organization, deviceType, deviceId);
            var isDevice = registration.Role == ClientRole.Device;
            Sessions.OnRegistered(isDevice ? device : gateway, inOtherRole: isDevice ? gateway : device);
        }

        return credential;
    }

    /// <summary>Changes what an organization allows. Clients that are connected already keep the largest packet they were given.</summary>
    public EmulatorOrganization Configure(string? organization, Func<OrganizationOptions, OrganizationOptions> change)
    {
        lock (_connections)
        {
            var configured = Registry.Configure(organization, change);
            FitLinks();
            return configured;
        }
    }

    /// <summary>Puts back what was registered and allowed before a restart. Nobody is connected yet.</summary>
    public void Restore(IReadOnlyList<SavedOrganization> organizations, SavedMessages messages)
    {
        Registry.Restore(organizations, messages);
        FitLinks();
    }

    /// <summary>What has to be done from time to time. Nothing is thrown: nobody would catch it on the thread of a timer, and the process would end.</summary>
    public void Sweep()
    {
        foreach (var session in Sessions.All)
        {
            Try(() => Sessions.Sweep(session));
        }

        foreach (var shared in Sessions.Shared.All)
        {
            Try(shared.LookForProgress);
        }

        Try(Wills.Sweep);
    }

    /// <summary>Does something in the background; what goes wrong is written down, once in a row.</summary>
    public void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception)
        {
            Refusals.AddProblem(exception);
        }
    }

    public void Forget(Connection connection) => _connections.TryRemove(connection, out _);

    /// <summary>Closes all connections, saying why, and waits until their sockets are closed.</summary>
    public async Task StopAsync()
    {
        _stopping = true;
        var ending = new List<Task>();
        foreach (var connection in Connections)
        {
            connection.Close(CloseReason.ShuttingDown);
            ending.Add(connection.Ended);
        }

        await Task.WhenAll(ending).ConfigureAwait(false);
    }

    private void FitLinks() => LinkOptions = LinkOptionsFor(Registry.Snapshot().Max(known => known.Options.MaximumPayload));

    private LinkOptions LinkOptionsFor(int maximumPayload) =>
        new() { MaximumPacketSize = maximumPayload + MaximumPacketOverhead, Clock = Options.Clock };
}
