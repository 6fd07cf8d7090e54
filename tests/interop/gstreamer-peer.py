"""A peer of GStreamer's webrtcbin that the tests drive: a line of JSON in is a command, a line of JSON out its result."""
import json
import re
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("Nice", "0.1")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC, Nice

DEADLINE = 20
OPUS = "application/x-rtp,media=audio,encoding-name=OPUS,encoding-params=(string)2,clock-rate=48000"

Gst.init(None)


class Peer:
    def __init__(self):
        self.loudness = 0.0
        self.pipe = Gst.Pipeline.new("peer")
        self.rtc = Gst.ElementFactory.make("webrtcbin", "rtc")
        self.rtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.pipe.add(self.rtc)
        self.stay_on_this_host()
        self.rtc.connect("pad-added", self.listen)
        bus = self.pipe.get_bus()
        bus.add_signal_watch()
        bus.connect("message::element", self.level)

    def stay_on_this_host(self):
        address = Nice.Address.new()
        address.set_from_string("127.0.0.1")
        # Kept: the first wrapper takes webrtcbin's own reference with it when it goes.
        self.ice = self.rtc.get_property("ice-agent")
        self.agent = self.ice.get_property("agent")
        self.agent.add_local_address(address)

    def tone(self, payload_type):
        source = Gst.parse_bin_from_description(
            "audiotestsrc is-live=true wave=sine freq=440 ! audioconvert ! audioresample "
            "! audio/x-raw,rate=48000,channels=2 ! opusenc "
            f"! rtpopuspay pt={payload_type} ! capsfilter caps={OPUS},payload={payload_type}", True)
        self.pipe.add(source)
        return source

    def level(self, bus, message):
        structure = message.get_structure()
        if structure.get_name() == "level":
            self.loudness = max(self.loudness, max(100 + v for v in structure.get_value("rms")))

    def listen(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        sink = Gst.parse_bin_from_description(
            "rtpopusdepay ! opusdec ! audioconvert ! level interval=100000000 ! fakesink sync=false", True)
        self.pipe.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

    def ask(self, signal, *arguments):
        promise = Gst.Promise.new()
        self.rtc.emit(signal, *arguments, promise)
        promise.wait()
        return promise  # it owns the reply

    def gathered(self):
        end = time.monotonic() + DEADLINE
        while self.rtc.get_property("ice-gathering-state") != GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            if time.monotonic() > end:
                break
            time.sleep(0.01)
        return self.rtc.get_property("local-description").sdp.as_text()

    def offer(self):
        self.tone(96).get_static_pad("src").link(self.rtc.request_pad_simple("sink_0"))
        self.pipe.set_state(Gst.State.PLAYING)
        promise = self.ask("create-offer", None)
        reply = promise.get_reply()
        description = reply.get_value("offer")
        self.ask("set-local-description", description)
        return self.gathered()

    def describe(self, kind, sdp):
        _, message = GstSdp.SDPMessage.new_from_text(sdp)
        return GstWebRTC.WebRTCSessionDescription.new(kind, message)

    def accept(self, sdp):
        self.ask("set-remote-description", self.describe(GstWebRTC.WebRTCSDPType.ANSWER, sdp))

    def answer(self, sdp):
        self.pipe.set_state(Gst.State.PLAYING)
        self.ask("set-remote-description", self.describe(GstWebRTC.WebRTCSDPType.OFFER, sdp))
        source = self.tone(int(re.search(r"a=rtpmap:(\d+) opus/48000/2", sdp, re.IGNORECASE).group(1)))
        source.get_static_pad("src").link(self.rtc.request_pad_simple("sink_0"))
        source.sync_state_with_parent()
        promise = self.ask("create-answer", None)
        reply = promise.get_reply()
        description = reply.get_value("answer")
        self.ask("set-local-description", description)
        return self.gathered()

    def report(self):
        report = {"received": 0, "lost": 0, "sent": 0, "lostByUs": None, "loudness": self.loudness}
        promise = self.ask("get-stats", None)
        stats = promise.get_reply()
        for index in range(stats.n_fields()):
            entry = stats.get_value(stats.nth_field_name(index))
            if not isinstance(entry, Gst.Structure):
                continue
            kind = entry.get_value("type").value_nick
            if kind == "inbound-rtp":
                report["received"] = entry.get_value("packets-received")
                # By its count one more than all arrive (its base is -1), between two of its own kind, too.
                report["lost"] = max(0, entry.get_value("gst-rtpsource-stats").get_value("packets-lost"))
            if kind == "outbound-rtp":
                report["sent"] = entry.get_value("packets-sent")
            if kind == "remote-inbound-rtp" and entry.has_field("packets-lost"):
                report["lostByUs"] = entry.get_value("packets-lost")
        return report

    def report_after(self, packets):
        end = time.monotonic() + DEADLINE
        while True:
            report = self.report()
            enough = report["received"] >= packets and report["sent"] >= packets and report["loudness"] > 0
            if (enough and report["lostByUs"] is not None) or time.monotonic() > end:
                return json.dumps(report)
            time.sleep(0.05)

    def hang_up(self):
        self.pipe.set_state(Gst.State.NULL)


threading.Thread(target=GLib.MainLoop().run, daemon=True).start()
peer = Peer()
for line in sys.stdin:
    command, *arguments = json.loads(line)
    print(json.dumps(getattr(peer, command)(*arguments)), flush=True)
peer.hang_up()
