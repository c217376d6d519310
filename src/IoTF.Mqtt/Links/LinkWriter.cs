using System.Security.Cryptography;
using MQTTnet.Formatter;

namespace IoTF.Mqtt.Links;

/// <summary>Collects encoded packets while a write is under way and sends them together in the next one.</summary>
internal sealed class LinkWriter : IThreadPoolWorkItem
{
    private const int SmallBuffer = 1024;
    private const int KeptBuffer = 16 * 1024;

    /// <summary>
    /// How long what has arrived can still be read after a write failed: who closes a connection often says why just before (a
    /// DISCONNECT, a CONNACK), and the write that meets the closed connection comes first.
    /// </summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Stream _stream;
    private readonly LinkOptions _options;
    private readonly List<(long Position, TaskCompletionSource Reached)> _waiters = [];
    private byte[] _collecting = new byte[SmallBuffer];
    private byte[] _writing = [];
    private int _collected;
    private long _queued;
    private long _taken;
    private long _written;
    private Turn _turn;
    private bool _scheduled;
    private int _corks;
    private bool _stopped;
    private bool _takesNoMore;
    private long _lastSent;

    /// <summary>Whether what is collected, and what is being written, has a secret in it and is overwritten afterward.</summary>
    private bool _collectsSecret;
    private bool _writesSecret;

    public LinkWriter(Stream stream, LinkOptions options)
    {
        _stream = stream;
        _options = options;
        _lastSent = options.Clock.GetTimestamp();
    }

    /// <summary>Held while packets are encoded and appended, so that they do not mix.</summary>
    public object Gate { get; } = new();

    public long BytesSent => Volatile.Read(ref _written);

    /// <summary>Bytes handed to the stream. Of those that it has not confirmed as written nobody knows how many left when it fails.</summary>
    public long BytesTaken => Volatile.Read(ref _taken);

    public long BytesQueued => Volatile.Read(ref _queued);

    public long LastSent => Volatile.Read(ref _lastSent);

    public LinkException? Fault { get; private set; }

    public bool HasRoom => Volatile.Read(ref _stopped) || Volatile.Read(ref _queued) - Volatile.Read(ref _written) < _options.WriteAhead;

    /// <summary>Adds an encoded packet; the caller holds <see cref="Gate"/>.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="isSecret">Whether no copy of it is to be kept.</param>
    public void Append(MqttPacketBuffer packet, bool isSecret = false)
    {
        if (_stopped || _takesNoMore)
        {
            return;
        }

        var needed = _collected + packet.Length;
        if (needed > _collecting.Length)
        {
            Grow(Math.Max(needed, _collecting.Length * 2));
        }

        _collectsSecret |= isSecret;
        packet.Packet.AsSpan().CopyTo(_collecting.AsSpan(_collected));
        _collected += packet.Packet.Count;
        foreach (var segment in packet.Payload)
        {
            segment.Span.CopyTo(_collecting.AsSpan(_collected));
            _collected += segment.Length;
        }

        _queued += packet.Length;
        if (_turn == Turn.Idle)
        {
            _turn = Turn.Due;
            if (!_scheduled && _corks == 0)
            {
                _scheduled = true;
                _options.RunWrite(this);
            }
        }
    }

    /// <summary>What is added from now on is left to those who uncork, once each; a write that is under way takes it along all the same.</summary>
    public void Cork()
    {
        lock (Gate)
        {
            _corks++;
        }
    }

    /// <summary>Writes what was added meanwhile, on the calling thread.</summary>
    public void Uncork()
    {
        lock (Gate)
        {
            _corks--;
        }

        WriteDue();
    }

    /// <summary>Begins the write that is due, if nobody else has, on the calling thread: a change of threads costs more than a write.</summary>
    public void WriteDue()
    {
        if (TakeTurn())
        {
            _ = WriteAsync();
        }
    }

    private void Grow(int size)
    {
        var smaller = _collecting;
        _collecting = new byte[size];
        smaller.AsSpan(0, _collected).CopyTo(_collecting);
        if (_collectsSecret)
        {
            CryptographicOperations.ZeroMemory(smaller);
        }
    }

