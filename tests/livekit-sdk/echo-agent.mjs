// An agent as LiveKit's frameworks make them: a worker that joins the room of each job and sends back what it hears.
import {
  AvailabilityResponse, JobType, RegisterWorkerRequest, ServerMessage, WorkerMessage,
} from '@livekit/protocol';
import {
  AudioSource, AudioStream, LocalAudioTrack, Room, RoomEvent, TrackPublishOptions, TrackSource,
} from '@livekit/rtc-node';
import { AccessToken } from 'livekit-server-sdk';
import WebSocket from 'ws';
import { serve, tell } from './script.mjs';

const [, , url, key, secret, agentName] = process.argv;
const rate = 48000;
const rooms = new Map(); // by job
let socket;

const send = (name, value) =>
  socket.send(new WorkerMessage({ message: { case: name, value } }).toBinary());

async function join({ job, token }) {
  const room = new Room();
  rooms.set(job.id, room);
  const source = new AudioSource(rate, 1);
  room
    .on(RoomEvent.TrackSubscribed, async track => {
      for await (const frame of new AudioStream(track, { sampleRate: rate, numChannels: 1 })) await source.captureFrame(frame);
    })
    .on(RoomEvent.ParticipantConnected, p => tell('participant', { identity: p.identity, kind: p.kind, attributes: p.attributes }))
    .on(RoomEvent.ParticipantAttributesChanged, (changed, p) => tell('attributes', { identity: p.identity, changed }))
    .on(RoomEvent.DtmfReceived, (code, digit, p) => {
      tell('dtmf', { identity: p?.identity ?? null, code, digit });
      room.localParticipant.publishDtmf(code, digit);
    })
    .on(RoomEvent.Disconnected, reason => tell('disconnected', { job: job.id, reason }));
  await room.connect(url, token, { autoSubscribe: true, dynacast: false });
  await room.localParticipant.publishTrack(
    LocalAudioTrack.createAudioTrack('echo', source), new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE }));
  tell('joined', { job: job.id, room: room.name, metadata: job.metadata });
}

function handle({ message: { case: name, value } }) {
  if (name === 'register') tell('registered', { worker: value.workerId });
  if (name === 'availability') {
    send('availability', new AvailabilityResponse({
      jobId: value.job.id, available: true, participantIdentity: `${agentName}-${value.job.id}`, participantName: agentName,
    }));
  }
  if (name === 'assignment') join(value).catch(error => tell('failed', { message: String(error) }));
  if (name === 'termination') rooms.get(value.jobId)?.disconnect();
}

serve({
  async register() {
    const token = new AccessToken(key, secret);
    token.addGrant({ agent: true });
    socket = new WebSocket(new URL('/agent?protocol=1', url), { headers: { Authorization: `Bearer ${await token.toJwt()}` } });
    socket.binaryType = 'arraybuffer';
    socket.on('message', data => handle(ServerMessage.fromBinary(new Uint8Array(data))));
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    send('register', new RegisterWorkerRequest({ type: JobType.JT_ROOM, agentName, version: '1.0.0' }));
  },
  // Calls a method of the phone, as an agent of LiveKit's SIP does.
  async rpc({ identity, method, payload }) {
    const [room] = rooms.values();
    return room.localParticipant.performRpc({ destinationIdentity: identity, method, payload, responseTimeout: 8000 });
  },
});
