using System.Text;
using IoTF.Emulator.Registry;
using IoTF.Emulator.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.Emulator.Routing;

/// <summary>
/// The routes of one publisher. It uses the same few topics again and again, so rules, mapping and look-up are done once for each
/// and again only after somebody subscribed or left. Belongs to the publisher's reader.
/// </summary>
internal sealed class RouteBook(ClientIdentity publisher, Organization organization)
{
    private const int Capacity = 256;

    private readonly Dictionary<Session, Grant> _found = [];
    private Dictionary<string, Route>? _routes;

    public Route Find(string topic)
    {
        if (_routes is not null && _routes.TryGetValue(topic, out var route) && route.Version == organization.Subscriptions.Version)
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
        // Read first: a change during the look-up makes the route out of date, not wrong for ever.
        var version = organization.Subscriptions.Version;
        var verdict = IsWellFormed(topic) ? TopicRules.MayPublish(publisher, topic) : TopicVerdict.TopicNotAllowed;
        return verdict == TopicVerdict.Allowed
            ? new Route(verdict, version, FindDestinations(TopicMap.ToInternal(publisher, topic)))
            : new Route(verdict, version, []);
    }

    private Destination[] FindDestinations(string internalTopic)
    {
        organization.Subscriptions.Match(internalTopic, _found);
        var destinations = new Destination[_found.Count];
        var count = 0;
        string? longForm = null;
        foreach (var (session, grant) in _found)
        {
            var topic = session.Identity.Role == ClientRole.Device
                ? TopicMap.FromInternal(session.Identity, internalTopic)
                : longForm ??= TopicMap.FromInternal(session.Identity, internalTopic);
            destinations[count++] = new Destination(session, topic, grant.QualityOfService, grant.NoLocal);
        }

        _found.Clear();
        return destinations;
    }

    // The decoder puts U+FFFD where bytes were not UTF-8, which makes a topic a bad one (protocol.md §4.5).
    private static bool IsWellFormed(string topic) => !topic.Contains((char)Rune.ReplacementChar.Value);
}
