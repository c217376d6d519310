using System.Management.Automation;
using IoTF.PowerShell.Completion;
using IoTF.PowerShell.Sessions;

namespace IoTF.PowerShell.Commands;

/// <summary>Emits the sessions of this runspace.</summary>
[Cmdlet(VerbsCommon.Get, "IoTFSession")]
[OutputType(typeof(IoTFSession))]
public sealed class GetIoTFSessionCommand : IoTFCommandBase
{
    /// <summary>Names or ClientIds, with wildcards. Default: all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public string[] Name { get; set; } = ["*"];

    private protected override void Process()
    {
        foreach (var session in Name.SelectMany(SessionPool.Current.Find).Distinct())
        {
            WriteNotices(session.Session);
            WriteObject(session);
        }
    }
}
