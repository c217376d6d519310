using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using IoTF.Client.Connecting;
using IoTF.Client.Faults;
using IoTF.Client.Sessions;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;

namespace IoTF.Client.Diagnosing;

/// <summary>
/// Makes one connection step by step, as a session would, and tells what each step found. A step that fails is a report, never an exception, and the
/// steps after it are skipped. It runs once.
/// </summary>
public sealed class Diagnosis
{
    private readonly SessionOptions _options;
    private readonly DialTarget _target;
    private readonly TimeProvider _clock;
    private readonly PortProbe _otherPorts;
    private readonly LoginTrial? _login;
    private readonly string? _whyNoLogin;
    private IReadOnlyList<IPAddress> _addresses = [];
    private Stream? _stream;
    private string? _failed;

    /// <summary>A diagnosis of a connection.</summary>
    /// <param name="options">Who connects where, and how.</param>
    /// <param name="whyNoLogin">Why the login is not tried, a sentence; null when it is.</param>
    /// <param name="eventId">The id of an event that a device or gateway sends, which applications see; null to send none.</param>
    /// <param name="clock">The clock; null for the system's.</param>
    public Diagnosis(SessionOptions options, string? whyNoLogin, string? eventId, TimeProvider? clock = null)
    {
        _options = options;
        _target = Handshake.TargetOf(options);
        _clock = clock ?? TimeProvider.System;
        _otherPorts = new PortProbe(options, _clock);
        _whyNoLogin = whyNoLogin;
        _login = whyNoLogin is null ? new LoginTrial(options, eventId, _clock) : null;
    }

