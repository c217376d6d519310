"""A raw device on Paho: connects over TLS, subscribes to its commands, sends an event, and tells what it gets, one line each.

paho_device.py VERSION PORT CA_FILE CLIENT_ID TOKEN
"""
import sys
import paho.mqtt.client as mqtt

version, port, authority, client_id, token = sys.argv[1:]
protocol = {"3.1": mqtt.MQTTv31, "3.1.1": mqtt.MQTTv311, "5.0": mqtt.MQTTv5}[version]


def say(*words):
    print(*words, sep="|", flush=True)


def on_connect(client, userdata, flags, code, properties=None):
    say("connected", int(code.value if hasattr(code, "value") else code))
    if code == 0:
        client.subscribe("iot-2/cmd/+/fmt/+", 1)


def on_subscribe(client, userdata, mid, granted, properties=None):
    say("subscribed", int(granted[0].value if hasattr(granted[0], "value") else granted[0]))
    client.publish("iot-2/evt/status/fmt/json", '{"from":"paho"}', 1)


def on_message(client, userdata, message):
    say("command", message.topic, message.payload.decode())
    client.disconnect()


client = mqtt.Client(client_id, protocol=protocol)
client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_publish = lambda client, userdata, mid: say("acknowledged")
client.on_message = on_message
client.username_pw_set("use-token-auth", token)
client.tls_set(authority)
client.connect("localhost", int(port))
client.loop_forever(retry_first_connection=False)
