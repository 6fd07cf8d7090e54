// A participant on @livekit/rtc-node.
import {
  AudioFrame, AudioSource, AudioStream, dispose, LocalAudioTrack, Room, RoomEvent, TrackPublishOptions, TrackSource,
} from '@livekit/rtc-node';
import { serve, tell } from './script.mjs';
import { frame, share } from './tone.mjs';

const rate = 48000;
const room = new Room();
const heard = new Map(); // the last 200 ms of each participant
const stopped = new AbortController();
let publication;

function events() {
  const who = participant => participant?.identity ?? null;
  room
    .on(RoomEvent.ParticipantConnected, p => tell('participant', { identity: p.identity, kind: p.kind, attributes: p.attributes }))
    .on(RoomEvent.ParticipantDisconnected, p => tell('participantLeft', { identity: p.identity, reason: p.disconnectReason }))
    .on(RoomEvent.TrackSubscribed, (track, pub, p) => {
      tell('subscribed', { identity: p.identity, sid: pub.sid, name: pub.name });
      listen(track, p.identity);
    })
    .on(RoomEvent.TrackUnsubscribed, (track, pub, p) => tell('unsubscribed', { identity: p.identity, sid: pub.sid }))
    .on(RoomEvent.TrackUnpublished, (pub, p) => tell('unpublished', { identity: p.identity, sid: pub.sid }))
    .on(RoomEvent.TrackMuted, (pub, p) => tell('muted', { identity: who(p) }))
    .on(RoomEvent.TrackUnmuted, (pub, p) => tell('unmuted', { identity: who(p) }))
    .on(RoomEvent.LocalTrackSubscribed, track => tell('heard', { sid: track.sid }))
    .on(RoomEvent.ActiveSpeakersChanged, speakers => tell('speakers', { identities: speakers.map(who) }))
    .on(RoomEvent.ConnectionQualityChanged, (quality, p) => tell('quality', { identity: who(p), quality }))
    .on(RoomEvent.ParticipantAttributesChanged, (changed, p) => tell('attributes', { identity: who(p), changed }))
    .on(RoomEvent.ParticipantMetadataChanged, (metadata, p) => tell('metadata', { identity: who(p), metadata }))
    .on(RoomEvent.ParticipantNameChanged, (name, p) => tell('name', { identity: who(p), name }))
    .on(RoomEvent.RoomMetadataChanged, metadata => tell('roomMetadata', { metadata }))
    .on(RoomEvent.DataReceived, (payload, p, kind, topic) =>
      tell('data', { identity: who(p), text: Buffer.from(payload).toString(), topic, kind }))
    .on(RoomEvent.DtmfReceived, (code, digit, p) => tell('dtmf', { identity: who(p), code, digit }))
    .on(RoomEvent.Moved, () => tell('moved', { room: room.name }))
    .on(RoomEvent.TokenRefreshed, () => tell('tokenRefreshed'))
    .on(RoomEvent.Reconnecting, () => tell('reconnecting'))
    .on(RoomEvent.Reconnected, () => tell('reconnected'))
    .on(RoomEvent.Disconnected, reason => tell('disconnected', { reason }));
}

async function listen(track, identity) {
  const window = new Float32Array(rate / 5);
  heard.set(identity, window);
  for await (const { data } of new AudioStream(track, { sampleRate: rate, numChannels: 1 })) {
    window.copyWithin(0, data.length);
    for (let i = 0; i < data.length; i++) window[window.length - data.length + i] = data[i] / 32768;
  }
  if (heard.get(identity) === window) heard.delete(identity);
}

const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

serve({
  async connect({ url, token, ...options }) {
    events();
    await room.connect(url, token, { autoSubscribe: true, dynacast: false, ...options });
    return { identity: room.localParticipant.identity, sid: room.localParticipant.sid, room: room.name, metadata: room.metadata };
  },
  async publishTone({ name, hz }) {
    const source = new AudioSource(rate, 1);
    const track = LocalAudioTrack.createAudioTrack(name, source);
    const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE });
    publication = await room.localParticipant.publishTrack(track, options);
    (async () => {
      for (let sample = 0; !stopped.signal.aborted; sample += rate / 50)
        await source.captureFrame(new AudioFrame(frame(sample, rate / 50, rate, hz), rate, 1, rate / 50));
    })().catch(error => console.error(error));
    return { sid: publication.sid };
  },
  async unpublish() {
    await room.localParticipant.unpublishTrack(publication.sid);
  },
  // Resolves when the participant is heard to send the tone.
  async hears({ identity, hz }) {
    for (;;) {
      const window = heard.get(identity);
      if (window && share(window, rate, hz) > 0.3) return share(window, rate, hz);
      await pause(20);
    }
  },
  participants: () => [...room.remoteParticipants.values()].map(p => ({
    identity: p.identity, kind: p.kind, name: p.name, attributes: p.attributes, metadata: p.metadata,
    tracks: [...p.trackPublications.values()].map(t => ({ sid: t.sid, name: t.name, muted: t.muted, subscribed: t.subscribed })),
  })),
  // Resolves when the track is there, or is not.
  async subscribe({ identity, subscribed }) {
    for (const pub of room.remoteParticipants.get(identity).trackPublications.values()) pub.setSubscribed(subscribed);
    while (heard.has(identity) !== subscribed) await pause(20);
  },
  setAttributes: attributes => room.localParticipant.setAttributes(attributes),
  setMetadata: ({ metadata }) => room.localParticipant.updateMetadata(metadata),
  setName: ({ name }) => room.localParticipant.updateName(name),
  publishData: ({ text, ...options }) => room.localParticipant.publishData(Buffer.from(text), options),
  publishDtmf: ({ code, digit }) => room.localParticipant.publishDtmf(code, digit),
  sendText: ({ text, ...options }) => room.localParticipant.sendText(text, options).then(info => info.streamId),
  receiveText: ({ topic }) => room.registerTextStreamHandler(topic, async (reader, { identity }) =>
    tell('text', { identity, topic, text: await reader.readAll(), attributes: reader.info.attributes })),
  serveRpc: ({ method, answer }) => room.localParticipant.registerRpcMethod(method, async data => {
    tell('rpc', { method, caller: data.callerIdentity, payload: data.payload });
    return answer;
  }),
  rpc: ({ identity, method, payload }) =>
    room.localParticipant.performRpc({ destinationIdentity: identity, method, payload, responseTimeout: 8000 }),
  leave: () => room.disconnect(),
  async end() {
    stopped.abort();
    await room.disconnect();
    await dispose();
  },
});