    /// <summary>The steps after the configuration, each as soon as it is done.</summary>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public async IAsyncEnumerable<StepReport> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            yield return await StepAsync(StepNames.NameResolution, ResolveAsync, cancellationToken).ConfigureAwait(false);
            yield return await StepAsync(StepNames.Tcp, ConnectAsync, cancellationToken).ConfigureAwait(false);
            yield return await _otherPorts.ReportAsync().ConfigureAwait(false);
            yield return await StepAsync(StepNames.Proxy, _target.Proxy is null ? Skip("No proxy is used.") : TunnelAsync, cancellationToken).ConfigureAwait(false);
            yield return await SecureAsync(cancellationToken).ConfigureAwait(false);
            yield return await StepAsync(
                StepNames.WebSocket, _target.WebSocket is null ? Skip("MQTT is not carried in a WebSocket.") : UpgradeAsync, cancellationToken).ConfigureAwait(false);
            foreach (var (name, step) in LoginSteps())
            {
                yield return await StepAsync(name, step, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            if (_stream is not null)
            {
                await _stream.DisposeAsync().ConfigureAwait(false);
            }

            if (_login is not null)
            {
                await _login.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>The reports of steps that are not reached, because an earlier one failed.</summary>
    public static IEnumerable<StepReport> SkippedAfter(string failed) =>
        StepNames.All.SkipWhile(name => name != failed).Skip(1).Select(name => Skipped(name, failed));

    private static StepReport Skipped(string name, string failed) =>
        new(name, StepResult.Skipped, TimeSpan.Zero, $"Not tried, because the step '{failed}' failed.");

    private static Func<CancellationToken, Task<StepOutcome>> Skip(string why) => _ => Task.FromResult(StepOutcome.Skipped(why));

    private IEnumerable<(string Name, Func<CancellationToken, Task<StepOutcome>> Step)> LoginSteps() =>
    [
        (StepNames.ConnAck, _login is null ? Skip(_whyNoLogin!) : LogInAsync),
        (StepNames.Subscribe, _login is null ? Skip("It needs the login.") : _login.SubscribeAsync),
        (StepNames.Publish, _login is null ? Skip("It needs the login.") : _login.PublishAsync),
        (StepNames.Disconnect, _login is null ? Skip("It needs the login.") : _login.FinishAsync),
    ];

    private async Task<StepReport> StepAsync(string name, Func<CancellationToken, Task<StepOutcome>> step, CancellationToken cancellationToken)
    {
        if (_failed is not null)
        {
            return Skipped(name, _failed);
        }

        var begin = _clock.GetTimestamp();
        using var limit = new CancellationTokenSource(_options.ConnectTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var outcome = await step(either.Token).ConfigureAwait(false);
            return new StepReport(name, outcome.Result, outcome.Result == StepResult.Skipped ? TimeSpan.Zero : _clock.GetElapsedTime(begin), outcome.Detail, outcome.Advice);
        }
        catch (Exception exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _failed = name;
            var fault = FaultOf(exception);
            var advice = name == StepNames.Tcp ? await _otherPorts.AdviseAsync(fault.Advice).ConfigureAwait(false) : fault.Advice;
            return new StepReport(
                name, StepResult.Failed, _clock.GetElapsedTime(begin), exception is LinkException ? exception.Message : fault.Message, advice, fault.Id);
        }
    }

    private Fault FaultOf(Exception exception) => exception switch
    {
        FaultException known => known.Fault,
        LinkException link => LinkFaults.WhileConnecting(link, _options),
        OperationCanceledException => Handshake.TimedOut(_options),
        _ => SessionFaults.Internal(_options, exception),
    };

    private async Task<StepOutcome> ResolveAsync(CancellationToken cancellationToken)
    {
        _addresses = await Dialer.ResolveAsync(_target, cancellationToken).ConfigureAwait(false);
        var name = _target.Proxy?.HostName ?? _target.HostName;
        var found = IPAddress.TryParse(name, out _) ? $"{name} is an address." : $"{name} is {string.Join(", ", _addresses)}.";
        return StepOutcome.Passed(_target.Proxy is null ? found : $"The proxy {found} The proxy resolves the name of the host.");
    }

    private async Task<StepOutcome> ConnectAsync(CancellationToken cancellationToken)
    {
        _otherPorts.Start(_addresses, cancellationToken);
        var connected = await Dialer.ConnectAsync(_target, _addresses, _clock, cancellationToken).ConfigureAwait(false);
        _stream = connected;
        return StepOutcome.Passed($"{(_target.Proxy is null ? "The service" : "The proxy")} accepts connections at {connected.Socket.RemoteEndPoint}.");
    }

    private async Task<StepOutcome> TunnelAsync(CancellationToken cancellationToken)
    {
        _stream = await Dialer.TunnelAsync(TakeStream(), _target, _addresses, _clock, cancellationToken).ConfigureAwait(false);
        return StepOutcome.Passed($"{_target.Proxy} connects to {_options.Endpoint}.");
    }

    private async Task<StepReport> SecureAsync(CancellationToken cancellationToken)
    {
        if (_target.Tls is null)
        {
            return await StepAsync(StepNames.Tls, _ => Task.FromResult(TlsFindings.PlainText), cancellationToken).ConfigureAwait(false);
        }

        var observation = new TlsObservation();
        var report = await StepAsync(
            StepNames.Tls,
            async token =>
            {
                _stream = await Dialer.SecureAsync(TakeStream(), _target, observation, token).ConfigureAwait(false);
                return TlsFindings.Of(observation, _clock);
            },
            cancellationToken).ConfigureAwait(false);
        return report with { Tls = report.Result == StepResult.Skipped ? null : observation };
    }

    private async Task<StepOutcome> UpgradeAsync(CancellationToken cancellationToken)
    {
        _stream = await Dialer.UpgradeAsync(TakeStream(), _target, cancellationToken).ConfigureAwait(false);
        return StepOutcome.Passed($"The service accepts WebSocket connections at {_target.WebSocket!.Path}.");
    }

    private Task<StepOutcome> LogInAsync(CancellationToken cancellationToken) => _login!.LogInAsync(TakeStream(), cancellationToken);

    /// <summary>The next step owns the stream, and disposes of it when it fails.</summary>
    private Stream TakeStream()
    {
        var stream = _stream!;
        _stream = null;
        return stream;
    }
}

/// <summary>What a step found.</summary>
internal readonly record struct StepOutcome(StepResult Result, string Detail, string Advice)
{
    public static StepOutcome Passed(string detail) => new(StepResult.Passed, detail, "");

    public static StepOutcome Skipped(string why) => new(StepResult.Skipped, why, "");

    public static StepOutcome Warning(string detail, string advice) => new(StepResult.Warning, detail, advice);
}
