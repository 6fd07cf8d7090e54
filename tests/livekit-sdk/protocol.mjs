// LiveKit's own protobuf classes read what we wrote, and write what they read from our JSON.
import * as protocol from '@livekit/protocol';
import { serve } from './script.mjs';

const types = new Map(Object.values(protocol).filter(each => each?.typeName).map(type => [type.typeName, type]));

serve({
  exchange({ type, binary, json }) {
    const message = types.get(type);
    if (!message) throw new Error(`@livekit/protocol has no ${type}`);
    return {
      json: message.fromBinary(Buffer.from(binary, 'base64')).toJson(),
      binary: Buffer.from(message.fromJson(json).toBinary()).toString('base64'),
    };
  },
});
