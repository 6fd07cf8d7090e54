// livekit-server-sdk: the API's clients, its tokens, its receiver of webhooks.
import { createHash } from 'node:crypto';
import { WebhookEvent } from '@livekit/protocol';
import { AccessToken, AgentDispatchClient, RoomServiceClient, TokenVerifier, WebhookReceiver } from 'livekit-server-sdk';
import { serve } from './script.mjs';

const [, , url, key, secret] = process.argv;
const clients = {
  rooms: new RoomServiceClient(url, key, secret),
  dispatches: new AgentDispatchClient(url, key, secret),
};
const plain = result => Array.isArray(result) ? result.map(plain) : result?.toJson?.() ?? result;

serve({
  api: async ({ client, method, args }) => plain(await clients[client][method](...args)),
  sendData: ({ room, text, kind, ...options }) => clients.rooms.sendData(room, new TextEncoder().encode(text), kind, options),
  verify: ({ token }) => new TokenVerifier(key, secret).verify(token),
  sign({ grant, ...options }) {
    const token = new AccessToken(key, secret, options);
    token.addGrant(grant);
    return token.toJwt();
  },
  // A webhook as LiveKit's server posts it: the event, and a token that holds the hash of its body.
  async post({ event, ...options }) {
    const body = WebhookEvent.fromJson(event).toJsonString();
    const token = new AccessToken(key, secret, options);
    token.sha256 = createHash('sha256').update(body).digest('base64');
    return { body, authorization: await token.toJwt() };
  },
  methods: ({ client }) =>
    Object.getOwnPropertyNames(Object.getPrototypeOf(clients[client])).filter(name => name !== 'constructor'),
  receive: async ({ body, authorization }) => plain(await new WebhookReceiver(key, secret).receive(body, authorization)),
});
