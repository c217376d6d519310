using IoTF.Emulator.Registry;
using IoTF.Emulator.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.Emulator.Routing;

/// <summary>
/// The routes of one publisher. It uses the same few topics again and again, so rules, mapping and look-up are done once for each
/// and again only after somebody subscribed or left. Belongs to the publisher's reader.
/// </summary>
internal sealed class RouteBook(Principal publisher)
{
    private const int Capacity = 256;

    private readonly Organization _organization = publisher.Organization;
    private readonly Dictionary<Session, Grant> _found = [];
    private Dictionary<string, Route>? _routes;

    public Route Find(string topic)
    {
        if (_routes is not null && _routes.TryGetValue(topic, out var route) && route.Version == _organization.Subscriptions.Version)
        {
            return route;
        }

        route = Make(topic);
        _routes ??= new Dictionary<string, Route>(StringComparer.Ordinal);
        if (_routes.Count >= Capacity)
        {
            _routes.Clear();
        }

        _routes[topic] = route;
        return route;
    }

    /// <summary>Finds who receives an internal topic.</summary>
    /// <param name="organization">Where.</param>
    /// <param name="internalTopic">The topic inside the service.</param>
    /// <param name="found">Empty before and after; kept by the caller, so that it is not made each time.</param>
    public static Destination[] FindDestinations(Organization organization, string internalTopic, Dictionary<Session, Grant> found)
    {
        organization.Subscriptions.Match(internalTopic, found);
        var destinations = new List<Destination>(found.Count);
        string? longForm = null;
        foreach (var (session, grant) in found)
        {
            var topic = session.Identity.Role == ClientRole.Device
                ? TopicMap.FromInternal(session.Identity, internalTopic)
                : longForm ??= TopicMap.FromInternal(session.Identity, internalTopic);
            if (session.ResourceGroup is not { } group || organization.Shows(topic, session.Identity, group))
            {
                destinations.Add(new Destination(session, topic, grant.QualityOfService, grant.NoLocal));
            }
        }

        found.Clear();
        return [.. destinations];
    }

    private Route Make(string topic)
    {
        // A device that the topic names may be registered on the way, which changes the index.
        var refused = publisher.JudgePublish(topic, register: true);

        // Read before the look-up: a change during it makes the route out of date, not wrong for ever.
        var version = _organization.Subscriptions.Version;
        if (refused is not null)
        {
            return new Route(refused, version, "", []);
        }

        var internalTopic = TopicMap.ToInternal(publisher.Identity, topic);
        return new Route(null, version, internalTopic, FindDestinations(_organization, internalTopic, _found));
    }
}
