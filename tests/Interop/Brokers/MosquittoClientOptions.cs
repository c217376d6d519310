using System.Globalization;
using IoTF.Tests.Interop.Certificates;

namespace IoTF.Tests.Interop.Brokers;

/// <summary>How Mosquitto's own clients connect.</summary>
/// <param name="Port">The broker's port.</param>
public sealed record MosquittoClientOptions(int Port)
{
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The CA to trust; with it, the client speaks TLS.</summary>
    public string? AuthorityFile { get; init; }

    public CertificateFiles? Certificate { get; init; }

    public string? UserName { get; init; }

    public string? Password { get; init; }

    /// <summary>Null to let the client choose one.</summary>
    public string? ClientId { get; init; }

    public MqttVersion Version { get; init; } = MqttVersion.V311;

    internal IEnumerable<string> Arguments()
    {
        List<string> arguments = ["-h", Host, "-p", Port.ToString(CultureInfo.InvariantCulture), "-V", VersionName()];
        Add("--cafile", AuthorityFile);
        Add("--cert", Certificate?.Certificate);
        Add("--key", Certificate?.Key);
        Add("-u", UserName);
        Add("-P", Password);
        Add("-i", ClientId);
        return arguments;

        void Add(string option, string? value)
        {
            if (value is not null)
            {
                arguments.AddRange([option, value]);
            }
        }
    }

    private string VersionName() => Version switch
    {
        MqttVersion.V31 => "mqttv31",
        MqttVersion.V311 => "mqttv311",
        _ => "mqttv5",
    };
}
