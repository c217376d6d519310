using System.Text;
using IoTF.PowerShell.Payloads;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class PayloadEncodingTests
{
    [Fact]
    public void A_string_goes_as_it_is()
    {
        var sent = new PayloadEncoder(100).Encode("hé", format: null);
        Assert.Equal("hé", Encoding.UTF8.GetString(sent.Bytes));
        Assert.Equal("json", sent.Format);
    }
}
