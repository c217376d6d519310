namespace IoTF.Tests.Interop.Programs;

/// <summary>A program that the tests drive, and the Debian package that brings it.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Package">The package to install when it is missing.</param>
public sealed record DebianProgram(string Name, string Package)
{
    public static DebianProgram Mosquitto { get; } = new("mosquitto", "mosquitto");

    public static DebianProgram MosquittoPassword { get; } = new("mosquitto_passwd", "mosquitto");

    public static DebianProgram MosquittoPublish { get; } = new("mosquitto_pub", "mosquitto-clients");

    public static DebianProgram MosquittoSubscribe { get; } = new("mosquitto_sub", "mosquitto-clients");

    /// <summary>An HTTP proxy.</summary>
    public static DebianProgram TinyProxy { get; } = new("tinyproxy", "tinyproxy-bin");

    /// <summary>A SOCKS 5 proxy.</summary>
    public static DebianProgram MicroSocks { get; } = new("microsocks", "microsocks");

    public static DebianProgram OpenSsl { get; } = new("openssl", "openssl");

    /// <summary>The distribution's own Python: only that one sees the modules of Debian's packages.</summary>
    public static DebianProgram Python { get; } = new("python3", "python3") { Folders = ["/usr/bin"] };

    public static DebianProgram Node { get; } = new("node", "nodejs");

    /// <summary>Terminals without a window.</summary>
    public static DebianProgram Tmux { get; } = new("tmux", "tmux");

    public static DebianProgram Shell { get; } = new("sh", "dash");

    /// <summary>Makes a C program hand out its lines as it writes them, though its output is a pipe.</summary>
    public static DebianProgram LineBuffered { get; } = new("stdbuf", "coreutils");

    /// <summary>Where to look. Debian keeps servers in /usr/sbin, which is not on the PATH of ordinary users.</summary>
    public IReadOnlyList<string> Folders { get; init; } =
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        "/usr/local/sbin",
        "/usr/sbin",
        "/sbin",
    ];

    /// <summary>The full path of the program.</summary>
    /// <exception cref="MissingProgramException">It is not installed.</exception>
    public string Find()
        => Folders.Select(folder => Path.Combine(folder, Name)).FirstOrDefault(File.Exists) ?? throw new MissingProgramException(this);
}
