using IoTF.Emulator.Registry;
using IoTF.Emulator.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.Emulator.Routing;

/// <summary>
/// The routes of one publisher. It uses the same few topics again and again, so rules, mapping and look-up are done once for each
/// and again only after somebody subscribed or left whom the topic may concern. Belongs to the publisher's reader.
/// </summary>
internal sealed class RouteBook(Principal publisher)
{
    private const int Capacity = 256;

    /// <summary>A longer topic is looked up each time: a cache full of the longest ones would take a hundred megabytes.</summary>
    private const int LongestKept = 512;

    private readonly Organization _organization = publisher.Organization;
    private readonly Dictionary<IReceiver, Grant> _found = [];
    private Dictionary<string, Route>? _routes;

    public Route Find(string topic)
    {
        if (_routes is not null && _routes.TryGetValue(topic, out var route) && _organization.Subscriptions.IsCurrent(route.State))
        {
            return route;
        }

        route = Make(topic);
        if (topic.Length > LongestKept)
        {
            return route;
        }

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
    public static Destination[] FindDestinations(Organization organization, string internalTopic, Dictionary<IReceiver, Grant> found)
    {
        organization.Subscriptions.Match(internalTopic, found);
        var destinations = new List<Destination>(found.Count);
        string? longForm = null;
        foreach (var (receiver, grant) in found)
        {
            var topic = receiver.Identity.Role == ClientRole.Device
                ? TopicMap.FromInternal(receiver.Identity, internalTopic)
                : longForm ??= TopicMap.FromInternal(receiver.Identity, internalTopic);
            if (receiver.Sees(topic))
            {
                destinations.Add(new Destination(receiver, topic, grant));
            }
        }

        found.Clear();
        return [.. destinations];
    }

    private Route Make(string topic)
    {
        // Read before anything is asked: a change meanwhile makes the route out of date, not wrong forever. A device that the topic names may be
        // registered on the way, which is such a change: the next message is looked up once more then.
        var asked = _organization.Subscriptions.StateFor(topic);
        var refused = publisher.JudgePublish(topic, register: true);
        if (refused is not null)
        {
            return new Route(refused, asked, "", []);
        }

        var internalTopic = TopicMap.ToInternal(publisher.Identity, topic);
        var state = _organization.Subscriptions.StateFor(internalTopic) with { WildVersion = asked.WildVersion };
        return new Route(null, state, internalTopic, FindDestinations(_organization, internalTopic, _found));
    }
}
