using IoTF.Emulator.Registry;
using IoTF.Emulator.Routing;
using IoTF.Emulator.Sessions;
using IoTF.Mqtt;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;

namespace IoTF.Emulator.Persistence;

/// <summary>Keeps registrations and persistent sessions in a file: changes are written together, soon after they were made, and at the end.</summary>
internal sealed class StateKeeper(StateFile file, EmulatorService service) : IDisposable
{
    // A large state is written less often: one part of the time at most goes into writing.
    private const int PauseAfterWriting = 10;

    private Task _writing = Task.CompletedTask;
    private long _notBefore;

    /// <summary>Puts back what an earlier service left.</summary>
    /// <exception cref="EmulatorException">The file says what cannot be.</exception>
    public void Restore(SavedState state)
    {
        try
        {
            var messages = new SavedMessages(service.Options.Clock);
            service.Restore(state.Organizations, messages);
            foreach (var saved in state.Sessions)
            {
                Restore(saved, messages);
            }

            foreach (var saved in state.SharedSubscriptions)
            {
                service.Sessions.Shared.Find(saved.Name)?.Restore(saved.Waiting.Select(message => messages.Restore(message)));
            }
        }
        catch (Exception exception) when (exception is RuleException or ArgumentException or NullReferenceException or OverflowException)
        {
            // JSON may have null where nothing may be missing.
            throw file.Damaged(exception.Message, exception);
        }
    }

    /// <summary>Begins to write if something has changed and nothing is being written.</summary>
    public void Look()
    {
        // Looks that come too late may come together.
        lock (file)
        {
            Begin();
        }
    }

    /// <summary>Writes the last state.</summary>
    /// <exception cref="EmulatorException">That was not possible.</exception>
    public async Task FinishAsync()
    {
        await _writing.ConfigureAwait(false);
        try
        {
            await file.WriteAsync(Collect(), service.Options.Clock).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EmulatorException(
                EmulatorErrorId.EmulatorFileUnavailable,
                $"The emulator has stopped, but its last changes could not be written to '{file.Path}': {exception.Message} Check the disk and the permissions of the folder.",
                exception);
        }
    }

    public void Dispose() => file.Dispose();

    private void Begin()
    {
        if (_writing.IsCompleted && service.Options.Clock.GetTimestamp() >= _notBefore && service.Changes.Take())
        {
            _writing = Task.Run(WriteAsync);
        }
    }

    private async Task WriteAsync()
    {
        var clock = service.Options.Clock;
        var began = clock.GetTimestamp();
        try
        {
            await file.WriteAsync(Collect(), service.Options.Clock).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            service.Changes.Set();
            service.Refusals.Add(clientId: null, file.Path, closeCode: 92, $"The file could not be written: {exception.Message}");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Nobody awaits this; the next look tries again.
            service.Changes.Set();
            service.Refusals.AddProblem(exception);
        }

        _notBefore = clock.GetTimestamp() + ((clock.GetTimestamp() - began) * PauseAfterWriting);
    }

    private SavedState Collect()
    {
        var messages = new SavedMessages(service.Options.Clock);
        return new SavedState
        {
            Format = SavedState.ThisFormat,
            Version = SavedState.ThisVersion,
            Organization = service.Options.Organization,
            Organizations = service.Registry.Save(messages),
            Sessions = [.. service.Sessions.All.Where(static session => session.Expiry != TimeSpan.Zero).Select(session => Save(session, messages))],
            SharedSubscriptions =
            [
                .. service.Sessions.Shared.All.Select(shared => new SavedSharedSubscription(shared.Name, [.. shared.Waiting().Select(messages.Save)])),
            ],
        };
    }

    private static SavedSession Save(Session session, SavedMessages messages)
    {
        var (inFlight, waiting) = session.Outbox.Kept();
        return new SavedSession
        {
            ClientId = session.Identity.ClientId,
            ExpirySeconds = session.Expiry == Timeout.InfiniteTimeSpan ? null : session.Expiry.TotalSeconds,
            ResourceGroup = session.ResourceGroup,
            ApiKey = session.ApiKey,
            AwaySince = messages.AwaySince(session),
            Subscriptions = [.. session.Subscriptions.Select(static one => new SavedSubscription(one.InternalFilter, (int)one.Grant.QualityOfService, one.Grant.NoLocal, one.Grant.RetainAsPublished))],
            InFlight = [.. inFlight.Select(messages.Save)],
            Waiting = [.. waiting.Select(messages.Save)],
        };
    }

    private void Restore(SavedSession saved, SavedMessages messages)
    {
        if (!ClientIdentity.TryParse(saved.ClientId, out var identity, out _) || !service.Registry.TryGet(identity.Organization, out var organization))
        {
            throw new ArgumentException($"{Quotation.Of(saved.ClientId)} is not a client of a known organization");
        }

        var session = service.Sessions.Restore(identity, organization);
        session.Expiry = saved.ExpirySeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan;
        session.ResourceGroup = saved.ResourceGroup;
        session.ApiKey = saved.ApiKey;
        session.RestoreDetached(messages.Since(saved.AwaySince));
        foreach (var subscription in saved.Subscriptions)
        {
            session.Subscribe(subscription.InternalFilter, new Grant(SavedMessages.QualityOf(subscription.QoS), subscription.NoLocal, subscription.RetainAsPublished));
        }

        session.Outbox.Restore(
            saved.InFlight.Select(message => (
                messages.Restore(message, message.SharedSubscription is { } name ? service.Sessions.Shared.Find(name) : null),
                message.PacketId ?? 0,
                message.IsReleased)),
            saved.Waiting.Select(message => messages.Restore(message)));
    }
}
