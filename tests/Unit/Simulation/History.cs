using IoTF.Client.Faults;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Mqtt.Links;
using IoTF.Protocol.Endpoints;
using IoTF.Protocol.Identities;

namespace IoTF.Tests.Unit.Simulation;

/// <summary>One random history of a client and a service over a bad network, all in one thread. The same seed is the same history.</summary>
internal sealed class History
{
    private const int MostSteps = 100_000;

    /// <summary>
    /// So many connections that the service ends are enough to find a message or a filter: one on which others were answered, one on which another
    /// is suspected, one on which it is not yet alone, and three.
    /// </summary>
    private const int EnoughForProof = 6;

    /// <summary>So many connections are enough to see that the service, or another client, ends all of them.</summary>
    private const int MostConnectionsAgainstAnEnemy = 100;

    private readonly Random _chance;
    private readonly MqttVersion _version;
    private readonly SimulatedClock _clock = new();
    private readonly Ledger _ledger = new();
    private readonly Queue<IThreadPoolWorkItem> _writes = new();
    private readonly SessionOptions _options;
    private readonly LinkOptions _linkOptions;
    private readonly SimulatedService _service;
    private readonly int _toSend;
    private readonly int _toOwe;
    private readonly int _poisoned;
    private SimulatedClient _client;
    private SimulatedConnection _connection = new();
    private SentRecord? _next;
    private int _process = 1;
    private int _sent;
    private int _troublesLeft;
    private int _closesLeft;

    /// <summary>What goes wrong besides the network, from <see cref="_enemyComes"/> on; a passing enemy goes away, another one stays forever.</summary>
    private readonly Enemy _enemy;
    private readonly bool _enemyStays;
    private readonly int _enemyComes;
    private readonly BrokenClient? _broken;
    private int _thefts;
    private int _endedOverFilterBefore;
    private int _troubles;
    private int _connections;

    public History(MqttVersion version, int seed, BrokenClient? broken = null)
    {
        _chance = new Random(seed);
        _version = version;
        var window = _chance.Next(1, 13);
        _options = new SessionOptions
        {
            Identity = ClientIdentity.ForDevice("abc123", "pump", "p1"),
            Endpoint = new ServiceEndpoint("localhost", 1883, secure: false),
            Version = version,
            Persistent = _chance.Next(4) > 0,
            MaxInFlight = window,
            MaxInFlightExactlyOnce = _chance.Next(1, window + 1),
            Reconnect = ReconnectOptions.Default,
        };
        _linkOptions = new LinkOptions { Clock = _clock, RunWrite = _writes.Enqueue };
        _toSend = _chance.Next(1, 30);
        _toOwe = _chance.Next(15);
        _troublesLeft = _chance.Next(9);
        _poisoned = _chance.Next(8) == 0 ? _chance.Next(_toSend) : -1;

        // Fewer than make a session give a harmless message up.
        _closesLeft = _poisoned >= 0 ? 0 : 2;
        if (_poisoned < 0 && _chance.Next(4) == 0)
        {
            _enemy = (Enemy)_chance.Next(1, 4);
            _enemyStays = _enemy != Enemy.Filter && _chance.Next(2) == 0;
            _enemyComes = _chance.Next(400);
            _closesLeft = 0;
            _ledger.MayBeBlamed = _enemyStays && _enemy == Enemy.Thief;
        }

        _broken = broken;
        _service = new SimulatedService(_chance, _ledger, _linkOptions, broken);
        _client = NewClient();
    }

    private enum Enemy
    {
        None,

        /// <summary>Another client with the ClientId, which takes over connections while there is traffic on them.</summary>
        Thief,

        /// <summary>A service that accepts connections and closes them.</summary>
        Closer,

        /// <summary>A filter over which the service ends the connection: it is received from, and that is given up alone.</summary>
        Filter,
    }

    public int Steps { get; private set; }

    public void Run()
    {
        while (!IsOver)
        {
            if (++Steps == MostSteps)
            {
                throw new Violation($"the history does not end: client {_client}; service {_service}; sent {_sent} of {_toSend}, owed {_ledger.Owed.Count} of {_toOwe}");
            }

            Step();
            Attack();
        }

        if (_enemyStays)
        {
            Violation.Unless(_client.Over is null or { Id: FaultIds.RepeatedlyDisconnected }, $"the session is over: {_client.Over?.Message}");
            _ledger.Settle(_process, neverTaken: _next);
            return;
        }

        Violation.Unless(_client.Over is null, $"the session is over: {_client.Over?.Message} ({_connections} connections, poisoned {_poisoned}, enemy {_enemy})");
        Violation.Unless(
            _poisoned < 0 || _ledger.Sent[_poisoned].Seen <= EnoughForProof + _troubles,
            $"{_ledger.Sent[Math.Max(_poisoned, 0)].Seen} connections ended over message {_poisoned}, with {_troubles} troubles in between");
        if (_enemy == Enemy.Filter)
        {
            Violation.Unless(_client.EndOfBadFilter?.Id == FaultIds.SubscriptionRefused, $"the bad filter ends with {_client.EndOfBadFilter}");
            var ended = _service.EndedOverFilter - _endedOverFilterBefore;
            Violation.Unless(ended <= EnoughForProof + _troubles, $"{ended} connections ended over the filter, with {_troubles} troubles in between");
        }

        _ledger.Close(_process);
    }

    private bool IsOver =>
        _client.Over is not null || (_sent == _toSend && _next is null && _ledger.Owed.Count == _toOwe && _client.IsOpen && _client.IsIdle && _service.IsQuit
        && (_enemy != Enemy.Filter || _client.EndOfBadFilter is not null));