    public Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            return WaitUntilWritten(_queued - _options.WriteAhead + 1, cancellationToken);
        }
    }

    public Task FlushAsync(CancellationToken cancellationToken)
    {
        WriteDue();
        lock (Gate)
        {
            return WaitUntilWritten(_queued, cancellationToken);
        }
    }

    /// <summary>What is queued still leaves, and nothing after it; the caller holds <see cref="Gate"/>.</summary>
    public void TakeNoMore() => _takesNoMore = true;

    public void Stop() => End(fault: null);

    void IThreadPoolWorkItem.Execute()
    {
        lock (Gate)
        {
            _scheduled = false;
        }

        WriteDue();
    }

    /// <summary>Makes the caller the one who writes, if a write is due that nobody has begun.</summary>
    private bool TakeTurn()
    {
        lock (Gate)
        {
            if (_turn != Turn.Due)
            {
                return false;
            }

            _turn = Turn.Writing;
            return true;
        }
    }

    private Task WaitUntilWritten(long position, CancellationToken cancellationToken)
    {
        if (_written >= position || _stopped)
        {
            return Task.CompletedTask;
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiters.Add((position, reached));
        return cancellationToken.CanBeCanceled ? WaitAsync(reached, cancellationToken) : reached.Task;
    }

    /// <summary>Who gives up waiting is forgotten, so that a link that stalls does not collect them.</summary>
    private async Task WaitAsync(TaskCompletionSource reached, CancellationToken cancellationToken)
    {
        try
        {
            await reached.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (Gate)
            {
                _waiters.RemoveAll(waiter => waiter.Reached == reached);
            }

            throw;
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            while (TakeCollected(out var count))
            {
                try
                {
                    await _stream.WriteAsync(_writing.AsMemory(0, count)).ConfigureAwait(false);
                }
                finally
                {
                    if (_writesSecret)
                    {
                        CryptographicOperations.ZeroMemory(_writing);
                    }
                }

                Written(count);
            }
        }
        catch (Exception exception)
        {
            // Whatever it was (streams differ), nobody awaits this task: it has to end here, or those who wait for room wait forever.
            var lastWords = Task.Delay(LastWords, _options.Clock);
            End(LinkException.Ended(exception, " while sending"));

            // Wakes the reader, the only one who tells that the link has ended, if the network does not.
            await lastWords.ConfigureAwait(false);
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private bool TakeCollected(out int count)
    {
        lock (Gate)
        {
            count = _collected;
            if (count == 0 || _stopped)
            {
                _turn = Turn.Idle;

                // A burst does not keep its memory for as long as the connection lives.
                if (_collecting.Length > KeptBuffer)
                {
                    _collecting = new byte[SmallBuffer];
                }

                if (_writing.Length > KeptBuffer)
                {
                    _writing = [];
                }

                return false;
            }

            var empty = _writing.Length > 0 ? _writing : new byte[SmallBuffer];
            (_writing, _collecting, _collected) = (_collecting, empty, 0);
            (_writesSecret, _collectsSecret) = (_collectsSecret, false);
            _taken += count;
            return true;
        }
    }

    private void Written(int count)
    {
        Volatile.Write(ref _lastSent, _options.Clock.GetTimestamp());
        lock (Gate)
        {
            _written += count;
            for (var i = _waiters.Count - 1; i >= 0; i--)
            {
                if (_waiters[i].Position <= _written)
                {
                    _waiters[i].Reached.TrySetResult();
                    _waiters.RemoveAt(i);
                }
            }
        }
    }

    private void End(LinkException? fault)
    {
        lock (Gate)
        {
            if (_stopped)
            {
                return;
            }

            _stopped = true;
            Fault = fault;
            _collected = 0;
            if (_collectsSecret)
            {
                CryptographicOperations.ZeroMemory(_collecting);
            }

            foreach (var (_, reached) in _waiters)
            {
                reached.TrySetResult();
            }

            _waiters.Clear();
        }
    }

    /// <summary>Whose turn it is to write.</summary>
    private enum Turn : byte
    {
        /// <summary>Nothing is collected.</summary>
        Idle,

        /// <summary>Something is, and the first thread that comes writes it: one of the pool, or one that flushes.</summary>
        Due,

        /// <summary>A write is under way; it takes along what is collected meanwhile.</summary>
        Writing,
    }
}
