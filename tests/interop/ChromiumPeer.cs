using GoTo.Interop.Tests;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(ChromiumBrowser))]

namespace GoTo.Interop.Tests;

/// <summary>A peer connection in a page of Chromium.</summary>
internal sealed class ChromiumPeer(IPage page, bool microphone) : IAsyncDisposable
{
    private const string Address = "http://127.0.0.1/peer"; // a secure context; the page is served from memory

    /// <summary>A new page with the functions of chromium-peer.html.</summary>
    public static async Task<ChromiumPeer> Open(ChromiumBrowser browser, bool microphone = true)
    {
        var page = await browser.NewPage(microphone);
        var html = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "chromium-peer.html"));
        await page.RouteAsync(
            Address, route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/html", Body = html }));
        await page.GotoAsync(Address);
        return new ChromiumPeer(page, microphone);
    }

    /// <summary>Offers one m-line.</summary>
    public Task<string> Offer() => Offer("max-bundle", "audio");

    /// <summary>Offers m-lines of these kinds in this order.</summary>
    public Task<string> Offer(string bundlePolicy, params string[] kinds) => page.EvaluateAsync<string>(
        "([microphone, bundlePolicy, kinds]) => offer(microphone, bundlePolicy, kinds)",
        new object[] { microphone, bundlePolicy, kinds });

    public Task Accept(string answer) => page.EvaluateAsync("sdp => accept(sdp)", answer);

    public Task<string> Answer(string offer) => page.EvaluateAsync<string>(
        "([sdp, microphone]) => answer(sdp, microphone)", new object[] { offer, microphone });

    /// <summary>Offers audio and a data channel that says the text when it is open.</summary>
    public Task<string> OfferData(string label, string text) =>
        page.EvaluateAsync<string>("([label, text]) => offerData(label, text)", new object[] { label, text });

    /// <summary>What came on its data channel; empty at a deadline.</summary>
    public Task<string> DataReply() => page.EvaluateAsync<string>("() => dataReply()");

    /// <summary>Offers one m-line without any candidate.</summary>
    public Task<string> OfferTrickling() => page.EvaluateAsync<string>("() => offerTrickling()");

    /// <summary>Answers without any candidate.</summary>
    public Task<string> AnswerTrickling(string offer) =>
        page.EvaluateAsync<string>("sdp => answerTrickling(sdp)", offer);

    /// <summary>The next candidate that it trickles; empty for the end.</summary>
    public Task<string> NextCandidate() => page.EvaluateAsync<string>("() => nextCandidate()");

    /// <summary>Takes a candidate that was trickled; empty for the end.</summary>
    public Task AddCandidate(string candidate) =>
        page.EvaluateAsync("candidate => addCandidate(candidate)", candidate);

    /// <summary>Offers again on the same connection.</summary>
    public Task<string> Reoffer(bool iceRestart) =>
        page.EvaluateAsync<string>("iceRestart => reoffer(iceRestart)", iceRestart);

    /// <summary>Answers a later offer on the same connection.</summary>
    public Task<string> Reanswer(string offer) => page.EvaluateAsync<string>("sdp => reanswer(sdp)", offer);

    /// <summary>Its ufrag of the pair that carries the media, once it is another than this, or at a deadline.</summary>
    public Task<string> SelectedUfrag(string before) =>
        page.EvaluateAsync<string>("before => selectedUfrag(before)", before);

    /// <summary>Its statistics once so many packets went each way and our report is there, or at a deadline.</summary>
    public async Task<TheirReport> ReportAfter(int packets) =>
        TheirReport.Parse(await page.EvaluateAsync<string>("packets => reportAfter(packets)", packets));

    /// <summary>Its statistics once so many packets came and something was to be heard, or at a deadline.</summary>
    public async Task<TheirReport> ReportAfterReceiving(int packets) => TheirReport.Parse(
        await page.EvaluateAsync<string>("packets => reportAfterReceiving(packets)", packets));

    /// <summary>Sends DTMF digits; completes after the last.</summary>
    public Task SendDtmf(string digits) => page.EvaluateAsync("digits => sendDtmf(digits)", digits);

    /// <summary>The state of its DTLS transport once it is the one wanted, or at a deadline.</summary>
    public Task<string> DtlsState(string wanted) =>
        page.EvaluateAsync<string>("wanted => dtlsState(wanted)", wanted);

    /// <summary>Its transceivers in order, as <c>audio:sendrecv</c>.</summary>
    public Task<string[]> Directions() => page.EvaluateAsync<string[]>("() => directions()");

    public Task HangUp() => page.EvaluateAsync("() => hangUp()");

    public async ValueTask DisposeAsync() => await page.Context.DisposeAsync();
}
