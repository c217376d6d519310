using System.Management.Automation;
using System.Reflection;
using IoTF.PowerShell.Commands;
using IoTF.Protocol.Authorization;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class EmulatorParameterTests
{
    [Theory]
    [InlineData(typeof(NewIoTFEmulatorApiKeyCommand), nameof(NewIoTFEmulatorApiKeyCommand.Role), typeof(ApiKeyRole))]
    [InlineData(typeof(NewIoTFEmulatorDeviceCommand), nameof(NewIoTFEmulatorDeviceCommand.GatewayRole), typeof(GatewayRole))]
    public void A_parameter_for_a_role_takes_the_roles_that_there_are(Type cmdlet, string parameter, Type roles) =>
        Assert.Equal(Enum.GetNames(roles), cmdlet.GetProperty(parameter)!.GetCustomAttribute<ValidateSetAttribute>()!.ValidValues);
}
