using System.Globalization;
using IoTF.Protocol.Rules;

namespace IoTF.Protocol.Identities;

/// <summary>The rules for the parts of a ClientId (protocol.md §2.1).</summary>
public static class IdentityRules
{
    /// <summary>The organization of the public demonstration service.</summary>
    public const string QuickstartOrganization = "quickstart";

    /// <summary>The most characters a device type, device id, application id or instance id has (protocol.md §2.1).</summary>
    public const int MaximumPartLength = 36;

    /// <summary>
    /// The most characters an organization has. The service generates six; a Maximo workspace id is free in length, but it is the
    /// first label of the messaging host, and a label has at most 63 (RFC 1035 §2.3.4).
    /// </summary>
    public const int MaximumOrganizationLength = 63;

    /// <summary>Whether the text can be an organization: letters, digits and inner hyphens, 1 to 63 of them.</summary>
    /// <param name="organization">The text to look at.</param>
    /// <returns>True when it can.</returns>
    public static bool IsOrganization(ReadOnlySpan<char> organization)
    {
        if (organization.IsEmpty || organization.Length > MaximumOrganizationLength || organization[0] == '-' || organization[^1] == '-')
        {
            return false;
        }

        foreach (var character in organization)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character != '-')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the text can be a device type, device id, application id or instance id.</summary>
    /// <param name="part">The text to look at.</param>
    /// <returns>True for 1 to 36 of <c>A-Z a-z 0-9 - _ .</c></returns>
    public static bool IsPart(ReadOnlySpan<char> part)
    {
        if (part.IsEmpty || part.Length > MaximumPartLength)
        {
            return false;
        }

        foreach (var character in part)
        {
            if (!IsPartCharacter(character))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Returns the organization, or says what is wrong with it.</summary>
    /// <param name="organization">The organization.</param>
    /// <returns>The same text.</returns>
    /// <exception cref="RuleException"><see cref="RuleId.InvalidOrganization"/>.</exception>
    public static string RequireOrganization(string? organization)
    {
        if (IsOrganization(organization))
        {
            return organization!;
        }

        var problem = string.IsNullOrEmpty(organization)
            ? "The organization is empty."
            : $"The organization {Quotation.Of(organization)} is not valid.";
        throw new RuleException(
            RuleId.InvalidOrganization,
            "Organization",
            problem,
            $"Give the organization or workspace id that the service shows: 1 to {MaximumOrganizationLength} letters, digits and hyphens, without a hyphen at either end.");
    }

    /// <summary>Returns the device type, or says what is wrong with it.</summary>
    /// <param name="deviceType">The device type.</param>
    /// <returns>The same text.</returns>
    /// <exception cref="RuleException"><see cref="RuleId.InvalidDeviceType"/>.</exception>
    public static string RequireDeviceType(string? deviceType) => RequirePart(deviceType, RuleId.InvalidDeviceType, "DeviceType", "device type");

    /// <summary>Returns the device id, or says what is wrong with it.</summary>
    /// <param name="deviceId">The device id.</param>
    /// <returns>The same text.</returns>
    /// <exception cref="RuleException"><see cref="RuleId.InvalidDeviceId"/>.</exception>
    public static string RequireDeviceId(string? deviceId) => RequirePart(deviceId, RuleId.InvalidDeviceId, "DeviceId", "device id");

    /// <summary>Returns the application id, or says what is wrong with it.</summary>
    /// <param name="applicationId">The application id.</param>
    /// <returns>The same text.</returns>
    /// <exception cref="RuleException"><see cref="RuleId.InvalidApplicationId"/>.</exception>
    public static string RequireApplicationId(string? applicationId) =>
        RequirePart(applicationId, RuleId.InvalidApplicationId, "ApplicationId", "application id");

    /// <summary>Returns the instance id, or says what is wrong with it.</summary>
    /// <param name="instanceId">The instance id.</param>
    /// <returns>The same text.</returns>
    /// <exception cref="RuleException"><see cref="RuleId.InvalidInstanceId"/>.</exception>
    public static string RequireInstanceId(string? instanceId) => RequirePart(instanceId, RuleId.InvalidInstanceId, "InstanceId", "instance id");

    private static bool IsPartCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.';

    private static string RequirePart(string? part, string ruleId, string subject, string noun)
    {
        if (IsPart(part))
        {
            return part!;
        }

        var problem = string.IsNullOrEmpty(part)
            ? $"The {noun} is empty."
            : FirstIllegal(part) is { } illegal
                ? $"The {noun} {Quotation.Of(part)} holds {illegal}, which the service does not allow in it."
                : $"The {noun} {Quotation.Of(part)} has {part.Length.ToString(CultureInfo.InvariantCulture)} characters.";
        throw new RuleException(
            ruleId,
            subject,
            problem,
            $"Use 1 to {MaximumPartLength} of the characters A-Z a-z 0-9 - _ . (case matters), exactly as the {noun} is registered.");
    }

    private static string? FirstIllegal(string part)
    {
        foreach (var character in part)
        {
            if (!IsPartCharacter(character))
            {
                return character == ' ' ? "a space" : Quotation.Of(character.ToString());
            }
        }

        return null;
    }
}
