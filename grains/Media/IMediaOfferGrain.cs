namespace GoTo.Media;

/// <summary>
/// Our SDP offer for a dial, where GoTo wants it with the dial (<see cref="Api.SdpOfferer.Client"/>): the phone's leg is
/// there before the call has a name. Key: the dial's. What is offered and not taken goes after two minutes.
/// </summary>
[GrainInterfaceType("media-offer"), Alias("media-offer")]
internal interface IMediaOfferGrain : IGrainWithStringKey
{
    /// <summary>Our offer, with all candidates; again, the same.</summary>
    [Alias("offer")]
    Task<string> Offer();

    /// <summary>GoTo's answer. Why the audio cannot be; null when it can.</summary>
    [Alias("accept")]
    Task<string?> Accept(string sdpAnswer);

    /// <summary>The silo where the leg is, and so where the call's audio has to be; null when there is none to be taken.</summary>
    [Alias("place")]
    Task<SiloAddress?> Place();

    /// <summary>No call comes of it. A leg that is taken stays.</summary>
    [Alias("withdraw")]
    Task Withdraw();
}
