// livekit-server-sdk: the API's clients, its tokens, its receiver of webhooks.
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
  receive: async ({ body, authorization }) => plain(await new WebhookReceiver(key, secret).receive(body, authorization)),
});
