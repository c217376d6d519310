using System.ComponentModel;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace IoTF.Tests.Pester.Results;

/// <summary>One It of a file, as a test of its own.</summary>
public sealed class PesterTestCase : XunitTestCase
{
    /// <summary>Stands for the file itself, in place of the number of a test.</summary>
    public const int WholeFile = -1;

    private string _name = string.Empty;
    private string? _skip;
    private string[] _tags = [];

    /// <summary>Called by the de-serializer.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete("For de-serialization only.")]
    public PesterTestCase()
    {
    }

    /// <summary>Initialises the test case.</summary>
    /// <param name="messages">Takes diagnostics.</param>
    /// <param name="method">The method that looks the result up.</param>
    /// <param name="file">The file, relative to the test folder.</param>
    /// <param name="number">The number of the test in its file, from 0, or <see cref="WholeFile"/>.</param>
    /// <param name="name">The name that is shown.</param>
    /// <param name="skip">Why it is skipped, or null.</param>
    /// <param name="tags">Words to select tests by: the trait <c>Tag</c>.</param>
    public PesterTestCase(IMessageSink messages, ITestMethod method, string file, int number, string name, string? skip, string[] tags)
        : base(messages, TestMethodDisplay.Method, TestMethodDisplayOptions.None, method, [file, number, name])
    {
        _name = name;
        _skip = skip;
        _tags = tags;
    }

    /// <inheritdoc/>
    public override void Serialize(IXunitSerializationInfo data)
    {
        base.Serialize(data);
        data.AddValue("PesterName", _name);
        data.AddValue("PesterSkip", _skip);
        data.AddValue("PesterTags", _tags);
    }

    /// <inheritdoc/>
    public override void Deserialize(IXunitSerializationInfo data)
    {
        // Before the base class, which initialises the case and asks for these.
        _name = data.GetValue<string>("PesterName");
        _skip = data.GetValue<string>("PesterSkip");
        _tags = data.GetValue<string[]>("PesterTags");
        base.Deserialize(data);
    }

    /// <inheritdoc/>
    protected override void Initialize()
    {
        base.Initialize();
        DisplayName = _name;
        if (_tags.Length > 0)
        {
            Traits["Tag"] = [.. _tags.Distinct()];
        }
    }

    /// <inheritdoc/>
    protected override string GetSkipReason(IAttributeInfo factAttribute) => _skip!;
}
