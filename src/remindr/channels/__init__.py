"""Messages out: one module a channel, imported when the first message for it comes."""

CHANNELS = {
    "email": "remindr.channels.email:EmailFiles",
    "call": "remindr.channels.calls:CallList",
    "letter": "remindr.channels.letter:Letters",
    "sms": "remindr.channels.sms:TextList",
}
