"""A phone on aiortc: dials through the simulator's phone socket, sends a tone, hears the echo, hangs up.

Prints one JSON line of its own statistics. Usage: aiortc_phone.py PHONE_SOCKET_URL NUMBER PACKETS
"""

import asyncio
import json
import sys

import aioice.ice
import av
import numpy
import websockets
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError

# Loopback only: aioice leaves 127.0.0.1 out of its host candidates by itself.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]

PITCH = 440
DEADLINE = 30


class Tone(AudioStreamTrack):
    """A sine of PITCH hertz."""

    sent = 0

    async def recv(self):
        silence = await super().recv()
        time = (numpy.arange(silence.samples) + self.sent) / silence.sample_rate
        self.sent += silence.samples
        wave = (8000 * numpy.sin(2 * numpy.pi * PITCH * time)).astype(numpy.int16)
        frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.pts, frame.sample_rate, frame.time_base = silence.pts, silence.sample_rate, silence.time_base
        return frame


class Ear:
    """Measures the pitch of what is heard."""

    def __init__(self):
        self.samples = numpy.zeros(0, dtype=numpy.float32)
        self.rate = 48000

    async def listen(self, track):
        try:
            while True:
                frame = await track.recv()
                self.rate = frame.sample_rate
                heard = frame.to_ndarray().reshape(-1)[:: len(frame.layout.channels)].astype(numpy.float32)
                self.samples = numpy.concatenate([self.samples, heard])[-self.rate :]
        except MediaStreamError:
            pass

    def pitch(self):
        if len(self.samples) < self.rate // 2:
            return 0
        spectrum = numpy.abs(numpy.fft.rfft(self.samples * numpy.hanning(len(self.samples))))
        return int(round(float(numpy.argmax(spectrum)) * self.rate / len(self.samples)))


async def statistics(connection):
    result = {"received": 0, "lost": 0, "sent": 0}
    for report in (await connection.getStats()).values():
        if report.type == "inbound-rtp":
            result["received"], result["lost"] = report.packetsReceived, report.packetsLost
        if report.type == "outbound-rtp":
            result["sent"] = report.packetsSent
    return result


async def call(url, number, packets):
    connection, ear = RTCPeerConnection(), Ear()
    connection.addTrack(Tone())
    connection.on("track", lambda track: asyncio.ensure_future(ear.listen(track)))
    await connection.setLocalDescription(await connection.createOffer())
    async with websockets.connect(url) as socket:
        offer = {"type": "dial", "to": number, "from": "+15551234567", "sdp": connection.localDescription.sdp}
        await socket.send(json.dumps(offer))
        said = []
        while "answer" not in said:
            message = json.loads(await socket.recv())
            said.append(message["type"])
            if message["type"] == "answer":
                await connection.setRemoteDescription(RTCSessionDescription(message["sdp"], "answer"))
            elif message["type"] in ("ended", "error"):
                return {"said": said, "message": message}
        result = await statistics(connection)
        while result["received"] < packets:
            await asyncio.sleep(0.1)
            result = await statistics(connection)
        pitch = ear.pitch()
        await socket.send(json.dumps({"type": "hangup"}))
        while said[-1] != "ended":
            said.append(json.loads(await socket.recv())["type"])
    await connection.close()
    return {"callId": message["callId"], "said": said, "pitch": pitch, **result}


print(json.dumps(asyncio.run(asyncio.wait_for(call(sys.argv[1], sys.argv[2], int(sys.argv[3])), DEADLINE))))
