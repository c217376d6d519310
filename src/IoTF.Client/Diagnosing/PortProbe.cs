using System.Globalization;
using System.Net;
using IoTF.Client.Connecting;
using IoTF.Client.Sessions;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;

namespace IoTF.Client.Diagnosing;

/// <summary>
/// Looks which of the other ports that the service may use (protocol.md §1) are open: the one that is wanted may be closed where another is not.
/// Nothing is sent to them.
/// </summary>
internal sealed class PortProbe(SessionOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);
    private static readonly int[] ServicePorts = [8883, 443, 1883, 80];

    private Task<IReadOnlyList<(int Port, string State)>>? _probes;

    /// <summary>Begins; not behind a proxy, which is asked for the wanted port only.</summary>
    public void Start(IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken)
    {
        if (options.Proxy is null)
        {
            _probes = ProbeAllAsync(addresses, cancellationToken);
        }
    }

    /// <summary>The report, which is information whatever is open.</summary>
    public async Task<StepReport> ReportAsync()
    {
        if (_probes is null)
        {
            return new StepReport(StepNames.OtherPorts, StepResult.Skipped, TimeSpan.Zero, options.Proxy is null ? "The name has no address." : "The other ports are not tested through a proxy.");
        }

        var begin = clock.GetTimestamp();
        var states = (await _probes.ConfigureAwait(false)).Select(probe => string.Create(CultureInfo.InvariantCulture, $"{probe.Port} {probe.State}"));
        return new StepReport(
            StepNames.OtherPorts, StepResult.Information, clock.GetElapsedTime(begin), $"Of the service's ports: {string.Join(", ", states)}.");
    }

    /// <summary>Adds to the advice for a port that does not answer which other ones do.</summary>
    public async Task<string> AdviseAsync(string advice)
    {
        if (_probes is null)
        {
            return advice;
        }

        int[] fitting = options.Endpoint.Secure ? [8883, 443] : [1883, 80];
        var open = (await _probes.ConfigureAwait(false)).Where(probe => probe.State == "open" && fitting.Contains(probe.Port)).Select(probe => probe.Port).ToList();
        return open.Count == 0 ? advice : string.Create(CultureInfo.InvariantCulture, $"{advice} Port {open[0]} of the host is open: try -Port {open[0]}.");
    }

    private async Task<IReadOnlyList<(int Port, string State)>> ProbeAllAsync(IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken) =>
        await Task.WhenAll(ServicePorts.Where(port => port != options.Endpoint.Port).Select(port => ProbeAsync(port, addresses, cancellationToken))).ConfigureAwait(false);

    private async Task<(int Port, string State)> ProbeAsync(int port, IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.ConnectTimeout < Limit ? options.ConnectTimeout : Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var target = Handshake.TargetOf(options) with { Port = port };
            await using var stream = await Dialer.ConnectAsync(target, addresses, clock, either.Token).ConfigureAwait(false);
            return (port, "open");
        }
        catch (LinkException exception)
        {
            return (port, exception.Failure == LinkFailure.Refused ? "closed" : "not reachable");
        }
        catch (OperationCanceledException)
        {
            return (port, "without an answer");
        }
    }
}
