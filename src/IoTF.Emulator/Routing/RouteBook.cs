using System.Text;
using IoTF.Emulator.Registry;
using IoTF.Emulator.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.Emulator.Routing;

/// <summary>
/// The routes of one publisher. It uses the same few topics again and again, so rules, mapping and look-up are done once for each
/// and again only after somebody subscribed or left whom the topic may concern. Belongs to the publisher's reader.
/// </summary>
internal sealed class RouteBook(ClientIdentity publisher, Organization organization)
{
    private const int Capacity = 256;

    private readonly Dictionary<IReceiver, Grant> _found = [];
    private Dictionary<string, Route>? _routes;

    public Route Find(string topic)
    {
        if (_routes is not null && _routes.TryGetValue(topic, out var route) && organization.Subscriptions.IsCurrent(route.State))
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

    private Route Make(string topic)
    {
        var verdict = IsWellFormed(topic) ? TopicRules.MayPublish(publisher, topic) : TopicVerdict.TopicNotAllowed;
        if (verdict != TopicVerdict.Allowed)
        {
            return new Route(verdict, organization.Subscriptions.StateFor(topic), []);
        }

        // Read first: a change during the look-up makes the route out of date, not wrong for ever.
        var internalTopic = TopicMap.ToInternal(publisher, topic);
        var state = organization.Subscriptions.StateFor(internalTopic);
        return new Route(verdict, state, FindDestinations(internalTopic));
    }

    private Destination[] FindDestinations(string internalTopic)
    {
        organization.Subscriptions.Match(internalTopic, _found);
        var destinations = new Destination[_found.Count];
        var count = 0;
        string? longForm = null;
        foreach (var (receiver, grant) in _found)
        {
            var topic = receiver.Identity.Role == ClientRole.Device
                ? TopicMap.FromInternal(receiver.Identity, internalTopic)
                : longForm ??= TopicMap.FromInternal(receiver.Identity, internalTopic);
            destinations[count++] = new Destination(receiver, topic, grant.QualityOfService, grant.NoLocal);
        }

        _found.Clear();
        return destinations;
    }

    // The decoder puts U+FFFD where bytes were not UTF-8, which makes a topic a bad one (protocol.md §4.5).
    private static bool IsWellFormed(string topic) => !topic.Contains((char)Rune.ReplacementChar.Value);
}
