"""A peer of aiortc that the tests drive: a line of JSON in is a command, a line of JSON out its result."""
import asyncio
import json
import math
import sys

import aioice.ice

# The tests stay on this host; aioice leaves the loopback address out otherwise.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: [sys.argv[1]]

import av
import numpy
from aiortc import RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError
from aiortc.sdp import candidate_from_sdp

DEADLINE = 20


class Tone(AudioStreamTrack):
    """440 Hz."""

    position = 0

    async def recv(self):
        silence = await super().recv()
        times = (numpy.arange(silence.samples) + self.position) / silence.sample_rate
        self.position += silence.samples
        samples = (8000 * numpy.sin(2 * math.pi * 440 * times)).astype(numpy.int16)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.pts = silence.pts
        frame.sample_rate = silence.sample_rate
        frame.time_base = silence.time_base
        return frame


class Peer:
    def __init__(self):
        self.connection = RTCPeerConnection()
        self.loudness = 0.0
        self.codec = None
        self.recent = numpy.zeros(0)
        self.rate = 0
        self.replies = asyncio.Queue()
        self.connection.on("datachannel", self.echo)
        self.connection.on("track", lambda track: asyncio.ensure_future(self.listen(track)))

    async def listen(self, track):
        try:
            while True:
                frame = await track.recv()
                loudness = float(numpy.abs(frame.to_ndarray().astype(numpy.float32)).mean())
                self.loudness = max(self.loudness, loudness)
                self.rate = frame.sample_rate
                samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0]
                self.recent = numpy.concatenate([self.recent, samples])[-self.rate // 2 :]
        except MediaStreamError:
            pass  # the track has ended

    async def speak_only(self, codec):
        self.codec = codec

    def echo(self, channel):
        channel.on("message", channel.send)

    async def offer_data(self, label, text):
        """An offer with a channel of its own, that says the text as soon as it is open."""
        # The form of RFC 8841; aiortc offers that of an old draft unless told otherwise.
        self.connection._sctpLegacySdp = False
        channel = self.connection.createDataChannel(label, ordered=False, maxRetransmits=3)
        channel.on("open", lambda: channel.send(text))
        channel.on("message", self.replies.put_nowait)
        return await self.offer()

    async def data_reply(self):
        async with asyncio.timeout(DEADLINE):
            return await self.replies.get()

    def add_track(self):
        self.connection.addTrack(Tone())
        if self.codec:
            codecs = RTCRtpSender.getCapabilities("audio").codecs
            only = [known for known in codecs if known.mimeType == "audio/" + self.codec]
            self.connection.getTransceivers()[0].setCodecPreferences(only)

    async def hears(self, hertz):
        """The pitch that is loudest in the last half second, once it is the one wanted, or at a deadline."""
        end = asyncio.get_running_loop().time() + DEADLINE
        while True:
            pitch = 0
            if self.rate and len(self.recent) >= self.rate // 2:
                spectrum = numpy.abs(numpy.fft.rfft(self.recent * numpy.hanning(len(self.recent))))
                pitch = int(round(float(numpy.argmax(spectrum)) * self.rate / len(self.recent)))
            if abs(pitch - hertz) <= 4 or asyncio.get_running_loop().time() > end:
                return str(pitch)
            await asyncio.sleep(0.05)

    async def offer(self):
        self.add_track()
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def accept(self, sdp):
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def answer(self, sdp):
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        self.add_track()
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        return self.connection.localDescription.sdp

    async def add_candidate(self, candidate):
        if not candidate:
            await self.connection.getSenders()[0].transport.transport.addRemoteCandidate(None)
            return
        parsed = candidate_from_sdp(candidate.removeprefix("candidate:"))
        parsed.sdpMid = self.connection.getTransceivers()[0].mid
        await self.connection.addIceCandidate(parsed)

    async def report(self):
        report = {"received": 0, "lost": 0, "sent": 0, "lostByUs": None, "loudness": self.loudness}
        for entry in (await self.connection.getStats()).values():
            if entry.type == "inbound-rtp":
                report["received"] = entry.packetsReceived
                report["lost"] = entry.packetsLost
            if entry.type == "outbound-rtp":
                report["sent"] = entry.packetsSent
            if entry.type == "remote-inbound-rtp":
                report["lostByUs"] = entry.packetsLost
        return report

    async def report_after(self, packets):
        end = asyncio.get_running_loop().time() + DEADLINE
        while True:
            report = await self.report()
            enough = report["received"] >= packets and report["sent"] >= packets
            if (enough and report["lostByUs"] is not None) or asyncio.get_running_loop().time() > end:
                return json.dumps(report)
            await asyncio.sleep(0.05)

    async def dtls_state(self, wanted):
        transport = self.connection.getSenders()[0].transport
        changed = asyncio.Event()
        transport.on("statechange", changed.set)
        try:
            async with asyncio.timeout(DEADLINE):
                while transport.state != wanted:
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            pass  # the answer shows it
        return transport.state

    async def hang_up(self):
        await self.connection.close()


async def main():
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    peer = Peer()
    while line := await reader.readline():
        command, *arguments = json.loads(line)
        result = await getattr(peer, command)(*arguments)
        print(json.dumps(result), flush=True)
    await peer.hang_up()


asyncio.run(main())
