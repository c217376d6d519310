using System.Security.Cryptography.X509Certificates;
using IoTF.Emulator.Certificates;
using IoTF.Emulator.Faults;
using IoTF.Emulator.Listening;
using IoTF.Emulator.Persistence;
using IoTF.Emulator.Refusals;
using IoTF.Emulator.Registry;
using IoTF.Protocol.Authorization;
using IoTF.Protocol.Identities;

namespace IoTF.Emulator;

/// <summary>
/// A local IoT Foundation on loopback for development, tests and demonstrations. It answers right and wrong as the service does
/// (protocol.md §2 to §5); it is not a production server. Every member may be used from any thread.
/// </summary>
public sealed class LocalEmulator : IAsyncDisposable
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(1);

    private readonly EmulatorService _service;
    private readonly PortListener _secureListener;
    private readonly PortListener? _plainListener;
    private readonly StateKeeper? _keeper;
    private readonly ITimer _sweep;
    private readonly Lazy<Task> _stopped;

    private LocalEmulator(EmulatorService service, StateKeeper? keeper, PortListener secureListener, PortListener? plainListener)
    {
        _service = service;
        _keeper = keeper;
        _secureListener = secureListener;
        _plainListener = plainListener;
        StartedAt = service.Options.Clock.GetUtcNow();
        _stopped = new Lazy<Task>(StopOnceAsync);
        _sweep = service.Options.Clock.CreateTimer(_ => Sweep(), state: null, SweepPeriod, SweepPeriod);
        secureListener.Start(socket => service.Serve(socket, secure: true));
        plainListener?.Start(socket => service.Serve(socket, secure: false));
    }

    /// <summary>The organization that exists from the start.</summary>
    public string Organization => _service.Options.Organization;

    /// <summary>The host name to connect to; the server's certificate is for it.</summary>
    public string HostName => "localhost";

    /// <summary>The port for TLS.</summary>
    public int Port => _secureListener.Port;

    /// <summary>The port for plain text; null when it is not offered.</summary>
    public int? PlainPort => _plainListener?.Port;

    /// <summary>The authority a client has to trust, without its private key. Made at the first start and the same for the whole process, or for the file that the service is kept in.</summary>
    public X509Certificate2 CertificateAuthority => _service.Authority.Certificate;

    /// <summary>When it was started, UTC.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Whether it was stopped, or is being stopped.</summary>
    public bool IsStopped => _stopped.IsValueCreated;

    /// <summary>Clients that were let in since the start.</summary>
    public long ConnectionsTotal => _service.Traffic.Connections;

    /// <summary>Messages accepted from clients since the start.</summary>
    public long MessagesIn => _service.Traffic.MessagesIn;

    /// <summary>Messages sent to clients since the start, one for each receiver.</summary>
    public long MessagesOut => _service.Traffic.MessagesOut;

    /// <summary>What was refused and why, oldest first; as many as <see cref="EmulatorOptions.RefusalsKept"/> says.</summary>
    public IReadOnlyList<EmulatorRefusal> Refusals => _service.Refusals.Snapshot();

    /// <summary>The organizations, in order; quickstart among them (protocol.md §9).</summary>
    public IReadOnlyList<EmulatorOrganization> Organizations => _service.Registry.Snapshot();

    /// <summary>The clients that are connected now.</summary>
    public IReadOnlyList<EmulatorConnection> Connections
    {
        get
        {
            var open = new List<EmulatorConnection>();
            foreach (var connection in _service.Connections)
            {
                if (connection.Snapshot() is { } snapshot)
                {
                    open.Add(snapshot);
                }
            }

            return open;
        }
    }

    /// <summary>What is kept of clients, connected or not.</summary>
    public IReadOnlyList<EmulatorSession> Sessions => [.. _service.Sessions.All.Select(static session => session.Snapshot())];

    /// <summary>What the members of scalable applications share.</summary>
    public IReadOnlyList<EmulatorSharedSubscription> SharedSubscriptions => [.. _service.Sessions.Shared.All.Select(static shared => shared.Snapshot())];

    /// <summary>What is still to go wrong on demand, with the counts that are left.</summary>
    public IReadOnlyList<EmulatorFault> Faults => _service.Faults.Left;

    /// <summary>Starts a local service. It listens when the task completes.</summary>
    /// <param name="options">How it is set up.</param>
    /// <param name="cancellationToken">Gives up before it listens.</param>
    /// <returns>The running service; the caller stops it.</returns>
    /// <exception cref="EmulatorException">A port or the file is not to be had, the file is damaged, or the organization cannot be a registered one.</exception>
    /// <exception cref="IoTF.Protocol.Rules.RuleException">The organization is not legal.</exception>
    public static Task<LocalEmulator> StartAsync(EmulatorOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);

        // Making keys takes a moment the first time; the caller's thread is not held up for it.
        return Task.Run(() => StartListeningAsync(options, cancellationToken), cancellationToken);
    }

    /// <summary>Changes what an organization allows, for clients that are connected, too; a new one is made.</summary>
    /// <param name="organization">The organization; null for <see cref="Organization"/>.</param>
    /// <param name="change">Makes the new settings from the present ones.</param>
    /// <returns>The organization as it is now.</returns>
    /// <exception cref="EmulatorException">Quickstart cannot be changed in this way, or the service was stopped.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="IoTF.Protocol.Rules.RuleException">The organization is not legal.</exception>
    public EmulatorOrganization ConfigureOrganization(string? organization, Func<OrganizationOptions, OrganizationOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return RequireRunning().Configure(organization, change);
    }

    /// <summary>Registers a device.</summary>
    /// <param name="organization">Its organization, made when it is new; null for <see cref="Organization"/>.</param>
    /// <param name="deviceType">Its type.</param>
    /// <param name="deviceId">Its id.</param>
    /// <param name="token">Its token, 8 to 36 characters as protocol.md §3.1 allows; null to have one made.</param>
    /// <param name="replace">Whether an earlier registration is replaced, token and kind; whoever is connected with it is closed.</param>
    /// <param name="resourceGroup">The resource group it is in; null for none.</param>
    /// <returns>What it connects with. The token cannot be had again.</returns>
    /// <exception cref="EmulatorException">It is registered already, the organization is quickstart, or the service was stopped.</exception>
    /// <exception cref="IoTF.Protocol.Rules.RuleException">A name or the token is not legal.</exception>
    public EmulatorCredential RegisterDevice(
        string? organization, string deviceType, string deviceId, string? token = null, bool replace = false, string? resourceGroup = null) =>
        RequireRunning().RegisterDevice(
            organization, deviceType, deviceId, token, new DeviceRegistration(ClientRole.Device) { ResourceGroup = resourceGroup }, replace);

    /// <summary>Registers a gateway.</summary>
    /// <param name="organization">Its organization, made when it is new; null for <see cref="Organization"/>.</param>
    /// <param name="deviceType">Its type.</param>
    /// <param name="deviceId">Its id.</param>
    /// <param name="token">Its token, 8 to 36 characters as protocol.md §3.1 allows; null to have one made.</param>
    /// <param name="replace">Whether an earlier registration is replaced, token and kind; whoever is connected with it is closed.</param>
    /// <param name="role">Whether devices it speaks for are registered on the way.</param>
    /// <param name="resourceGroup">The group of the devices it may act for, which those it registers join; null for the whole organization.</param>
    /// <returns>What it connects with. The token cannot be had again.</returns>
    /// <exception cref="EmulatorException">It is registered already, the organization is quickstart, or the service was stopped.</exception>
    /// <exception cref="IoTF.Protocol.Rules.RuleException">A name or the token is not legal.</exception>
    public EmulatorCredential RegisterGateway(
        string? organization,
        string deviceType,
        string deviceId,
        string? token = null,
        bool replace = false,
        GatewayRole role = GatewayRole.Privileged,
        string? resourceGroup = null) => RequireRunning().RegisterDevice(
            organization,
            deviceType,
            deviceId,
            token,
            new DeviceRegistration(ClientRole.Gateway) { GatewayRole = role, ResourceGroup = resourceGroup },
            replace);

    /// <summary>Makes an API key, which applications connect with.</summary>
    /// <param name="organization">Its organization, made when it is new; null for <see cref="Organization"/>.</param>
    /// <param name="token">Its token, of any characters; null to have one made.</param>
    /// <param name="role">What it allows.</param>
    /// <param name="resourceGroup">The group of the devices its applications may act for; null for the whole organization.</param>
    /// <returns>The key, <c>a-organization-random</c>, and its token, which cannot be had again.</returns>
    /// <exception cref="EmulatorException">The organization is quickstart, or the service was stopped.</exception>
    /// <exception cref="IoTF.Protocol.Rules.RuleException">The organization or the token is not legal.</exception>
    public EmulatorCredential CreateApiKey(
        string? organization = null, string? token = null, ApiKeyRole role = ApiKeyRole.StandardApplication, string? resourceGroup = null) =>
        RequireRunning().Registry.CreateApiKey(organization, token, role, resourceGroup);

    /// <summary>Makes something go wrong for some clients, so that it can be seen what they do. A fault of the same kind for the same ClientIds is replaced.</summary>
    /// <param name="fault">What, for whom, and how often.</param>
    /// <exception cref="ArgumentException">The fault is not complete, or a value is out of its range.</exception>
    /// <exception cref="EmulatorException">The service was stopped.</exception>
    public void SetFault(EmulatorFault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        RequireRunning();
        ArgumentException.ThrowIfNullOrEmpty(fault.ClientId);
        ArgumentOutOfRangeException.ThrowIfLessThan(fault.Count ?? 1, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(fault.Delay, TimeSpan.Zero);
        if (fault.Kind == EmulatorFaultKind.RefuseConnect && fault.Code is < 1 or > 5)
        {
            throw new ArgumentException("A CONNECT is refused with a return code of 1 to 5.", nameof(fault));
        }

        if (fault is { Kind: EmulatorFaultKind.SlowReading, Count: not null })
        {
            throw new ArgumentException("Slow reading has no count; it lasts until it is cleared.", nameof(fault));
        }

        _service.Faults.Set(fault);
        if (fault.Kind is EmulatorFaultKind.Close or EmulatorFaultKind.Drop)
        {
            foreach (var connection in _service.Connections)
            {
                connection.Faults.MeetClosing();
            }
        }
    }

    /// <summary>Takes faults back. Clients that were stalled are read again.</summary>
    /// <param name="clientId">Those that were set for exactly this; null for all.</param>
    public void ClearFaults(string? clientId = null) => _service.Faults.Clear(clientId);

    /// <summary>Stops: no connection is accepted any more, the open ones are closed, and the ports are free. A second call waits for the first.</summary>
    /// <returns>Completes when everything is closed and, with <see cref="EmulatorOptions.StatePath"/>, written.</returns>
    /// <exception cref="EmulatorException">Everything is closed, but the file could not be written.</exception>
    public Task StopAsync() => _stopped.Value;

    /// <summary>As <see cref="StopAsync"/>.</summary>
    /// <returns>Completes when everything is closed.</returns>
    public ValueTask DisposeAsync() => new(StopAsync());

    private static async Task<LocalEmulator> StartListeningAsync(EmulatorOptions options, CancellationToken cancellationToken)
    {
        if (options.StatePath is not { } path)
        {
            return await ListenAsync(new EmulatorService(options, LocalAuthority.OfProcess), keeper: null, cancellationToken).ConfigureAwait(false);
        }

        var file = StateFile.Open(path);
        try
        {
            var state = file.Read();
            var effective = state is not null && options.Organization == EmulatorOptions.DefaultOrganization ? options with { Organization = state.Organization } : options;
            var service = new EmulatorService(effective, await LocalAuthority.OfFileAsync($"{file.Path}.authority.pem", options.Clock).ConfigureAwait(false));
            var keeper = new StateKeeper(file, service);
            if (state is not null)
            {
                keeper.Restore(state);
            }

            return await ListenAsync(service, keeper, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static async Task<LocalEmulator> ListenAsync(EmulatorService service, StateKeeper? keeper, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var options = service.Options;
        var secure = PortListener.Open(options.Port, EmulatorOptions.DefaultPort);
        try
        {
            var plain = options.OfferPlainText ? PortListener.Open(options.PlainPort, EmulatorOptions.DefaultPlainPort) : null;
            return new LocalEmulator(service, keeper, secure, plain);
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void Sweep()
    {
        _service.Sweep();
        if (_keeper is not null)
        {
            _service.Try(_keeper.Look);
        }
    }

    private EmulatorService RequireRunning() => IsStopped
        ? throw new EmulatorException(EmulatorErrorId.EmulatorStopped, "The emulator was stopped. Start another one with Start-IoTFEmulator.")
        : _service;

    private async Task StopOnceAsync()
    {
        await _secureListener.DisposeAsync().ConfigureAwait(false);
        if (_plainListener is not null)
        {
            await _plainListener.DisposeAsync().ConfigureAwait(false);
        }

        await _service.StopAsync().ConfigureAwait(false);
        await _sweep.DisposeAsync().ConfigureAwait(false);
        if (_keeper is not null)
        {
            using (_keeper)
            {
                await _keeper.FinishAsync().ConfigureAwait(false);
            }
        }
    }
}