    private void Step()
    {
        switch (_chance.Next(_troublesLeft > 0 ? 103 : 100))
        {
            case < 16:
                Send();
                break;
            case < 30:
                if (_writes.TryDequeue(out var write))
                {
                    write.Execute();
                }

                break;
            case < 50:
                Arrive(_connection.Up);
                _service.Read();
                break;
            case < 70:
                Arrive(_connection.Down);
                _client.Read();
                break;
            case < 82:
                _service.Answer();
                break;
            case < 86:
                Owe();
                break;
            case < 90:
                _client.Take();
                break;
            case < 95:
                _client.ConsumeOne(_chance);
                break;
            case < 99:
                PassTime();
                break;
            case < 100:
                if (_client.IsOpen && _chance.Next(4) == 0)
                {
                    _client.RequestSubscription();
                }

                break;
            default:
                _troublesLeft--;
                _troubles++;
                MakeTrouble();
                break;
        }
    }

    private void Attack()
    {
        if (_enemy == Enemy.Filter)
        {
            if (Steps >= _enemyComes && _client.IsOpen)
            {
                _client.ReceiveBadFilter();
            }

            return;
        }

        if (_enemy != Enemy.None && Steps == _enemyComes)
        {
            // Passing: fewer than make a client take it for one that stays, or give a harmless message up.
            var times = _enemyStays ? int.MaxValue : _chance.Next(1, _enemy == Enemy.Thief ? 3 : 5);
            (_thefts, _service.ClosedAtOnce) = _enemy == Enemy.Thief ? (times, 0) : (0, times);
            _connections = 0;
        }

        if (_thefts > 0 && _client.IsAttached && _service.IsOpen && _chance.Next(40) == 0)
        {
            _thefts--;
            if (_version == MqttVersion.V5)
            {
                _service.Close(0x8E);
            }
            else
            {
                _service.End();
            }
        }

        Violation.Unless(
            !_enemyStays || _connections < MostConnectionsAgainstAnEnemy, $"{_connections} connections were made although each of them is ended");
    }

    private void Send()
    {
        if (_next is null && _sent < _toSend)
        {
            var isPoison = _sent == _poisoned;
            var isRefused = !isPoison && _version == MqttVersion.V5 && _chance.Next(15) == 0;
            _next = new SentRecord(_sent++, (QualityOfService)_chance.Next(isPoison || isRefused ? 1 : 0, 3), _process) { IsPoison = isPoison, IsRefused = isRefused };
            _ledger.Sent.Add(_next);
        }

        if (_next is not null && _client.TrySend(_next))
        {
            _next = null;
            var pending = _client.Counters.Pending;
            Violation.Unless(pending <= _options.MaxInFlight, $"{pending} messages are in flight, {_options.MaxInFlight} are allowed");
        }
    }

    private void Owe()
    {
        if (_ledger.Owed.Count < _toOwe && _sent > 0)
        {
            var owed = new OwedRecord(_ledger.Owed.Count, (QualityOfService)_chance.Next(3));
            _ledger.Owed.Add(owed);
            _service.Owe(owed);
        }
    }

    /// <summary>All that is on its way, or a part of it.</summary>
    private void Arrive(SimulatedPipe pipe)
    {
        if (pipe.OnTheWay > 0)
        {
            pipe.Arrive(_chance.Next(3) == 0 ? _chance.Next(1, pipe.OnTheWay + 1) : pipe.OnTheWay);
        }
    }

    private void PassTime()
    {
        _clock.Pass(TimeSpan.FromSeconds(_chance.NextDouble()));
        if (_client.Waits is { } waits)
        {
            Violation.Unless(waits <= TimeSpan.FromSeconds(60), $"the client waits {waits}");
            _clock.Pass(waits);
            _connections++;
            _connection = new SimulatedConnection();
            _service.Accept(_connection);
            _client.Connect(_connection);
        }
        else if (!_client.IsAttached && _service.IsSilent)
        {
            _client.FindDead();
        }
    }

    private void MakeTrouble()
    {
        switch (_chance.Next(10))
        {
            case 0 or 1 or 2:
                _connection.Cut(_chance, inOrder: false);
                break;
            case 3 when _closesLeft > 0 && _chance.Next(2) == 0:
                _closesLeft--;
                _service.Reset();
                break;
            case 3 when _closesLeft > 0:
                _closesLeft--;
                _service.Close(_version == MqttVersion.V5 && _service.IsOpen && _chance.Next(2) == 0 ? (byte)0x8B : null);
                break;
            case 4:
                _clock.Pass(TimeSpan.FromSeconds(90));
                _client.FindDead();
                break;
            case 5:
                _connection.Cut(_chance, inOrder: false);
                _service.Close();
                _service.Forget();
                break;
            case 6:
                _service.Refusals = _chance.Next(1, 3);
                _connection.Cut(_chance, inOrder: false);
                break;
            case 7:
                _service.Stalls = 1;
                _connection.Cut(_chance, inOrder: false);
                break;
            case 8:
                Restart();
                break;
            case 9:
                _client.LosePatience();
                break;
        }
    }

    private void Restart()
    {
        _client.Die();
        _endedOverFilterBefore = _service.EndedOverFilter;
        _process++;
        if (_next is not null)
        {
            _next = new SentRecord(_next.Number, _next.QualityOfService, _process) { IsPoison = _next.IsPoison, IsRefused = _next.IsRefused };
            _ledger.Sent[_next.Number] = _next;
        }

        _client = NewClient();
    }

    private SimulatedClient NewClient() => new(_process, _ledger, _options, _clock, _linkOptions, _chance, _broken);
}
