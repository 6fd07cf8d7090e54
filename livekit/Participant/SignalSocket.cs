// A participant's signalling socket.
global using SignalSocket = GoTo.LiveKit.ProtobufSocket<
    GoTo.LiveKit.Protocol.SignalRequest, GoTo.LiveKit.Protocol.SignalResponse>;
