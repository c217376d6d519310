using IoTF.Emulator.Registry;
using IoTF.Emulator.Sessions;

namespace IoTF.Emulator.Routing;

/// <summary>Hands messages to all who receive them.</summary>
internal static class Distribution
{
    /// <summary>Delivers a message along its route, and keeps it where it is to be retained.</summary>
    /// <param name="organization">Where.</param>
    /// <param name="route">The way.</param>
    /// <param name="publication">The message.</param>
    /// <param name="publisher">Who published it; null for the service itself and for one who is gone.</param>
    /// <returns>A receiver that is flooded; null when none is.</returns>
    public static IReceiver? Publish(Organization organization, Route route, in Publication publication, Session? publisher)
    {
        if (!publication.Retain)
        {
            return Deliver(route.Destinations, publication, publisher);
        }

        lock (organization.Retained)
        {
            organization.Retained.Set(route.InternalTopic, publication);

            // Looked up again: whoever subscribed in the meantime was sent what was retained before.
            return Deliver(RouteBook.FindDestinations(organization, route.InternalTopic, []), publication, publisher);
        }
    }

    private static IReceiver? Deliver(Destination[] destinations, in Publication publication, Session? publisher)
    {
        IReceiver? flooded = null;
        foreach (var destination in destinations)
        {
            var grant = destination.Grant;
            if (grant.NoLocal && destination.Receiver == publisher)
            {
                continue;
            }

            var qualityOfService = publication.QualityOfService < grant.QualityOfService ? publication.QualityOfService : grant.QualityOfService;
            if (!destination.Receiver.Deliver(
                destination.Topic, publication.Payload, qualityOfService, publication.Properties, publication.Retain && grant.RetainAsPublished))
            {
                flooded = destination.Receiver;
            }
        }

        return flooded;
    }
}
