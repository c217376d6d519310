using System.Net.NetworkInformation;

namespace IoTF.Client.Sessions;

/// <summary>Tells sessions that wait for their next try that the network has come back.</summary>
internal class NetworkWatch
{
    private readonly object _gate = new();
    private Action? _waiting;
    private bool _isWatching;

    /// <summary>The network of this machine.</summary>
    public static NetworkWatch OfSystem { get; } = new SystemWatch();

    /// <summary>Adds one who waits.</summary>
    public void Add(Action tell)
    {
        lock (_gate)
        {
            if (!_isWatching)
            {
                _isWatching = true;
                Begin();
            }

            _waiting += tell;
        }
    }

    /// <summary>Removes one who does not wait any more.</summary>
    public void Remove(Action tell)
    {
        lock (_gate)
        {
            _waiting -= tell;
        }
    }

    /// <summary>The network has come back.</summary>
    public void Tell()
    {
        Action? waiting;
        lock (_gate)
        {
            waiting = _waiting;
        }

        waiting?.Invoke();
    }

    /// <summary>Begins to watch, when somebody waits for the first time.</summary>
    protected virtual void Begin()
    {
    }

    private sealed class SystemWatch : NetworkWatch
    {
        protected override void Begin()
        {
            try
            {
                // An address that comes is told apart from one that goes by what there is afterward.
                NetworkChange.NetworkAddressChanged += (_, _) => TellIfAvailable();
                NetworkChange.NetworkAvailabilityChanged += (_, _) => TellIfAvailable();
            }
            catch (Exception exception) when (exception is NetworkInformationException or PlatformNotSupportedException)
            {
                // A system that does not tell: the waits end by themselves.
            }
        }

        private void TellIfAvailable()
        {
            if (NetworkInterface.GetIsNetworkAvailable())
            {
                Tell();
            }
        }
    }
}
