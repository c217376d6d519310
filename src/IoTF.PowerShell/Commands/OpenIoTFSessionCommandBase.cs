using System.Management.Automation;
using IoTF.Client.Sessions;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Sessions;

namespace IoTF.PowerShell.Commands;

/// <summary>What the cmdlets share that open sessions: those of piped objects side by side, and each into the pool and out in the order of the input.</summary>
/// <remarks>
/// One input that fails ends the cmdlet. Of several, each that fails is an error record with that input as its target, and the others go on. What has
/// not been emitted when the pipeline ends early, by Ctrl+C for one, is closed again.
/// </remarks>
public abstract class OpenIoTFSessionCommandBase : ConnectIoTFCommandBase
{
    private const int MaximumThrottleLimit = 1000;

    private readonly Queue<SessionOpening> _openings = new();
    private readonly CancellationTokenSource _end = new();
    private SessionPool _pool = null!;
    private int _givenParameters;
    private int _inputs;

    /// <summary>An object whose properties are named like parameters, such as a row of a CSV; it is the target of the error when it fails.</summary>
    [Parameter(ValueFromPipeline = true, DontShow = true)]
    public object? InputObject { get; set; }

    /// <summary>
    /// How many connections are made side by side for piped objects. Default: 16. With 1 each is open, and its session emitted, before the next begins.
    /// </summary>
    [Parameter]
    [ValidateRange(1, MaximumThrottleLimit)]
    public int ThrottleLimit { get; set; } = 16;

    private protected sealed override void Begin()
    {
        _pool = SessionPool.Current;
        _givenParameters = MyInvocation.BoundParameters.Count;
    }

    private protected sealed override void Process()
    {
        _inputs++;
        _openings.Enqueue(Open());
        if (!MyInvocation.ExpectingInput)
        {
            WriteAll();
            return;
        }

        while (UnderWay() is { Length: var count } waiting && count >= ThrottleLimit)
        {
            Await(Task.WhenAny(waiting).WaitAsync(StopToken));
            WriteReady();
        }

        WriteReady();
    }

    private protected sealed override void End() => WriteAll();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _end.Cancel();
            Await(Task.WhenAll(_openings.Select(static opening => opening.AbandonAsync())));
            _end.Dispose();
        }

        base.Dispose(disposing);
    }

    private SessionOpening Open()
    {
        try
        {
            RequireBound();
            var options = Prepare();
            return Open(options, Name ?? options.Identity.ClientId);
        }
        catch (Exception exception) when (RecordOf(exception, Target) is not null)
        {
            return SessionOpening.Failed(exception, Target);
        }
    }

    private SessionOpening Open(SessionOptions options, string name)
    {
        IReadOnlyList<IoTFSession> replaced;
        try
        {
            if (_openings.Any(other => other.IsOf(options.Identity, name)))
            {
                // The same client or name again: what becomes of it depends on the one before.
                WriteAll();
            }

            if (FindOpen(options, name) is { } open)
            {
                options.Credential?.Dispose();
                return SessionOpening.Found(open);
            }

            replaced = _pool.FindReplaced(options, name, Force);
            _pool.RequireFreeName(name, except: replaced);
        }
        catch
        {
            options.Credential?.Dispose();
            throw;
        }

        if (!options.Endpoint.Secure)
        {
            WriteWarning($"The connection to {options.Endpoint} is not encrypted: credentials and data can be read on the way.");
        }

        if (CertificateNotice is { } notice)
        {
            WriteWarning(notice);
        }

        WriteVerbose($"Connecting {options.Identity.ClientId} to {options.Endpoint} with {(options.Endpoint.Secure ? $"TLS {TlsVersion}" : "no encryption")}, MQTT {ProtocolVersion}{Way(options)}.");
        return SessionOpening.Start(new IoTFSession(new Session(options), name), replaced, _pool, Target, _end.Token);
    }

    /// <summary>The session that is open already for just this; null when there is none, or it is to be replaced.</summary>
    private IoTFSession? FindOpen(SessionOptions options, string name)
    {
        var same = _pool.FindSame(options, name);
        if (same is not { IsUsable: true } || Force)
        {
            return null;
        }

        if (!same.Session.Options.IsSameAs(options) || (Name is not null && !Name.Equals(same.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw Refuse(
                ErrorIds.SessionDiffers,
                $"{same.ClientId} has a session with {options.Endpoint} with other options, another name or another token.",
                "Disconnect that session first, or use -Force to replace it.");
        }

        WriteVerbose($"{same.ClientId} already has a session with {options.Endpoint} ({same.State.ToLowerInvariant()}); it is used.");
        if (same.Session.State == Client.Sessions.SessionState.Reconnecting)
        {
            WriteWarning($"{same.ClientId} lost its connection and is reconnecting. {same.LastError}");
        }

        return same;
    }

    /// <summary>What an error of the current input is about: the piped object, so that it can be tried again.</summary>
    private object? Target => MyInvocation.ExpectingInput ? InputObject : ErrorTarget;

    /// <summary>An object that says nothing must not connect whom the environment names.</summary>
    private void RequireBound()
    {
        if (MyInvocation.ExpectingInput && MyInvocation.BoundParameters.Keys.Count(static name => name != nameof(InputObject)) == _givenParameters)
        {
            throw Refuse(
                ErrorIds.InputNotUnderstood,
                $"No property of the piped {InputObject?.GetType().Name ?? "null"} matches a parameter name.",
                "Pipe objects with properties such as Organization, DeviceType, DeviceId and Token; Get-Help lists the parameters.");
        }
    }

    private Task[] UnderWay() => [.. _openings.Select(static opening => opening.End).Where(static end => !end.IsCompleted)];

    private void WriteReady()
    {
        // Whether the failure of the first input ends the cmdlet is not known before there is a second one, or none.
        while (_openings.TryPeek(out var next) && next.End.IsCompleted && !(next.HasFailed && _inputs == 1))
        {
            WriteNext();
        }
    }

    private void WriteAll()
    {
        while (_openings.TryPeek(out var next))
        {
            Await(next.End.WaitAsync(StopToken));
            WriteNext();
        }
    }

    private void WriteNext()
    {
        var opening = _openings.Peek();
        try
        {
            opening.Enter(_pool);
        }
        catch (Exception exception) when (RecordOf(exception, opening.Target) is { } record)
        {
            Await(opening.AbandonAsync());
            _openings.Dequeue();
            if (_inputs == 1)
            {
                ThrowTerminatingError(record);
            }

            WriteError(record);
            return;
        }

        _openings.Dequeue();
        WriteNotices(opening.Session.Session);
        WriteObject(opening.Session);
    }

    private static string Way(SessionOptions options) =>
        $"{(options.WebSocketPath is { } path ? $", WebSocket {path}" : "")}{(options.Proxy is { } proxy ? $", through {proxy}" : "")}";
}
